// There is always a cause, with the words of the cluster, known or not; and a healthy release has none.
import {describe, expect, it} from 'vitest';
import {serviceMisdirected} from '../../../source/observation/causes/service-misdirected.ts';
import {findCauses} from '../../../source/observation/causes/index.ts';
import type {ClusterEvent, ContainerStatus, Pod, StatefulSet} from '../../../source/observation/kubernetes.ts';
import type {EndpointFact, Fact, Snapshot} from '../../../source/observation/snapshot.ts';
import {stateOf} from '../../../source/observation/state.ts';
import {statusOf} from '../../../source/client/questions/status.ts';
import {toValues} from '../../../source/chart/values.ts';
import {eventAbout, proof} from '../../support/fakes/fake-objects.ts';
import {operation, parametersWith} from '../../support/fakes/survey.ts';
import {recorded} from './recorded.ts';

const writer = 'orders-postgresql-primary-0';
const reader = 'orders-postgresql-read-0';
const recordedHealthy = recorded('healthy');
const plainHelm: Snapshot = {...recordedHealthy, release: {...recordedHealthy.release, values: {}}};
/** A release of ours that is well, with two readers. */
const healthy: Snapshot = {
  ...plainHelm,
  // Looked at when all have been ready for a while.
  takenAt: plainHelm.takenAt + 100_000,
  database: plainHelm.database.map((fact) => ({...fact, at: plainHelm.takenAt + 100_000})),
  release: {...plainHelm.release, values: toValues(parametersWith(), plainHelm.target)},
};
const secondsAgo = (seconds: number) => new Date(healthy.takenAt - seconds * 1000).toISOString();
const causesOf = (snapshot: Snapshot) => findCauses(snapshot).map(({cause, certain}) => ({...cause, certain}));
const only = (snapshot: Snapshot) => {
  const causes = causesOf(snapshot);
  expect(causes.map(({code}) => code)).toHaveLength(1);
  const [first] = causes;
  if (!first) throw new Error('no cause');
  return first;
};
const mapPod = (snapshot: Snapshot, name: string, change: (pod: Pod) => Pod): Snapshot => ({
  ...snapshot,
  pods: snapshot.pods.map((pod) => (pod.metadata.name === name ? change(pod) : pod)),
});
const mapSet = (snapshot: Snapshot, name: string, change: (set: StatefulSet) => StatefulSet): Snapshot => ({
  ...snapshot,
  statefulSets: snapshot.statefulSets.map((set) => (set.metadata.name === name ? change(set) : set)),
});
const unready = (pod: Pod): Pod => ({
  ...pod,
  status: {
    ...pod.status,
    conditions: (pod.status?.conditions ?? []).map((one) =>
      one.type === 'Ready' ? {...one, status: 'False', lastTransitionTime: secondsAgo(100)} : one,
    ),
  },
});
/** Made so many seconds ago, and nothing of it runs. */
const waiting = (snapshot: Snapshot, name: string, seconds: number, state: ContainerStatus['state']): Snapshot =>
  mapPod(snapshot, name, (pod) => ({
    ...unready(pod),
    metadata: {...pod.metadata, creationTimestamp: secondsAgo(seconds)},
    status: {
      ...unready(pod).status,
      containerStatuses: [{name: 'postgresql', ready: false, restartCount: 0, ...(state ? {state} : {})}],
    },
  }));
