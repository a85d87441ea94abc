// Extra values that nothing reads, and those that look like secrets.
import {describe, expect, it} from 'vitest';
import {mergedExtraValues, parseExtraValues} from '../../../source/chart/extra-values.ts';
import {checkExtraValues} from '../../../source/chart/owned.ts';
import {secretsIn} from '../../../source/chart/secrets-in-values.ts';
import {unreadValues} from '../../../source/chart/unread-values.ts';
import type {Values} from '../../../source/chart/tree.ts';

const chart: Values = {
  global: {},
  auth: {username: ''},
  primary: {
    extendedConfiguration: '',
    podAnnotations: {},
    extraVolumes: [],
    persistence: {enabled: true, size: '8Gi', accessModes: ['ReadWriteOnce']},
    initdb: {scripts: {}},
    pdb: {create: true},
  },
  readReplicas: {podAnnotations: {}, persistence: {size: '8Gi'}},
  metrics: {enabled: false},
};
const unread = (extra: Values) => unreadValues(extra, chart).map(({path, instead}) => [path, instead]);

it('what has a place in the chart is read, and anything below an empty object', () => {
  expect(
    unread({
      global: {anything: 1},
      primary: {podAnnotations: {'example.com/x': 'y'}, extraVolumes: [{name: 'a'}], pdb: {create: false}},
    }),
  ).toEqual([]);
});

it.each<[Values, [string, string | null][]]>([
  [{primary: {extendedConfigurations: 'x'}}, [['primary.extendedConfigurations', 'primary.extendedConfiguration']]],
  [{primry: {pdb: {create: true}}}, [['primry', 'primary']]],
  [{primary: {pdb: {creat: true}}}, [['primary.pdb.creat', 'primary.pdb.create']]],
  [{pdb: {create: true}}, [['pdb', 'primary.pdb']]],
  [{postgresql: {primary: {}}}, [['postgresql', "one level higher: here the values are the chart's own"]]],
  [{master: {podAnnotations: {}}}, [['master', 'primary']]],
  [{slave: {}}, [['slave', 'readReplicas']]],
  [{initdbScripts: {a: 'x'}}, [['initdbScripts', 'primary.initdb.scripts']]],
  [{postgresqlExtendedConf: {maxConnections: '300'}}, [['postgresqlExtendedConf', 'primary.extendedConfiguration']]],
  [{postgresqlUsername: 'app'}, [['postgresqlUsername', 'auth.username, which --username sets']]],
  [{somethingElse: 1}, [['somethingElse', null]]],
])('what has none is named, with the nearest place: %j', (extra, found) => {
  expect(unread(extra)).toEqual(found);
});

describe('what only other keys of the file use, by an alias', () => {
  const inFile = (...lines: readonly string[]) => unread(parseExtraValues(lines.join('\n'), 'values.yaml'));
  const pod = ['pod: &pod', '  podAnnotations: {a: b}'];

  it.each([
    ['a map that is merged', [...pod, 'primary:', '  <<: *pod', 'readReplicas:', '  <<: *pod']],
    [
      'one of several that are merged',
      [...pod, 'other: &other {pdb: {create: false}}', 'primary:', '  <<: [*pod, *other]'],
    ],
    ['a map that stands elsewhere', ['shared: &shared {a: b}', 'primary:', '  podAnnotations: *shared']],
    ['a list', ['volumes: &volumes', '  - {name: a, emptyDir: {}}', 'primary: {extraVolumes: *volumes}']],
    [
      'parts of a map, words among them',
      [
        'x-common:',
        '  size: &size 20Gi',
        '  labels: &labels {a: b}',
        'primary:',
        '  podAnnotations: *labels',
        '  persistence: {annotations: {size: *size}}',
      ],
    ],
  ])('is no setting that is lost: %s', (_what, lines) =>
    expect(inFile(...lines).filter(([path]) => path !== 'primary.persistence.annotations')).toEqual([]),
  );

  it('is known also where several files are merged', () => {
    const files = [[...pod, 'primary:', '  <<: *pod'].join('\n'), 'readReplicas: {podAnnotations: {}}'];
    expect(unread(mergedExtraValues(files.map((text) => parseExtraValues(text, 'values.yaml'))))).toEqual([]);
  });

  it.each([
    ['a misspelt key', ['primry: &p {podAnnotations: {}}', 'readReplicas: *p'], 'primry'],
    ['a key of an older chart', ['master: &p {podAnnotations: {}}', 'readReplicas: *p'], 'master'],
    ['an anchor that nothing uses', ['primry: &primry {pdb: {create: true}}'], 'primry'],
    [
      'a part that nothing uses',
      ['x-common:', '  a: &a {x: y}', '  b: 1', 'primary: {podAnnotations: *a}'],
      'x-common',
    ],
    ['the one that uses it', ['primary: &p {podAnnotations: {a: b}}', 'readReplica:', '  <<: *p'], 'readReplica'],
    [
      'what is wrong in it, where it is used',
      ['pod: &pod {podAnotations: {a: b}}', 'primary: *pod'],
      'primary.podAnotations',
    ],
  ])('but not: %s', (_what, lines, path) => expect(inFile(...lines).map(([found]) => found)).toEqual([path]));
});

