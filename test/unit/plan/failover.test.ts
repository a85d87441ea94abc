// Whether a lost writer is surely gone, which reader takes its role, and what is at risk.
import {describe, expect, it} from 'vitest';
import {parseAllDocuments} from 'yaml';
import {evidenceLines, failoverRefusal, verdictOf, type Verdict} from '../../../source/observation/checks/failover.ts';
import {reasonOf, writerSeen} from '../../../source/observation/checks/failover-verdict.ts';
import type {
  Answer,
  Attachment,
  NodeSeen,
  ReaderPosition,
  WriterEvidence,
} from '../../../source/observation/role/failover.ts';
import type {PersistentVolume, Pod} from '../../../source/observation/kubernetes.ts';
import {askWriter, evidenceOf} from '../../../source/operations/role/failover-evidence.ts';
import {containerOf, nodeOfVolume, nodeSeen} from '../../../source/observation/role/failover.ts';
import {failoverConsequences, riskSentence, writesAtRisk, type FailoverFacts} from '../../../source/plan/failover.ts';
import {forkIn} from '../../../source/postgres/failover.ts';
import {podOf} from '../../support/fakes/fake-objects.ts';
import {clusterWithRelease} from '../../support/fakes/fake-ports.ts';
import {positionOf} from '../../support/clusters/reader-position.ts';
import {targetFor} from '../../support/fakes/survey.ts';

const target = targetFor('orders');
const [first, second] = ['orders-postgresql-read-0', 'orders-postgresql-read-1'];
const at = positionOf;
const nodeThere = (rest: Partial<Extract<NodeSeen, {kind: 'there'}>> = {}): NodeSeen => ({
  kind: 'there',
  name: 'node1',
  isReady: true,
  since: '2026-01-02T03:04:05Z',
  leaseAgeMs: 3000,
  isOutOfService: false,
  ...rest,
});
const lost = nodeThere({isReady: false, leaseAgeMs: 62_000});
const podSeen = {
  name: 'orders-postgresql-primary-0',
  isReady: false,
  isProven: false,
  isAnother: false,
  container: 'running',
};
const seen = (rest: Partial<WriterEvidence> = {}, said: Answer = 'no response'): WriterEvidence => ({
  pod: podSeen,
  node: lost,
  attachedTo: null,
  answers: [{from: first, said}],
  positions: [],
  ...rest,
});

describe('the verdict', () => {
  const pod = {
    name: 'orders-postgresql-primary-0',
    isReady: true,
    isProven: true,
    isAnother: false,
    container: 'running',
  };
  it('is healthy where it is Ready and answers', () => {
    expect(verdictOf(seen({pod, node: nodeThere()}), false)).toBe('healthy');
    expect(verdictOf(seen({pod: {...pod, isProven: false}, node: nodeThere()}, 'accepting connections'), true)).toBe(
      'healthy',
    );
  });
  it('is that it can be stopped where its kubelet speaks, or where it serves another database', () => {
    expect(verdictOf(seen({pod: {...pod, isAnother: true}, node: nodeThere()}, 'accepting connections'), false)).toBe(
      'stoppable',
    );
    expect(verdictOf(seen({node: nodeThere()}), false)).toBe('stoppable');
    expect(verdictOf(seen({node: nodeThere({leaseAgeMs: null})}), false)).toBe('stoppable');
  });
  it('is that nobody knows where its node is silent, and nobody has made sure', () => {
    expect(verdictOf(seen(), false)).toBe('perhaps alive');
    expect(verdictOf(seen({node: nodeThere({leaseAgeMs: 30_000})}), false)).toBe('perhaps alive');
    expect(verdictOf(seen({node: {kind: 'unreadable', name: 'node1'}}), false)).toBe('perhaps alive');
  });
  it('is that it is gone where somebody says so, by word or taint, or the cluster has no such node', () => {
    expect(verdictOf(seen(), true)).toBe('gone');
    expect(verdictOf(seen({node: nodeThere({isReady: false, isOutOfService: true})}), false)).toBe('gone');
    expect(verdictOf(seen({node: {kind: 'gone', name: 'node1'}}), false)).toBe('gone');
    expect(verdictOf(seen({pod: null, node: null}), false)).toBe('gone');
  });
  it('is that it is gone where its cloud says that the silent machine is shut down', () => {
    const off = seen({node: nodeThere({isReady: false, leaseAgeMs: 62_000, isShutDown: true})});
    expect(verdictOf(off, false)).toBe('gone');
    expect(evidenceLines(off)[0]).toMatch(/62 s ago, shut down according to its cloud$/);
    // The taint is taken away a moment after the machine has started again.
    expect(verdictOf(seen({node: nodeThere({leaseAgeMs: 62_000, isShutDown: true})}), false)).toBe('perhaps alive');
    expect(verdictOf({...off, answers: [{from: first, said: 'accepting connections'}]}, false)).toBe('answers');
  });
  it('is never that it is gone while it answers, whoever says so', () => {
    expect(verdictOf(seen({}, 'accepting connections'), true)).toBe('answers');
    expect(verdictOf(seen({}, 'rejecting connections'), true)).toBe('answers');
    expect(verdictOf(seen({}, null), true)).toBe('gone');
  });
});