const away = (snapshot: Snapshot): Snapshot => ({...snapshot, database: []});
const warnedOf = (snapshot: Snapshot, name: string, reason: string, message: string, seconds = 30): Snapshot => {
  const uid = snapshot.pods.find(({metadata}) => metadata.name === name)?.metadata.uid ?? '';
  const event = eventAbout('Pod', name, reason, message, healthy.takenAt - seconds * 1000);
  return {...snapshot, events: [...snapshot.events, {...event, involvedObject: {...event.involvedObject, uid}}]};
};
const answering = (snapshot: Snapshot, role: 'writer' | 'reader', more: object): Snapshot => ({
  ...snapshot,
  database: snapshot.database.map((fact) =>
    fact.kind === 'endpoint' && fact.role === role && fact.result.answered
      ? {...fact, result: {...fact.result, ...more}}
      : fact,
  ),
});
const replicating = (snapshot: Snapshot, pods: readonly (string | null)[], state = 'streaming'): Snapshot => {
  const fact: Fact = {
    kind: 'replication',
    at: snapshot.takenAt,
    streams: pods.map((pod) => ({pod, state, lagBytes: 0, lagMs: 0, sync: 'async'})),
  };
  return {...snapshot, database: [...snapshot.database.filter(({kind}) => kind !== 'replication'), fact]};
};

it('of a release that is well there is none', () => {
  expect(causesOf(healthy)).toEqual([]);
  expect(stateOf(healthy)).toBe('ready');
});

describe('what helm made and is not there any more', () => {
  const without = (names: readonly string[]): Snapshot => ({
    ...healthy,
    statefulSets: healthy.statefulSets.filter(({metadata}) => !names.includes(`sts/${metadata.name}`)),
    services: healthy.services.filter(({metadata}) => !names.includes(`svc/${metadata.name}`)),
  });

  it.each([
    ['sts/orders-postgresql-primary', 'StatefulSet', 'Its pods run on'],
    ['sts/orders-postgresql-read', 'StatefulSet', 'Its pods run on'],
    ['svc/orders-postgresql-primary', 'Service', 'no address'],
    ['svc/orders-postgresql-read', 'Service', 'no address'],
  ])('%s', (name, kind, words) => {
    const cause = only(without([name]));
    expect(cause).toMatchObject({code: 'OBJECT_MISSING', certain: true, object: {kind, name: name.slice(4)}});
    expect(cause.message).toContain(words);
    expect(cause.remedies[0]?.command).toMatch(/^pg-helm-install recover orders /);
    expect(stateOf(without([name]))).not.toBe('ready');
  });

  it('with its pods gone too nobody makes them', () => {
    const gone = without(['sts/orders-postgresql-primary']);
    const cause = only(away({...gone, pods: gone.pods.filter(({metadata}) => metadata.name !== writer)}));
    expect(cause.message).toContain('Nobody makes its pods');
  });

  it('is no cause while somebody is at work, who may be about to make it', () => {
    const orphaned = without(['sts/orders-postgresql-primary']);
    expect(causesOf({...orphaned, operation: operation()})).toEqual([]);
    expect(only({...orphaned, operation: operation({holderIsAlive: false})}).code).toBe('OBJECT_MISSING');
  });

  it('is not known where it may not be listed, nor of a release that is not ours', () => {
    const missing = without(['sts/orders-postgresql-read', 'svc/orders-postgresql-read']);
    expect(causesOf({...missing, unreadable: ['statefulsets', 'services']})).toEqual([]);
    expect(causesOf({...missing, release: plainHelm.release})).toEqual([]);
  });
});

describe('a writer that somebody took away', () => {
  const stopped = away(
    mapSet(
      {...healthy, pods: healthy.pods.filter(({metadata}) => metadata.name !== writer)},
      'orders-postgresql-primary',
      (set) => ({...set, spec: {...set.spec, replicas: 0}}),
    ),
  );

  it('by scaling its StatefulSet to 0', () => {
    expect(only(stopped)).toMatchObject({code: 'WRITER_STOPPED', certain: true});
    expect(stateOf(stopped)).toBe('broken');
  });

  it.each([
    ['failover', 'no reader has taken its role yet', "a reader takes the writer's role"],
    ['switchover', 'while the writer', 'in its new place, or in the earlier one'],
  ] as const)('by a %s that was broken off: that goes on', (kind, why, next) => {
    const cause = only({...stopped, operation: {...operation(), kind, holder: '', holderIsAlive: false}});
    expect(cause).toMatchObject({code: 'WRITER_STOPPED', certain: true});
    expect(cause.message).toContain(why);
    expect(cause.remedies[0]?.title).toContain(next);
    expect(cause.remedies[0]?.command).toContain('recover orders');
  });

  it('is on its way while somebody is at work', () => {
    expect(causesOf({...stopped, operation: operation()})).toEqual([]);
  });
});

