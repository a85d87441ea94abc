// The object of `status --output json`, which scripts rely on.
import {describe, expect, it} from 'vitest';
import {toValues} from '../../../../source/chart/values.ts';
import {statusLines} from '../../../../source/cli/output/text/status-lines.ts';
import {statusExitCode, statusOf, type Status} from '../../../../source/client/questions/status.ts';
import {cause} from '../../../../source/core/cause.ts';
import {shownWarnings} from '../../../../source/tui/screens/cause/cause-state.ts';
import {operation, parametersWith} from '../../../support/fakes/survey.ts';
import {recorded} from '../../observation/recorded.ts';

const healthy = recorded('healthy');
const parameters = parametersWith();
const ours = {...healthy, release: {...healthy.release, values: toValues(parameters, {fullname: 'orders-postgresql'})}};

it('is null where there is no such release', () => {
  expect(statusOf({...healthy, statefulSets: [], release: {revisions: [], values: null}})).toBeNull();
});

describe('an install that was begun and has no release yet', () => {
  const begun = (holderIsAlive: boolean) => {
    const wanted = {
      parameters: parametersWith({readReplicaCount: 2}),
      chart: {source: 'oci://registry.example.com/postgresql', version: '16.7.26'},
    };
    const nothing = {statefulSets: [], pods: [], claims: [], services: [], events: [], database: []};
    return statusOf({
      ...healthy,
      ...nothing,
      release: {revisions: [], values: null},
      operation: operation({holderIsAlive, wanted}),
    });
  };

  it('is shown while somebody is at it', () => {
    expect(begun(true)).toMatchObject({
      state: 'progressing',
      revision: 0,
      helmStatus: 'none',
      chartVersion: '16.7.26',
      writer: {ready: 0, wanted: 1},
      readers: {ready: 0, wanted: 2},
      operation: {kind: 'install', alive: true},
      cause: null,
    });
  });

  it('is stuck when nobody is, and says how it goes on', () => {
    const status = begun(false);
    expect(status).toMatchObject({
      state: 'stuck',
      operation: {alive: false},
      cause: {code: 'RELEASE_LOCKED', object: {kind: 'Lease', name: 'orders-postgresql-operation'}},
    });
    expect(status?.cause?.message).toBe(
      'An install of orders was begun by alice@laptop at 2026-01-02T03:00:00Z and interrupted before helm made ' +
        'anything of it.',
    );
    expect(status?.cause?.remedies.map(({command}) => command)).toEqual([
      expect.stringContaining('pg-helm-install recover orders'),
      expect.stringContaining('pg-helm-install uninstall orders'),
    ]);
  });
});

it('has every key that scripts may rely on', () => {
  expect(Object.keys(statusOf(ours) ?? {})).toEqual(
    expect.arrayContaining([
      ...[
        'namespace',
        'name',
        'chartVersion',
        'postgresVersion',
        'revision',
        'helmStatus',
        'state',
        'writer',
        'readers',
        'storageSize',
        'managedBy',
      ],
      ...[
        'parameters',
        'endpoints',
        'credentials',
        'tracks',
        'operation',
        'cause',
        'pods',
        'claims',
        'spareClaims',
        'replication',
      ],
    ]),
  );
});

it('names the volumes that readers left when they went', () => {
  const [claim] = ours.claims;
  const left = claim && {...claim, metadata: {...claim.metadata, name: 'data-orders-postgresql-read-9'}};
  const status = statusOf({...ours, claims: [...ours.claims, ...(left ? [left] : [])]});
  expect(status?.spareClaims.map(({name}) => name)).toEqual(['data-orders-postgresql-read-9']);
  expect(status?.claims).toEqual(statusOf(ours)?.claims);
  expect(statusOf(ours)?.spareClaims).toEqual([]);
});

it('says how a release is that is well', () => {
  expect(statusOf(ours)).toMatchObject({
    namespace: 'causes-dev-healthy',
    name: 'orders',
    chartVersion: '16.7.26',
    postgresVersion: '17.6',
    revision: 1,
    helmStatus: 'deployed',
    state: 'ready',
    proven: true,
    writer: {ready: 1, wanted: 1},
    readers: {ready: 2, wanted: 2},
    storageSize: '20Gi',
    managedBy: 'pg-helm-install',
    parameters,
    credentials: {username: 'app', database: 'appdb', secret: 'orders-postgresql-auth', passwordKey: 'password'},
    operation: null,
    cause: null,
  });
});

it('says whether the database answered, and that nobody asked it', () => {
  expect(statusOf({...ours, database: []})?.proven).toBeNull();
  for (const role of ['writer', 'reader']) {
    const database = ours.database.filter((fact) => fact.kind !== 'endpoint' || fact.role !== role);
    expect(statusOf({...ours, database})?.proven, role).toBe(false);
  }
});