describe('where an earlier pod of the writer may still run', () => {
  const claim = 'data-orders-postgresql-primary-0';
  const networkDisk: PersistentVolume = {metadata: {name: 'pv-w'}, spec: {persistentVolumeReclaimPolicy: 'Delete'}};
  const localDisk: PersistentVolume = {
    ...networkDisk,
    spec: {
      ...networkDisk.spec,
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{matchExpressions: [{key: 'kubernetes.io/hostname', operator: 'In', values: ['node2']}]}],
        },
      },
    },
  };
  const hears = {receiver: {writerBytes: null, lastMessageAt: '2026-01-02T03:04:05Z'}};
  const nodes: Readonly<Record<string, NodeSeen>> = {
    node1: lost,
    node2: nodeThere({name: 'node2'}),
  };

  interface Found {
    /** The container of the writer's pod on node2; null: there is no pod. */
    readonly container: object | null;
    readonly attachment?: Attachment;
    readonly disk?: PersistentVolume;
    readonly reader?: Partial<ReaderPosition>;
  }

  async function verdictFor({
    container,
    attachment = {node: null, isKnown: true},
    disk = networkDisk,
    reader = {},
  }: Found): Promise<readonly [Verdict, string | undefined]> {
    const onNode2 = (name: string, status: object): Pod => {
      const pod = podOf(name, false);
      const containerStatuses = [{name: 'postgresql', ready: false, restartCount: 0, ...status}];
      return {...pod, spec: {...pod.spec, nodeName: 'node2'}, status: {...pod.status, containerStatuses}};
    };
    const snapshot = {
      ...clusterWithRelease().snapshot(),
      pods: [
        ...(container ? [onNode2('orders-postgresql-primary-0', container)] : []),
        onNode2(first, {state: {running: {}}}),
      ],
    };
    const ports = {
      volumes: async () => ({[claim]: disk}),
      attachedTo: async () => attachment,
      nodeSeen: async (name: string) => nodes[name] ?? {kind: 'gone', name},
      readerPosition: async () => at(first, 20, reader),
      answerFrom: async () => 'no response',
      writerSeenFrom: async () => null,
      nodes: async () => [],
      allNodes: async () => [],
      nodeUse: async () => ({}),
    } as unknown as Parameters<typeof askWriter>[1];
    const {said} = await askWriter(snapshot, ports, false);
    const evidence = evidenceOf(snapshot, said);
    const verdict = verdictOf(evidence, false);
    return [verdict, failoverRefusal(target, evidence, verdict)?.message];
  }
  const waits = {state: {waiting: {reason: 'ContainerCreating'}}};

  it('the node that has the disk is judged, not the one of the new pod', async () => {
    const [verdict, message] = await verdictFor({container: waits, attachment: {node: 'node1', isKnown: true}});
    expect(verdict).toBe('perhaps alive');
    expect(message).toContain('node1 does not answer');
    // Once its disk is there, or where the disk never leaves its node, the new pod is all that there can be.
    expect((await verdictFor({container: waits, attachment: {node: 'node2', isKnown: true}}))[0]).toBe('stoppable');
    expect((await verdictFor({container: waits, disk: localDisk, reader: hears}))[0]).toBe('stoppable');
    expect((await verdictFor({container: {state: {running: {}}}, reader: hears}))[0]).toBe('stoppable');
  });

  it.each([
    ['nobody may read what has the disk', {container: waits, attachment: {node: null, isKnown: false}}],
    ['a reader has just heard of a writer', {container: waits, reader: hears}],
    ['there is no pod, and a reader has just heard of a writer', {container: null, reader: hears}],
  ])('nobody knows where %s', async (_, found: Found) => {
    const [verdict, message] = await verdictFor(found);
    expect(verdict).toBe('perhaps alive');
    expect(message).toContain('nobody knows on which node');
  });

  it('it is known that none does where the disk is attached to nothing and no reader hears of one', async () => {
    expect((await verdictFor({container: null}))[0]).toBe('gone');
    expect((await verdictFor({container: waits}))[0]).toBe('stoppable');
  });
});