it('of a chart that says nothing nothing is known', () => expect(unreadValues({a: 1}, {})).toEqual([]));

describe('what the installer sets itself', () => {
  it('is refused all at once', () => {
    const extra = {architecture: 'standalone', auth: {username: 'x'}, primary: {persistence: {size: '9Gi'}}};
    expect(() => checkExtraValues(extra, 'x.yaml')).toThrow(
      'x.yaml: 3 values may not be set here: architecture (the installer needs it as it is); auth.username (use ' +
        '--username instead); primary.persistence.size (use --storage-size instead).',
    );
  });

  it('a whole values.yaml is told once', () => {
    const both = Object.fromEntries(
      ['primary', 'readReplicas'].map((component) => [
        component,
        {
          resources: {requests: {cpu: '1', memory: '1Gi'}, limits: {cpu: '1', memory: '1Gi'}},
          persistence: {enabled: true, existingClaim: '', mountPath: '/x', subPath: '', size: '8Gi', storageClass: ''},
          startupProbe: {enabled: false, periodSeconds: 1},
          updateStrategy: {type: 'RollingUpdate'},
          service: {type: 'ClusterIP', ports: {postgresql: 5432}},
        },
      ]),
    );
    expect(() => checkExtraValues({architecture: 'standalone', ...both}, 'x.yaml')).toThrow(
      "It looks like the chart's whole values.yaml: give only what is to differ from it",
    );
  });

  it('an annotation that names a secret holds none', () => {
    const annotation = {'vault.hashicorp.com/agent-inject-secret-db-password': 'database/creds/app'};
    checkExtraValues({primary: {podAnnotations: annotation}});
    expect(() => checkExtraValues({primary: {sidecars: [{password: 'tuna'}]}})).toThrow('looks like a password');
  });
});

it.each<[Values, readonly string[]]>([
  [{primary: {extraEnvVars: [{name: 'APP_PASSWORD', value: 'tuna'}]}}, ['primary.extraEnvVars.0.APP_PASSWORD']],
  [{primary: {extraEnvVars: [{name: 'API_KEY', value: 'tuna'}]}}, ['primary.extraEnvVars.0.API_KEY']],
  [{primary: {extraEnvVars: [{name: 'APP_PASSWORD', valueFrom: {secretKeyRef: {name: 'x'}}}]}}, []],
  [{primary: {initdb: {scripts: {'a.sql': "CREATE ROLE a PASSWORD 'tuna';"}}}}, ['primary.initdb.scripts.a.sql']],
  [{primary: {initdb: {scripts: {'a.sh': 'psql postgres://a:tuna@host/db'}}}}, ['primary.initdb.scripts.a.sh']],
  [{primary: {initdb: {scripts: {'a.sql': 'CREATE TABLE made_by_init (id int);'}}}}, []],
])('what looks like a secret is named, and not repeated: %j', (extra, found) => {
  expect(secretsIn(extra)).toEqual(found);
});