it('names pods, volumes and streams', () => {
  const status = statusOf(ours);
  expect(status?.pods.map(({name, role, ready, restarts}) => ({name, role, ready, restarts}))).toEqual([
    {name: 'orders-postgresql-primary-0', role: 'writer', ready: true, restarts: 0},
    {name: 'orders-postgresql-read-0', role: 'reader', ready: true, restarts: 0},
    {name: 'orders-postgresql-read-1', role: 'reader', ready: true, restarts: 0},
  ]);
  expect(status?.claims[0]).toEqual({
    name: 'data-orders-postgresql-primary-0',
    storageClass: 'standard',
    requestedBytes: 2 ** 30,
    capacityBytes: 2 ** 30,
    usedBytes: null,
  });
  expect(status?.replication.map(({pod, state}) => `${pod} ${state}`).sort()).toEqual([
    'orders-postgresql-read-0 streaming',
    'orders-postgresql-read-1 streaming',
  ]);
});

it('warns of a reader that takes writes, and lines say it once', () => {
  const promoted = {...ours, promotedReaders: ['orders-postgresql-read-1']};
  const status = statusOf(promoted) ?? expect.fail('there is one');
  expect(status).toMatchObject({state: 'degraded', cause: {code: 'TWO_WRITERS'}});
  expect(status.warnings.map(({code}) => code)).toContain('TWO_WRITERS');
  const times = (shown: Status) =>
    statusLines(shown, promoted.takenAt, (command) => command).filter((line) => /^\S .*takes writes/.test(line)).length;
  expect(times(status)).toBe(1);
  expect(times({...status, cause: cause('POD_EVICTED', 'Another cause comes first.')})).toBe(1);
  expect(shownWarnings(status)).toEqual([]);
  expect(shownWarnings({...status, cause: null}).map(({code}) => code)).toEqual(['TWO_WRITERS']);
  expect(statusOf(ours)?.warnings.map(({code}) => code)).not.toContain('TWO_WRITERS');
});

it("says of a plain helm's release what the cluster shows, and no more", () => {
  expect(statusOf(healthy)).toMatchObject({
    managedBy: 'helm',
    parameters: null,
    credentials: null,
    storageSize: null,
    state: 'ready',
  });
});

it('says of what kubectl applied what runs, which helm has no record of', () => {
  const labels = {'helm.sh/chart': 'postgresql-15.5.38'};
  const statefulSets = healthy.statefulSets.map((set) => ({...set, metadata: {name: set.metadata.name, labels}}));
  const applied = {...healthy, statefulSets, release: {revisions: [], values: null}};
  expect(statusOf(applied)).toMatchObject({
    managedBy: 'kubectl',
    shape: 'replication',
    parameters: null,
    revision: 0,
    helmStatus: 'none',
    state: 'ready',
    chartVersion: '15.5.38',
    writer: {ready: 1, wanted: 1},
    readers: {ready: 2, wanted: 2},
  });
  expect(statusOf({...applied, unreadable: ['secrets']})).toBeNull();
  expect(statusOf({...applied, statefulSets: []})).toBeNull();
});

it('says that an adoption would ask for a limit of memory', () => {
  const unlimited = (set: (typeof healthy.statefulSets)[number]) => {
    const {spec} = set.spec.template;
    const containers = spec.containers.map((one) => ({...one, resources: {requests: {memory: '256Mi'}}}));
    return {...set, spec: {...set.spec, template: {...set.spec.template, spec: {...spec, containers}}}};
  };
  const statefulSets = healthy.statefulSets.map(unlimited);
  expect(statusOf({...healthy, statefulSets})?.memoryAsked?.suggestion).toBe('512Mi');
  expect(statusOf({...ours, statefulSets})).not.toHaveProperty('memoryAsked');
});

it('says of a database inside an application which chart that is', () => {
  const revisions = healthy.release.revisions.map((one) => ({...one, chartName: 'shop'}));
  expect(statusOf({...healthy, release: {...healthy.release, revisions}})?.insideChart).toBe('shop');
  expect(statusOf(healthy)).not.toHaveProperty('insideChart');
});

it('tells who is at work, and whether they live', () => {
  expect(statusOf({...ours, operation: operation({holderIsAlive: false})})?.operation).toEqual({
    kind: 'install',
    holder: 'alice@laptop/42/7',
    alive: false,
    startedAt: '2026-01-02T03:00:00Z',
    renewedAt: '2026-01-02T03:04:00Z',
  });
});

it('names the cause of what is broken', () => {
  expect(statusOf(recorded('IMAGE_NOT_FOUND'))).toMatchObject({
    state: 'broken',
    cause: {code: 'IMAGE_NOT_FOUND', object: {kind: 'Pod', name: 'orders-postgresql-primary-0'}},
  });
});

describe('the exit code', () => {
  it.each([
    ['ready', 0],
    ['broken', 1],
    ['stuck', 1],
    ['degraded', 1],
    ['progressing', 5],
  ] as const)('of %s is %i', (state, code) => {
    expect(statusExitCode(state)).toBe(code);
  });
});