describe('what is refused', () => {
  it('names the switchover where the writer serves', () => {
    const refused = failoverRefusal(target, seen({node: nodeThere()}), 'healthy');
    expect(refused?.code).toBe('WRITER_HEALTHY');
    expect(refused?.remedies[0]?.command).toContain('switchover orders');
  });
  it('says how to make sure, and only then names --node-is-off', () => {
    const refused = failoverRefusal(target, seen(), 'perhaps alive');
    expect(refused?.code).toBe('NOT_FENCED');
    expect(refused?.remedies.map(({command}) => command ?? '').join('\n')).toMatch(
      /out-of-service=nodeshutdown:NoExecute[^]*failover orders.*--node-is-off/,
    );
    expect(refused?.evidence).toEqual([
      'Node node1: not Ready since 2026-01-02T03:04:05Z, last sign of its kubelet 62 s ago',
      'Pod orders-postgresql-primary-0: not Ready, container running',
      `Asked from ${first}: no response`,
    ]);
    const answering = failoverRefusal(target, seen({}, 'accepting connections'), 'answers');
    expect(answering?.message).toContain('still answers the readers');
    expect(JSON.stringify(answering?.remedies)).not.toContain('--node-is-off');
    // A reader's superuser can stop it.
    const open = {host: '10.0.0.7', bytes: 1000};
    expect(failoverRefusal(target, seen({open}, 'accepting connections'), 'answers')).toBeNull();
    expect(failoverRefusal(target, seen({open}), 'perhaps alive')?.code).toBe('NOT_FENCED');
  });
  it('is nothing where it is gone or can be stopped', () => {
    expect([failoverRefusal(target, seen(), 'gone'), failoverRefusal(target, seen(), 'stoppable')]).toEqual([
      null,
      null,
    ]);
  });
  it('says what this user may not read, which is no sign that the node is silent', () => {
    const unread = seen({node: {kind: 'unreadable', name: 'node1'}});
    const refused = failoverRefusal(target, unread, 'perhaps alive', 'ann');
    expect(refused?.code).toBe('NOT_FENCED');
    expect(refused?.message).toMatch(/^This user may not read the node node1/);
    expect(refused?.message).not.toContain('does not answer');
    const [grant, , own] = refused?.remedies ?? [];
    const applied = /<<'EOF'\n([^]*)\nEOF$/.exec(grant?.command ?? '')?.[1] ?? '';
    expect(parseAllDocuments(applied).map((one) => one.toJS() as unknown)).toMatchObject([
      {kind: 'ClusterRole', rules: [{resources: ['nodes'], resourceNames: ['node1']}, {resources: ['leases']}]},
      {kind: 'ClusterRoleBinding', subjects: [{name: 'ann'}]},
    ]);
    expect(own?.command).toContain('--node-is-off');
    expect(failoverRefusal(target, unread, 'perhaps alive')?.remedies[0]?.title).toContain(
      'bind the ClusterRole to you',
    );
  });
});

it('evidence says what each side sees', () => {
  const receiver = {writerBytes: 900, lastMessageAt: '2026-01-02T03:04:00.123Z'};
  const node: NodeSeen = {kind: 'gone', name: 'node1'};
  expect(
    evidenceLines(seen({pod: null, node, attachedTo: 'node1', answers: [], positions: [at(first, 16, {receiver})]})),
  ).toEqual([
    'Node node1: the cluster does not have it any more',
    'Pod: there is none',
    'Volume: attached to node1',
    `Reader ${first}: has the WAL up to 0/10, last message of the writer 2026-01-02T03:04:00Z`,
  ]);
});

