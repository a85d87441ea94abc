import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {UserError} from '../../../source/core/cause.ts';
import {parseAnswersFile, serializeAnswersFile} from '../../../source/parameters/answers-file.ts';
import {asExtraValues, parseExtraValues} from '../../../source/chart/extra-values.ts';
import {resolve} from '../../../source/parameters/resolve.ts';
import {ordinary, parameters} from '../../support/arbitrary-parameters.ts';

const head = 'schema: pg-helm-install/answers/v1\n';
const parse = (text: string) => parseAnswersFile(text, 'answers.yaml', asExtraValues);
const refusal = (text: string): string => {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof UserError && error.reason.code === 'BAD_INPUT') return error.message;
    throw error;
  }
  return 'nothing was refused';
};

describe('serializeAnswersFile and parseAnswersFile', () => {
  it('keep everything that was resolved', () => {
    const target = {context: 'prod-eu', namespace: 'team-a', release: 'orders'};
    const chart = {source: 'oci://registry.example.com/postgresql', version: '17.0'};
    fc.assert(
      fc.property(parameters, (wanted) => {
        const cloud = wanted.allowFrom.kind === 'internal' ? wanted.allowFrom.cloud : null;
        const file = parse(serializeAnswersFile({target, chart, parameters: wanted}));
        expect(file.target).toEqual(target);
        expect(file.chart).toEqual(chart);
        expect(resolve(file.answers, {nodes: null, storageClasses: null, cloud})).toEqual(wanted);
      }),
      {numRuns: 200},
    );
  });

  it('write for people', () => {
    const text = serializeAnswersFile({
      target: {release: 'orders'},
      chart: {},
      parameters: {...ordinary, exposure: 'load-balancer', allowFrom: {kind: 'internal', cloud: 'aws'}},
    });
    expect(text).toContain('schema: pg-helm-install/answers/v1\ntarget:\n  release: orders\n');
    expect(text).toContain('  allowFrom: internal\n');
    expect(text).not.toMatch(/null|password|extraValues/);
  });

  it('know of target and chart what the file may hold, and nothing else of what they are', () => {
    const target = {context: 'prod-eu', namespace: 'team-a', release: 'orders'};
    const chart = {source: 'oci://registry.example.com/postgresql', version: '17.0'};
    const text = serializeAnswersFile({
      target: {...target, ...{fullname: 'orders-postgresql'}},
      chart: {...chart, ...{path: '/cache/postgresql', name: 'postgresql'}},
      parameters: ordinary,
    });
    expect(parse(text)).toMatchObject({target, chart});
  });
});