describe('a Service that leads elsewhere', () => {
  const selecting = (name: string, selector: Readonly<Record<string, string>>): Snapshot => ({
    ...healthy,
    services: healthy.services.map((service) =>
      service.metadata.name === name ? {...service, spec: {...service.spec, selector}} : service,
    ),
  });
  const instance = {'app.kubernetes.io/instance': 'orders', 'app.kubernetes.io/name': 'postgresql'};

  it.each([
    ['the reader’s to the writer', {...instance, 'app.kubernetes.io/component': 'primary'}, 'pods of the other role'],
    ['to both', instance, 'pods of both roles'],
    ['to nobody', {...instance, 'app.kubernetes.io/component': 'elsewhere'}, 'to none of its pods'],
    ['no selector at all', {}, 'to none of its pods'],
  ])('%s', (_, selector, words) => {
    const cause = only(selecting('orders-postgresql-read', selector));
    expect(cause).toMatchObject({code: 'SERVICE_MISDIRECTED', object: {name: 'orders-postgresql-read'}});
    expect(cause.message).toContain(words);
    const patch = /-p '(.*)' -n \S+$/.exec(cause.remedies[0]?.command ?? '')?.[1] ?? '';
    expect(JSON.parse(patch)).toEqual([
      {op: 'replace', path: '/spec/selector', value: {...instance, 'app.kubernetes.io/component': 'read'}},
    ]);
  });

  it('is no reader that somebody promoted, although the writer answers', () => {
    const selector = {...instance, 'app.kubernetes.io/component': 'primary'};
    const database = [{...proof('writer', 0), role: 'reader' as const}];
    expect(only({...selecting('orders-postgresql-read', selector), database})).toMatchObject({
      code: 'SERVICE_MISDIRECTED',
    });
    expect(only({...healthy, database})).toMatchObject({code: 'TWO_WRITERS'});
  });

  it('is said beside a move of the role that nobody works on any more, and not while one goes on', () => {
    const seen = selecting('orders-postgresql-read', instance);
    const during = (holderIsAlive: boolean) =>
      serviceMisdirected({...seen, operation: {kind: 'switchover', holderIsAlive}} as Snapshot)?.cause.code ?? null;
    expect([during(true), during(false)]).toEqual([null, 'SERVICE_MISDIRECTED']);
  });

  it('with a label more it leads to fewer', () => {
    const more = {...instance, 'app.kubernetes.io/component': 'primary', 'example.com/blue': 'yes'};
    expect(only(selecting('orders-postgresql-primary', more)).message).toContain('to none of its pods');
  });
});