describe('what is seen of the writer', () => {
  const there = nodeThere({isReady: false, isOutOfService: true});
  const cases: readonly [WriterEvidence, Verdict, boolean, string, string][] = [
    [seen(), 'gone', true, 'The writer is gone: node1 off, as somebody said', 'node1 off, as somebody said'],
    [seen({node: there}), 'gone', false, 'The writer is gone: node1 tainted as off', 'node1 tainted as off'],
    [
      seen({node: {kind: 'gone', name: 'node1'}}),
      ...(['gone', false, 'The writer is gone: node1 deleted from the cluster'] as const),
      'node1 deleted from the cluster',
    ],
    [
      seen({pod: null, node: null}),
      ...(['gone', false, 'The writer is gone: no node left that it could run on'] as const),
      'no node left that it could run on',
    ],
    [
      seen({node: nodeThere(), pod: {...podSeen, container: 'CrashLoopBackOff'}}),
      ...([
        'stoppable',
        false,
        'The writer does not serve, and it can be stopped for sure, because node1 answers',
      ] as const),
      'its container did not run: CrashLoopBackOff',
    ],
    [
      seen({pod: {...podSeen, isAnother: true}, node: nodeThere()}),
      ...([
        'stoppable',
        false,
        'The writer does not serve, and it can be stopped for sure, because node1 answers',
      ] as const),
      "another database than the release's",
    ],
    [
      seen({}, 'accepting connections'),
      ...([
        'answers',
        true,
        'The writer may still take writes although node1 does not answer, and a reader can',
      ] as const),
      'node1 silent, its database stopped by SQL',
    ],
  ];
  it.each(cases)('%#: is told line by line with what follows, and remembered as the reason', (...one) => {
    const [evidence, verdict, nodeIsOff, conclusion, reason] = one;
    const told = writerSeen(evidence, verdict, nodeIsOff);
    expect(told).toEqual({verdict, evidence: [expect.stringContaining(conclusion), ...evidenceLines(evidence)]});
    expect(reasonOf(evidence, verdict, nodeIsOff)).toBe(reason);
  });
});