describe('parseAnswersFile', () => {
  it('reads the file of the documentation', () => {
    const file = parse(`${head}target: {context: prod-eu, namespace: team-a, release: orders}
chart: {source: "oci://registry.example.com/postgresql", version: 16.7.26}
parameters: {
  username: app, readReplicaCount: 2, cpu: 1, allowFrom: [10.0.0.0/8, 192.168.0.0/16],
  images: {source: bitnamilegacy, tag: 17.6.0-debian-12-r0}}
`);
    expect(file).toEqual({
      target: {context: 'prod-eu', namespace: 'team-a', release: 'orders'},
      chart: {source: 'oci://registry.example.com/postgresql', version: '16.7.26'},
      answers: {
        username: 'app',
        readReplicaCount: 2,
        cpu: '1',
        allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8', '192.168.0.0/16']},
        images: {source: 'bitnamilegacy', tag: '17.6.0-debian-12-r0'},
      },
    });
  });

  it('needs no more than the schema', () => {
    expect(parse(head)).toEqual({target: {}, chart: {}, answers: {}});
    expect(parse(`${head}target:\nparameters:\n`)).toEqual({target: {}, chart: {}, answers: {}});
  });

  it.each([
    ['', 'has no schema'],
    ['schema: pg-helm-install/answers/v2\n', 'of another kind'],
    ['- a\n', 'line 1: the file must be keys'],
    [`${head}parameters:\n  storagesize: 20Gi\n`, 'line 3: parameters has no key storagesize. Use one of username,'],
    [`${head}paramaters: {}\n`, 'line 2: the file has no key paramaters'],
    [`${head}target: {cluster: a}\n`, 'target has no key cluster'],
    [`${head}chart:\n  digest: a\n`, 'line 3: chart has no key digest'],
    [`${head}parameters:\n  cpu: 1\n  memory: 1Gi\n  cpu: 2\n`, 'line 5: the key cpu is there twice'],
    [`${head}parameters:\n  images: {tag: a, tag: b}\n`, 'line 3: the key tag is there twice'],
    [`${head}parameters:\n  images: {url: a}\n`, 'has no key url'],
    [`${head}parameters:\n  memory: 20GB\n`, 'line 3: memory: "20GB" is not a Kubernetes quantity'],
    [`${head}parameters:\n  memory: 128Mi\n`, 'memory: 128Mi is too little'],
    [`${head}parameters:\n  username:\n`, 'line 3: username must be a text'],
    [`${head}parameters:\n  username: [a]\n`, 'username must be a text'],
    [`${head}parameters:\n  readReplicaCount: many\n`, 'line 3: readReplicaCount: "many"'],
    [
      `${head}parameters:\n  archive: {schedule: "0 3 * * *", size: 8Gi}\n`,
      'line 3: parameters has no key archive. Use one of',
    ],
    [`${head}parameters:\n  images: {source: bitnami}\n`, 'source: "bitnami" is not a source of images'],
    [
      `${head}parameters:\n  extraValues: {auth: {username: a}}\n`,
      'line 3: auth.username may not be set here: use --username instead',
    ],
    [`${head}parameters: {allowFrom: [1.2.3.4]}\n`, 'allowFrom: "1.2.3.4" is one address'],
    [`${head}---\na: b\n`, 'line 2: a second document'],
    [`${head}a: [\n`, 'is not valid YAML'],
    [`${head}parameters:\n  extraValues: {primary: &x {lifecycle: [*x]}}\n`, 'line 3: its aliases lead nowhere'],
    [
      `${head}parameters:\n  cpu: &a 1\n  memory: *a\n`,
      'line 4: memory must be a text; write it out instead of an alias',
    ],
  ])('refuses %j', (text, words) => {
    expect(refusal(text)).toContain('answers.yaml');
    expect(refusal(text)).toContain(words);
  });

  it.each([
    'password',
    'Password',
    'PASSWORD',
    'pass-word',
    'pass_word',
    'postgresPassword',
    'passwd',
    'pwd',
    'passphrase',
  ])('refuses %s anywhere, naming the line and never what is behind it', (key) => {
    for (const text of [
      `${head}${key}: tuna-melt\n`,
      `${head}parameters:\n  ${key}: tuna-melt\n`,
      `${head}target: {${key}: tuna-melt}\n`,
    ]) {
      expect(refusal(text)).toMatch(new RegExp(`line [23]: ${key}: a password does not belong`));
      expect(refusal(text)).not.toContain('tuna');
    }
  });

  it('does not show the file when it is no YAML', () => {
    expect(refusal(`${head}parameters:\n  password: "tuna-melt\n`)).not.toContain('tuna');
  });
});

describe('parseExtraValues', () => {
  it('reads values and checks them', () => {
    expect(parseExtraValues('primary: {pdb: {create: false}}\n', 'x.yaml')).toEqual({primary: {pdb: {create: false}}});
    expect(parseExtraValues('', 'x.yaml')).toEqual({});
    expect(() => parseExtraValues('architecture: standalone\n', 'x.yaml')).toThrow(
      'x.yaml: architecture may not be set here',
    );
    expect(() => parseExtraValues('- a\n', 'x.yaml')).toThrow('x.yaml: values are keys');
    expect(() => parseExtraValues('a: 1\na: 2\n', 'x.yaml')).toThrow('x.yaml: line 2: the key a is there twice');
    expect(parseExtraValues('a: &x [1]\nb: *x\n', 'x.yaml')).toEqual({a: [1], b: [1]});
  });

  it('refuses aliases that are a circle, or that grow beyond measure', () => {
    const refused = 'x.yaml: its aliases lead nowhere. Write out what they stand for.';
    expect(() => parseExtraValues('a: &x [*x]\n', 'x.yaml')).toThrow(refused);
    const doubled = Array.from({length: 12}, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]\n`).join('');
    expect(() => parseExtraValues(`a0: &a0 [1, 1]\n${doubled}`, 'x.yaml')).toThrow(refused);
  });
});