describe('what the database itself says', () => {
  it('a writer that takes no writes is not proven', () => {
    const readOnly = answering(healthy, 'writer', {isReadOnly: true});
    const cause = only(readOnly);
    expect(cause).toMatchObject({code: 'WRITER_READ_ONLY', certain: true, object: {name: writer}});
    expect(statusOf(readOnly)).toMatchObject({state: 'broken', endpoints: {writer: {proven: false}}});
    expect(statusOf(answering(healthy, 'writer', {isReadOnly: false}))).toMatchObject({state: 'ready'});
  });

  it('a reader whose replay is paused, by its address', () => {
    const podIP = healthy.pods.find(({metadata}) => metadata.name === reader)?.status?.podIP;
    const named = only(answering(healthy, 'reader', {isReplayPaused: true, address: podIP}));
    expect(named).toMatchObject({code: 'REPLAY_PAUSED', certain: true, object: {kind: 'Pod', name: reader}});
    expect(named.remedies[0]?.command).toContain('pg_wal_replay_resume()');
    const unnamed = only(answering(healthy, 'reader', {isReplayPaused: true}));
    expect(unnamed.object).toMatchObject({kind: 'Service', name: 'orders-postgresql-read'});
    expect(unnamed.remedies).toHaveLength(2);
  });

  it('a line of pg_hba.conf that is missing stays missing', () => {
    const refused: EndpointFact = {
      kind: 'endpoint',
      role: 'writer',
      from: 'cluster',
      at: healthy.takenAt,
      result: {
        answered: false,
        reason: 'other',
        text: 'FATAL:  no pg_hba.conf entry for host "10.244.1.7", user "app", database "appdb", no encryption',
      },
    };
    const cause = only({...healthy, database: [refused]});
    expect(cause).toMatchObject({code: 'ENDPOINT_UNPROVEN', certain: true});
    expect(cause.remedies[0]?.title).toContain('primary.pgHbaConfiguration');
  });

  it('nobody could ask it: then it is not ready', () => {
    expect(stateOf(away(healthy))).toBe('progressing');
    const hidden = {...away(healthy), unreadable: ['secrets']};
    // Its passwords are not read: it is as ready as its pods.
    const foreign = {...away(healthy), release: plainHelm.release};
    for (const snapshot of [hidden, foreign])
      expect(only(snapshot)).toMatchObject({code: 'ENDPOINT_UNPROVEN', certain: false});
    expect([hidden, foreign].map(stateOf)).toEqual(['degraded', 'ready']);
  });
});

describe('a reader whose first copy is refused, so that its container ends again and again', () => {
  const crashed = (line: string, restartCount: number, state: ContainerStatus['state'] = {}): Snapshot => {
    const ended = {exitCode: 1, reason: 'Error', startedAt: secondsAgo(8), finishedAt: secondsAgo(7)};
    const status = {name: 'postgresql', ready: false, restartCount, lastState: {terminated: ended}};
    const down = mapPod(replicating(healthy, ['orders-postgresql-read-1']), reader, (pod) => ({
      ...unready(pod),
      status: {
        ...unready(pod).status,
        containerStatuses: [
          restartCount === 0
            ? {...status, lastState: {}, state: {terminated: ended}}
            : {...status, state: {waiting: {reason: 'CrashLoopBackOff'}, ...state}},
        ],
      },
    }));
    return {...down, logTails: {[reader]: ['LOG:  copies the writer', line]}};
  };
  const refusedWith = (why: string) =>
    `pg_basebackup: error: connection to server at "orders-postgresql-primary" (10.96.1.2), port 5432 failed: ${why}`;

  it.each([
    [
      'FATAL:  no pg_hba.conf entry for replication connection from host "10.244.1.7", user "repl_user", no encryption',
      'no line for replication',
      'primary.pgHbaConfiguration',
    ],
    ['FATAL:  role "repl_user" is not permitted to log in', 'does not let its role', 'alter role'],
    ['FATAL:  must be superuser or replication role to start walsender', 'does not let its role', 'alter role'],
  ])('%s', (why, words, remedy) => {
    for (const restarts of [0, 1, 4]) {
      const cause = only(crashed(refusedWith(why), restarts));
      expect(cause).toMatchObject({code: 'READER_NOT_STREAMING', certain: true, object: {kind: 'Pod', name: reader}});
      expect(cause.message).toContain(words);
      expect(cause.message).toContain('The writer is not affected');
      expect(cause.evidence).toContain(refusedWith(why));
      expect(JSON.stringify(cause.remedies)).toContain(remedy);
      expect(JSON.stringify(cause.remedies)).not.toContain('--postgres-config');
    }
  });

  it('is no wrong password where its role was renamed, and is one otherwise', () => {
    const refused = crashed(refusedWith('FATAL:  password authentication failed for user "repl_user"'), 2);
    expect(only(answering(refused, 'writer', {mayReplicate: false}))).toMatchObject({code: 'READER_NOT_STREAMING'});
    expect(causesOf(refused).map(({code}) => code)).toEqual(['PASSWORD_MISMATCH']);
  });

  it('is judged as any other crash where another try may help, or where the words are not known', () => {
    for (const why of ['Connection refused', 'words that nobody has seen before']) {
      expect(only(crashed(refusedWith(why), 1))).toMatchObject({code: 'CRASH_LOOP', certain: false});
      expect(only(crashed(refusedWith(why), 2))).toMatchObject({code: 'CRASH_LOOP', certain: true});
    }
  });

  it('before the writer was ready says nothing of the reader', () => {
    const early = mapPod(
      crashed(refusedWith('FATAL:  no pg_hba.conf entry for replication connection'), 1),
      writer,
      unready,
    );
    expect(causesOf(early).map(({code}) => code)).not.toContain('READER_NOT_STREAMING');
  });
});