describe('what is at risk', () => {
  const receiver = {writerBytes: 11_000, lastMessageAt: '2026-01-02T03:04:00Z'};
  const now = Date.parse('2026-01-02T03:04:41Z');
  const asynchronous = {synchronousReplicas: 0, readers: 2, writer: null, now};
  it('is at least what the writer said that it had, or what another reader has, and is told with its time', () => {
    const one = at(second, 1000, {receiver, replayedAt: '2026-01-02T03:03:00Z'});
    expect(writesAtRisk(one, [one, at(first, 400)], asynchronous)).toEqual({
      bytes: 10_000,
      lastSignAt: '2026-01-02T03:04:00Z',
      isCovered: false,
      silentMs: 41_000,
      writer: {bytes: 11_000, at: '2026-01-02T03:04:00Z'},
    });
    expect(writesAtRisk(at(first, 400), [at(first, 400), at(second, 1000)], asynchronous).bytes).toBe(600);
  });
  it('counts what was seen of the writer elsewhere, and later than the readers heard of it', () => {
    const heard = at(second, 1000, {receiver});
    const writer = {bytes: 12_000, at: '2026-01-02T03:04:31Z'};
    expect(writesAtRisk(heard, [heard], {...asynchronous, writer})).toEqual({
      bytes: 11_000,
      lastSignAt: writer.at,
      isCovered: false,
      silentMs: 10_000,
      writer,
    });
    // What is less than a reader has adds nothing.
    const old = {bytes: 400, at: '2026-01-01T00:00:00Z'};
    const risk = writesAtRisk(heard, [heard], {...asynchronous, writer: old});
    expect(risk).toMatchObject({bytes: 10_000, lastSignAt: receiver.lastMessageAt, writer: {bytes: 11_000}});
    expect(writesAtRisk(at(first, 400), [at(first, 400)], {...asynchronous, now: 0}).silentMs).toBeNull();
  });
  it('is nothing acknowledged where commits waited for more readers than are missing', () => {
    const both = [at(first, 10), at(second, 20)];
    const of = (chosen: ReaderPosition, positions: readonly ReaderPosition[]) =>
      writesAtRisk(chosen, positions, {...asynchronous, synchronousReplicas: 1}).isCovered;
    expect(of(at(second, 20), both)).toBe(true);
    expect(of(at(first, 10), both)).toBe(false);
    expect(of(at(second, 20), [at(second, 20)])).toBe(false);
    expect(riskSentence(at(second, 20), {bytes: 0, lastSignAt: null, isCovered: true})).toBe(
      `No acknowledged write is at risk: commits waited for readers. ${second} has the WAL up to 0/14.`,
    );
  });
  it('is said where nothing is known of the writer', () => {
    expect(riskSentence(at(first, 16), {bytes: 0, lastSignAt: null, isCovered: false})).toBe(
      `At risk: what the writer acknowledged and did not send. ${first} has the WAL up to 0/10.`,
    );
  });
  it('is said with what is known, for how long nothing is, and where the writer and the reader were', () => {
    const lastSignAt = '2026-01-02T03:04:00.5Z';
    const risk = {bytes: 12_304, lastSignAt, isCovered: false};
    expect(riskSentence(at(first, 16), risk)).toBe(
      'Lost: at least 12 KiB. At risk: what the writer acknowledged after its last sign, at 2026-01-02T03:04:00Z. ' +
        `${first} has the WAL up to 0/10.`,
    );
    const writer = {bytes: 2 ** 32 + 12_320, at: lastSignAt};
    expect(riskSentence(at(first, 16), {...risk, silentMs: 41_000, writer})).toBe(
      'Lost: at least 12 KiB. At risk: what the writer acknowledged in the 41 s after its last sign, at ' +
        '2026-01-02T03:04:00Z. It had written up to 1/3020, seen at 2026-01-02T03:04:00Z. ' +
        `${first} has the WAL up to 0/10.`,
    );
  });
});

it('a timeline begins where its history says last', () => {
  expect(forkIn('1\t0/3000148\tno recovery target specified\n\n2\t0/5014B40\tno recovery target specified\n')).toBe(
    '0/5014B40',
  );
  expect(forkIn('')).toBeNull();
});