describe('a reader that does not stream', () => {
  const silent = replicating(healthy, ['orders-postgresql-read-1']);
  const saying = (...lines: readonly string[]): Snapshot => ({...silent, logTails: {[reader]: lines}});

  it('and says nothing of it', () => {
    const cause = only(silent);
    expect(cause).toMatchObject({code: 'READER_NOT_STREAMING', certain: false, object: {name: reader}});
    expect(cause.message).toContain('is Ready, and does not stream');
    expect(stateOf(silent)).toBe('degraded');
  });

  it.each([
    ['FATAL:  role "repl_user" is not permitted to log in', 'does not let its role', true],
    [
      'FATAL:  no pg_hba.conf entry for replication connection from host "10.244.1.7", user "repl_user"',
      'no line for replication',
      true,
    ],
    [
      'FATAL:  new timeline 3 forked off current database system timeline 2 before current recovery point 0/5000060',
      'can never meet again',
      true,
    ],
    [
      'FATAL:  could not receive data from WAL stream: ERROR:  requested starting point 0/8000000 is ahead of the ' +
        'WAL flush position of this server 0/7000060',
      'different histories on one timeline',
      true,
    ],
    ['LOG:  record with incorrect prev-link 0/5000028 at 0/5000060', 'different histories on one timeline', true],
    ['FATAL:  could not connect to the primary server: connection to server timed out', 'does not reach', false],
    ['FATAL:  replication slot "orders_read_0" does not exist', 'slot is gone', false],
    ['FATAL:  words that nobody has seen before', 'Why is in its last lines', false],
  ])('%s', (line, words, certain) => {
    const cause = only(saying('LOG:  started', line));
    expect(cause).toMatchObject({code: 'READER_NOT_STREAMING', certain});
    expect(cause.message).toContain(words);
    expect(cause.evidence).toContain(line);
  });

  it('because it has more of an earlier writer than the one that was promoted: whatever it says', () => {
    const fact: Fact = {
      kind: 'replication',
      at: silent.takenAt,
      streams: ['orders-postgresql-read-1', reader].map((pod) => ({
        pod,
        state: pod === reader ? 'startup' : 'streaming',
        lagBytes: 0,
        lagMs: 0,
        sync: 'async',
        writtenBytes: 5000,
        replayedBytes: 3000,
      })),
    };
    const move = {
      kind: 'failover' as const,
      at: '2026-01-02T03:04:05Z',
      to: 'orders-postgresql-read-1',
      outMs: 1,
      fromNode: null,
      toNode: null,
      timeline: {before: 1, after: 2},
      atRisk: null,
    };
    const after = (promotedAtBytes: number): Snapshot => ({
      ...silent,
      database: [...silent.database.filter(({kind}) => kind !== 'replication'), fact],
      secret: silent.secret && {...silent.secret, roleMoves: [{...move, promotedAtBytes}]},
    });
    const cause = only(after(2000));
    expect(cause).toMatchObject({code: 'READER_NOT_STREAMING', certain: true, object: {name: reader}});
    expect(cause.message).toContain('can never meet again');
    expect(cause.evidence[0]).toContain('in its startup');
    expect(only(after(4000)).certain).toBe(false);
  });

  it('because its role was renamed: that is no wrong password, although the writer calls it so', () => {
    const refused = saying('FATAL:  password authentication failed for user "repl_user"');
    expect(only(refused).code).toBe('PASSWORD_MISMATCH');
    const cause = only(answering(refused, 'writer', {mayReplicate: false}));
    expect(cause).toMatchObject({code: 'READER_NOT_STREAMING', certain: true});
    expect(cause.remedies[0]?.command).toContain('alter role repl_user login replication');
    expect(JSON.stringify(cause)).not.toContain('delete-data');
  });

  it('and heard so from whoever had the address of the writer while it was away: that is over', () => {
    const said = (time: number, words: string) =>
      `${new Date(time).toISOString().replace('T', ' ').replace('Z', '')} UTC [45] FATAL:  ${words}`;
    const {conditions = []} = silent.pods.find(({metadata}) => metadata.name === writer)?.status ?? {};
    const ready = Date.parse(conditions.find(({type}) => type === 'Ready')?.lastTransitionTime ?? '');
    for (const [words, code] of [
      ['password authentication failed for user "repl_user"', 'PASSWORD_MISMATCH'],
      ['database system identifier differs between the primary and standby', 'LEFTOVER_VOLUME'],
      ['requested WAL segment 000000010000000000000003 has already been removed', 'REPLICA_BEHIND'],
    ] as const) {
      expect(only(saying(said(ready + 5000, words))).code).toBe(code);
      expect(only(saying(said(ready - 5000, words))).code).toBe('READER_NOT_STREAMING');
      const unreadyWriter = mapPod(saying(said(ready + 5000, words)), writer, unready);
      expect(causesOf(unreadyWriter).map((one) => one.code)).not.toContain(code);
    }
  });

  it('has some seconds to begin', () => {
    const young = mapPod(silent, reader, (pod) => ({
      ...pod,
      status: {
        ...pod.status,
        conditions: [{type: 'Ready', status: 'True', lastTransitionTime: secondsAgo(3)}],
      },
    }));
    expect(causesOf(young)).toEqual([]);
  });

  it('is not known behind the proxy of a mesh, nor while it copies the database', () => {
    expect(causesOf(replicating(healthy, [null, 'orders-postgresql-read-1']))).toEqual([]);
    const copying = mapPod(replicating(healthy, [reader, 'orders-postgresql-read-1'], 'backup'), reader, unready);
    expect(causesOf(copying)).toEqual([]);
  });
});

describe('a pod that does not start', () => {
  it.each([
    ['CreateContainerConfigError', 'secret "app-tls" not found', true],
    ['CreateContainerConfigError', 'container has runAsNonRoot and image will run as root', true],
    ['CreateContainerError', 'context deadline exceeded', false],
    ['RunContainerError', 'exec: "/entry.sh": permission denied', false],
  ])('%s: %s', (reason, message, certain) => {
    const cause = only(away(waiting(healthy, writer, 30, {waiting: {reason, message}})));
    expect(cause).toMatchObject({code: 'CONTAINER_NOT_CREATED', certain, object: {name: writer}});
    expect(cause.message).toContain(message);
  });

  it('because of a sidecar of the operator’s own', () => {
    const beside = mapPod(healthy, writer, (pod) => ({
      ...unready(pod),
      metadata: {...pod.metadata, creationTimestamp: secondsAgo(60)},
      status: {
        ...unready(pod).status,
        containerStatuses: [
          ...(pod.status?.containerStatuses ?? []),
          {
            name: 'proxy',
            ready: false,
            restartCount: 0,
            state: {waiting: {reason: 'CreateContainerConfigError', message: 'configmap "proxy" not found'}},
          },
        ],
      },
    }));
    expect(only(away(beside)).message).toContain('The container proxy of');
  });

  it.each([
    [
      'FailedAttachVolume',
      'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node',
      'still attached to another node',
      false,
    ],
    ['FailedAttachVolume', 'AttachVolume.Attach failed for volume "pvc-1": rpc error', 'the cluster says why', false],
    ['FailedMount', 'MountVolume.SetUp failed for volume "init" : configmap "init" not found', 'is not there', true],
    ['FailedMount', 'Unable to attach or mount volumes: timed out waiting for the condition', 'says why', false],
  ])('%s: %s', (reason, message, words, certain) => {
    const stuck = away(waiting(healthy, writer, 60, {waiting: {reason: 'ContainerCreating'}}));
    const cause = only(warnedOf(stuck, writer, reason, message));
    expect(cause).toMatchObject({code: 'VOLUME_NOT_MOUNTED', certain, object: {name: writer}, evidence: [message]});
    expect(cause.message).toContain(words);
    expect(causesOf(warnedOf(stuck, writer, reason, message, 2))).toEqual([]);
  });

  it('because its node threw it out', () => {
    const evicted = mapPod(away(healthy), writer, (pod) => ({
      ...unready(pod),
      status: {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: memory.',
        conditions: [{type: 'Ready', status: 'False'}],
      },
    }));
    expect(only(evicted)).toMatchObject({code: 'POD_EVICTED', certain: false});
    expect(stateOf(evicted)).toBe('broken');
  });

  it.each([
    ['FailedCreatePodSandBox', 'Failed to create pod sandbox: plugin type="cni" failed'],
    ['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500'],
    ['NetworkNotReady', 'network is not ready: cni plugin not initialized'],
    ['SomethingNew', 'words that nobody has seen before'],
  ])('whatever the cluster says: %s', (reason, message) => {
    const stuck = away(waiting(healthy, writer, 60, {waiting: {reason: 'ContainerCreating'}}));
    const cause = only(warnedOf(stuck, writer, reason, message));
    expect(cause).toMatchObject({code: 'POD_NOT_READY', certain: false, object: {name: writer}});
    expect(cause.evidence.join()).toContain(message);
    expect(cause.message).toContain(message);
  });

  it('and of which the cluster says nothing: after two minutes', () => {
    const silent = (seconds: number) =>
      away(waiting(healthy, writer, seconds, {waiting: {reason: 'ContainerCreating', message: 'pulling'}}));
    expect(causesOf(silent(60))).toEqual([]);
    expect(only(silent(200))).toMatchObject({code: 'POD_NOT_READY'});
    const unseen = mapPod(silent(200), writer, (pod) => ({
      ...pod,
      spec: {containers: pod.spec.containers, schedulerName: 'nobody'},
      status: {phase: 'Pending'},
    }));
    expect(only(unseen).message).toContain('no scheduler has looked at it; it waits for nobody');
  });

  it('a start that takes a minute is none, whatever its probe says each second', () => {
    const started = away(waiting(healthy, writer, 60, {running: {startedAt: secondsAgo(50)}}));
    expect(causesOf(warnedOf(started, writer, 'Unhealthy', 'Startup probe failed: no response', 45))).toEqual([]);
  });
});