describe('the plan', () => {
  const facts: FailoverFacts = {
    target,
    verdict: 'gone',
    nodeIsOff: true,
    chosen: at(second, 20),
    positions: [at(first, 10), at(second, 20)],
    atRisk: {bytes: 0, lastSignAt: null, isCovered: false},
    nodes: {writer: 'node1', reader: 'node2'},
    oldVolume: {name: 'pvc-w', size: '20Gi', kept: 'orders-postgresql-kept-1'},
    diskCanMove: false,
    silent: [],
    isSentAll: false,
    commitsWaitFor: 0,
  };
  const told = (rest: Partial<FailoverFacts> = {}) =>
    failoverConsequences({...facts, ...rest}).map(({code, object}) => `${code} ${object}`);
  it('begins with what is at risk, repeats the operator’s word, and says what is kept', () => {
    expect(told()).toEqual([
      'WRITES_AT_RISK StatefulSet/orders-postgresql-primary',
      'WRITES_AT_RISK Node/node1',
      'ROLE_CHANGE StatefulSet/orders-postgresql-primary',
      'DATA_KEPT PersistentVolume/pvc-w',
      'REPLICA_ADD StatefulSet/orders-postgresql-read',
      'NO_CHANGE StatefulSet/orders-postgresql-read',
      'NO_CHANGE Release/orders',
    ]);
  });
  it('says that a writer which answers is stopped first, and sends all that it has', () => {
    const sentences = failoverConsequences({...facts, verdict: 'answers', nodeIsOff: false, isSentAll: true});
    expect(sentences.slice(0, 3).map(({code, object}) => `${code} ${object}`)).toEqual([
      'WRITES_AT_RISK StatefulSet/orders-postgresql-primary',
      'ROLE_CHANGE StatefulSet/orders-postgresql-primary',
      'ROLE_CHANGE Pod/orders-postgresql-primary-0',
    ]);
    expect(sentences[0]?.sentence).toContain('no acknowledged write is at risk');
  });
  it('names readers that did not answer: what they have is not known', () => {
    const [unknown] = failoverConsequences({...facts, silent: ['orders-postgresql-read-2']}).filter(({sentence}) =>
      sentence.includes('read-2'),
    );
    expect(unknown).toMatchObject({code: 'WRITES_AT_RISK'});
    expect(unknown?.sentence).toContain(`more than ${second}, if anything, is lost too`);
  });
  it('says that writes hang where fewer readers are left to follow than each commit waits for', () => {
    const hangs = (rest: Partial<FailoverFacts>) =>
      failoverConsequences({...facts, ...rest}).find(({code}) => code === 'COMMITS_WAIT')?.sentence;
    expect(hangs({commitsWaitFor: 1})).toBeUndefined();
    const alone = {positions: [at(second, 20)], silent: [first]};
    expect(hangs({...alone, commitsWaitFor: 1})).toMatch(
      /waits for 1 reader, and no other one answers: every write hangs .* --synchronous-replicas 0$/,
    );
    expect(hangs({commitsWaitFor: 2})).toContain('only 1 more answers');
    // One that has more is copied again before it follows.
    expect(hangs({chosen: at(first, 10), commitsWaitFor: 1})).toContain('no other one answers');
    expect(hangs(alone)).toBeUndefined();
  });
  it('says what another reader has more, that a disk could move, and that there is no volume', () => {
    expect(told({chosen: at(first, 10)})).toContain('WRITES_AT_RISK StatefulSet/orders-postgresql-read');
    // It loses nothing, so it is told right after what would be lost.
    expect(told({diskCanMove: true}).filter((one) => !one.startsWith('WRITES_AT_RISK'))[0]).toBe(
      'DISK_CAN_MOVE PersistentVolume/pvc-w',
    );
    expect(told({oldVolume: null, verdict: 'stoppable', nodeIsOff: false})).not.toContain(
      'DATA_KEPT PersistentVolume/pvc-w',
    );
  });
});

describe('what objects say', () => {
  it('a node is Ready since when, and out of service by its taint', () => {
    const node = {
      metadata: {name: 'node1'},
      spec: {taints: [{key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute'}]},
      status: {conditions: [{type: 'Ready', status: 'Unknown', lastTransitionTime: '2026-01-02T03:04:05Z'}]},
    };
    expect(nodeSeen(node, 5)).toEqual({
      kind: 'there',
      name: 'node1',
      isReady: false,
      since: '2026-01-02T03:04:05Z',
      leaseAgeMs: 5,
      isOutOfService: true,
    });
  });
  it('a node is shut down by the taint of its cloud', () => {
    const taints = [{key: 'node.cloudprovider.kubernetes.io/shutdown', effect: 'NoSchedule'}];
    expect(nodeSeen({metadata: {name: 'node1'}, spec: {taints}}, null)).toMatchObject({isShutDown: true});
  });
  it('a container runs, or why not', () => {
    const pod = podOf('orders-postgresql-primary-0', false);
    const withState = (state: object) => ({
      ...pod,
      status: {containerStatuses: [{name: 'postgresql', ready: false, restartCount: 3, state}]},
    });
    expect(containerOf(pod)).toBe('running');
    expect(containerOf(withState({waiting: {reason: 'CrashLoopBackOff'}}))).toBe('CrashLoopBackOff');
    expect(containerOf({...pod, spec: {containers: []}})).toBeNull();
  });
  it('a volume is of one node by its name, or may move', () => {
    const on = (key: string, values: string[]) => ({
      metadata: {name: 'pvc'},
      spec: {
        nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key, operator: 'In', values}]}]}},
      },
    });
    expect(nodeOfVolume(on('kubernetes.io/hostname', ['node1']))).toBe('node1');
    expect(nodeOfVolume(on('topology.topolvm.io/node', ['node1']))).toBe('node1');
    expect(nodeOfVolume(on('topology.kubernetes.io/zone', ['a']))).toBeNull();
    expect(nodeOfVolume(on('topology.ebs.csi.aws.com/zone', ['a']))).toBeNull();
    expect(nodeOfVolume({metadata: {name: 'pvc'}, spec: {}})).toBeNull();
  });
});