describe('a node that is back', () => {
  const lostAt = (snapshot: Snapshot, seconds: number): Snapshot =>
    warnedOf(snapshot, writer, 'NodeNotReady', 'Node is not ready', seconds);
  const crashing = (endedAgo: number): Snapshot =>
    mapPod(away(healthy), writer, (pod) => ({
      ...unready(pod),
      status: {
        ...unready(pod).status,
        containerStatuses: [
          {
            name: 'postgresql',
            ready: false,
            restartCount: 4,
            state: {waiting: {reason: 'CrashLoopBackOff'}},
            lastState: {
              terminated: {exitCode: 1, startedAt: secondsAgo(endedAgo + 1), finishedAt: secondsAgo(endedAgo)},
            },
          },
        ],
      },
    }));

  it('is not offered a taint when the writer crashes for another reason', () => {
    const cause = only(lostAt(crashing(20), 300));
    expect(cause.code).toBe('CRASH_LOOP');
    expect(JSON.stringify(cause)).not.toContain('out-of-service');
  });

  it('is known by its own Ready, and is offered no taint then', () => {
    const nodeName = healthy.pods.find(({metadata}) => metadata.name === writer)?.spec.nodeName ?? '';
    const nodeThatIs = (status: string, name = nodeName): NonNullable<Snapshot['writerNode']> => ({
      metadata: {name},
      spec: {},
      status: {conditions: [{type: 'Ready', status}]},
    });
    const deletedAgo = (seconds: number) =>
      mapPod(away(healthy), writer, (pod) => ({
        ...unready(pod),
        metadata: {...pod.metadata, deletionTimestamp: secondsAgo(seconds), finalizers: ['example.com/hold']},
      }));
    for (const lost of [lostAt(mapPod(away(healthy), writer, unready), 60), deletedAgo(60)]) {
      const said = (writerNode: NonNullable<Snapshot['writerNode']> | null) => causesOf({...lost, writerNode});
      for (const unknown of [null, nodeThatIs('False'), nodeThatIs('Unknown'), nodeThatIs('True', 'another')])
        expect(said(unknown).map(({code}) => code)).toEqual(['NODE_LOST']);
      expect(said(nodeThatIs('True')).map(({code}) => code)).not.toContain('NODE_LOST');
      expect(JSON.stringify(said(nodeThatIs('True')))).not.toMatch(/out-of-service|node-is-off/);
    }
    const [stays] = causesOf({...deletedAgo(60), writerNode: nodeThatIs('True')});
    expect(stays).toMatchObject({code: 'POD_NOT_READY', object: {name: writer}});
    expect(stays?.evidence).toContain('finalizers: example.com/hold');
    expect(causesOf({...deletedAgo(10), writerNode: nodeThatIs('True')})).toEqual([]);
  });

  it('is known by what its kubelet says later', () => {
    const lost = lostAt(mapPod(away(healthy), writer, unready), 60);
    const {code, remedies} = only(lost);
    expect(code).toBe('NODE_LOST');
    // It says first what would be lost, and nobody's word is taken before the question.
    expect(remedies.at(-1)?.title).toMatch(/^Only when the machine is certainly off/);
    expect(remedies.at(-1)?.command).toMatch(/failover orders .*--node-is-off/);
    const heard: ClusterEvent = {...eventAbout('Pod', writer, 'Pulled', '', healthy.takenAt - 10_000), type: 'Normal'};
    const uid = healthy.pods.find(({metadata}) => metadata.name === writer)?.metadata.uid ?? '';
    const events = [
      ...lost.events,
      {...heard, source: {component: 'kubelet'}, involvedObject: {...heard.involvedObject, uid}},
    ];
    expect(causesOf({...lost, events}).map(({code}) => code)).not.toContain('NODE_LOST');
  });
});

it('a ServiceAccount that is missing is named, with the command that makes it', () => {
  const refused = recorded('POD_REFUSED');
  const words =
    'create Pod orders-postgresql-read-0 in StatefulSet orders-postgresql-read failed error: pods ' +
    '"orders-postgresql-read-0" is forbidden: error looking up service account a/db-runner: serviceaccount ' +
    '"db-runner" not found';
  const events = refused.events.map((event) => (event.reason === 'FailedCreate' ? {...event, message: words} : event));
  const [found] = causesOf({...refused, events, takenAt: refused.takenAt + 60_000});
  expect(found?.certain).toBe(true);
  expect(found?.remedies[0]?.command).toMatch(/^kubectl .*create serviceaccount db-runner -n \S+$/);
});

it('whether a release of plain helm answers is not known, and adopting it is the remedy', () => {
  const found = only({...plainHelm, database: [], takenAt: healthy.takenAt});
  expect(found).toMatchObject({code: 'ENDPOINT_UNPROVEN', certain: false});
  expect(found.message).toContain('plain helm made the release');
  expect(found.remedies.map(({command}) => command)).toEqual([expect.stringMatching(/^pg-helm-install adopt orders /)]);
});
