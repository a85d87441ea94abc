// Whether a writer that is away is surely gone, so that a reader may become the writer.
import {objectNames} from '../../chart/names.ts';
import {propose} from '../../commands/command-line.ts';
import {kubectl} from '../../commands/kubectl.ts';
import {releaseRef} from '../../commands/operation.ts';
import {cause, type Cause, type Remedy} from '../../core/cause.ts';
import {toTheSecond} from '../../core/time.ts';
import {outOfServiceCommand, type NodeSeen, type ReaderPosition, type WriterEvidence} from '../role/failover.ts';
import type {Target} from '../snapshot.ts';
import {grantClusterRole} from './grant.ts';
import {object} from './messages.ts';

/**
 * `healthy`: the writer serves. `stoppable`: it does not serve, but its kubelet answers and will say when it has ended.
 * `gone`: nothing of it runs. `answers`: its node is silent, but its database answers and may be stopped by SQL.
 * `perhaps alive`: nobody knows.
 */
export type Verdict = 'healthy' | 'stoppable' | 'gone' | 'answers' | 'perhaps alive';

/** A kubelet renews its Lease every 10 seconds. Kubernetes documentation, Nodes, Heartbeats. */
const silentMs = 20_000;

const unchanged = 'Nothing was changed.';

/** `nodeIsOff`: somebody has made sure that the node is off. A database that still answers outweighs their word. */
export function verdictOf(evidence: WriterEvidence, nodeIsOff: boolean): Verdict {
  const {pod, node, answers, mayRunElsewhere} = evidence;
  const isAnswering = answers.some(({said}) => said === 'accepting connections' || said === 'rejecting connections');
  if (serves(pod, isAnswering)) return 'healthy';
  if (isResponding(node)) return 'stoppable';
  if (isAnswering) return 'answers';
  return nodeIsOff || (isKnownOff(node) && !mayRunElsewhere) ? 'gone' : 'perhaps alive';
}

function serves(pod: WriterEvidence['pod'], isAnswering: boolean): boolean {
  return pod !== null && pod.isReady && !pod.isAnother && (pod.isProven || isAnswering);
}

/**
 * No node is known that the writer could run on, the cluster no longer has it, or it is tainted out-of-service; or it
 * is silent, and the cloud says that its machine is shut down.
 */
function isKnownOff(node: NodeSeen | null): boolean {
  if (node === null || node.kind === 'gone') return true;
  return node.kind === 'there' && (node.isOutOfService || (node.isShutDown === true && !node.isReady));
}

/** The node's kubelet renews its Lease, so what it reports about its pods is true. */
export function isResponding(node: NodeSeen | null): boolean {
  return node?.kind === 'there' && node.isReady && (node.leaseAgeMs ?? 0) < silentMs;
}

/** The evidence, one line per source, for the people who decide. */
export function evidenceLines({pod, node, attachedTo, answers, positions}: WriterEvidence): readonly string[] {
  return [
    ...(node ? [nodeLine(node)] : []),
    pod
      ? `Pod ${pod.name}: ${pod.isReady ? 'Ready' : 'not Ready'}, ` +
        (pod.container === null ? 'on no node' : `container ${pod.container}`)
      : 'Pod: there is none',
    ...(attachedTo === null ? [] : [`Volume: attached to ${attachedTo}`]),
    ...answers.map(({from, said}) => `Asked from ${from}: ${said ?? 'it could not be asked'}`),
    ...positions.map(positionLine),
  ];
}

function nodeLine(node: NodeSeen): string {
  if (node.kind === 'gone') return `Node ${node.name}: the cluster does not have it any more`;
  if (node.kind === 'unreadable') return `Node ${node.name}: this user may not read it`;
  const since = node.since === null ? '' : ` since ${toTheSecond(node.since)}`;
  const lease =
    node.leaseAgeMs === null ? '' : `, last sign of its kubelet ${Math.round(node.leaseAgeMs / 1000)} s ago`;
  const taint =
    (node.isOutOfService ? ', tainted out-of-service' : '') +
    (node.isShutDown === true ? ', shut down according to its cloud' : '');
  return `Node ${node.name}: ${node.isReady ? 'Ready' : 'not Ready'}${since}${lease}${taint}`;
}

function positionLine({pod, lsn, receiver}: ReaderPosition): string {
  const last = receiver?.lastMessageAt;
  const heard = last ? `, last message of the writer ${toTheSecond(last)}` : ', not connected to the writer';
  return `Reader ${pod}: has the WAL up to ${lsn}${heard}`;
}

/**
 * Why no reader may become the writer now; null: one may. `user`: the cluster's name for whoever asks; null: not known.
 */
export function failoverRefusal(
  target: Target,
  evidence: WriterEvidence,
  verdict: Verdict,
  user: string | null = null,
): Cause | null {
  switch (verdict) {
    case 'healthy':
      return writerHealthy(target, evidence);
    case 'answers':
      return evidence.open ? null : notFenced(target, evidence, verdict);
    case 'perhaps alive':
      return evidence.node?.kind === 'unreadable'
        ? nodeUnread(target, evidence, evidence.node.name, user)
        : notFenced(target, evidence, verdict);
    case 'stoppable':
    case 'gone':
      return null;
  }
}

function writerHealthy(target: Target, evidence: WriterEvidence): Cause {
  const {writer} = objectNames(target);
  return cause(
    'WRITER_HEALTHY',
    `The writer of ${target.release} serves. A failover would give up writes for nothing; a switchover moves its ` +
      `role with every acknowledged row. ${unchanged}`,
    {
      object: object('Pod', target, `${writer}-0`),
      evidence: evidenceLines(evidence),
      remedies: [propose('Move the writer without a loss', {kind: 'switchover', ...releaseRef(target), to: null})],
    },
  );
}

function notFenced(target: Target, evidence: WriterEvidence, verdict: 'answers' | 'perhaps alive'): Cause {
  const {writer} = objectNames(target);
  const name = evidence.node?.name ?? 'its node';
  const message = evidence.mayRunElsewhere
    ? `The pod ${writer}-0 is new, and nobody knows on which node the one before it ran, and whether its database ` +
      `still acknowledges writes there. With a second writer beside it, rows would be lost. ${unchanged}`
    : verdict === 'answers'
      ? `The node ${name} does not answer the cluster, but the database on it still answers the readers, and may ` +
        `still acknowledge writes of clients. With a second writer beside it, rows would be lost. ${unchanged}`
      : `The node ${name} does not answer, and nobody knows whether the database on it still acknowledges writes. ` +
        `With a second writer beside it, rows would be lost. ${unchanged}`;
  return cause('NOT_FENCED', message, {
    object: object('Pod', target, `${writer}-0`),
    firstSeen: evidence.node?.kind === 'there' ? evidence.node.since : null,
    evidence: evidenceLines(evidence),
    remedies: evidence.mayRunElsewhere ? elsewhereRemedies(target) : fencingRemedies(target, name, verdict),
  });
}

/** The node may be in order: then its kubelet would say when the database has ended. */
function nodeUnread(target: Target, evidence: WriterEvidence, name: string, user: string | null): Cause {
  const rules = [
    `- {apiGroups: [""], resources: ["nodes"], resourceNames: ["${name}"], verbs: ["get"]}`,
    `- {apiGroups: ["coordination.k8s.io"], resources: ["leases"], resourceNames: ["${name}"], verbs: ["get"]}`,
  ];
  return cause(
    'NOT_FENCED',
    `This user may not read the node ${name}, so it is not known whether it runs, and whether the database on it ` +
      `still acknowledges writes. With a second writer beside it, rows would be lost. ${unchanged}`,
    {
      object: object('Pod', target, `${objectNames(target).writer}-0`),
      evidence: evidenceLines(evidence),
      remedies: [
        {
          title:
            'Have an administrator of the cluster grant it for this node' +
            `${user === null ? ', and bind the ClusterRole to you' : ''}; then run the same command again`,
          command: grantClusterRole(target, `pg-helm-install-node-${target.namespace}-${target.release}`, {
            rules,
            user,
          }),
        },
        {title: 'Or have somebody run the same command who may read nodes'},
        propose('When you know that its machine is off, have a reader become the writer', {
          kind: 'failover',
          ...releaseRef(target),
          to: null,
          nodeIsOff: true,
        }),
      ],
    },
  );
}

/** The disk shows where the earlier pod was, to whoever may read it. */
function elsewhereRemedies(target: Target): readonly Remedy[] {
  return [
    {title: 'See which node the disk was attached to', command: kubectl(target, 'get', 'volumeattachments')},
    {title: 'Turn the machine of that node off, at its cloud or by its switch, or bring it back: then nothing is lost'},
    propose('When you know that it is off, have a reader become the writer', {
      kind: 'failover',
      ...releaseRef(target),
      to: null,
      nodeIsOff: true,
    }),
  ];
}

function fencingRemedies(target: Target, node: string, verdict: 'answers' | 'perhaps alive'): readonly Remedy[] {
  const failover = {kind: 'failover' as const, ...releaseRef(target), to: null};
  return [
    {title: `Turn the machine of ${node} off, at its cloud or by its switch, or bring it back: then nothing is lost`},
    {
      title:
        'When it is off and the disk can move to another node, say so: the writer is recreated there with every row',
      command: outOfServiceCommand(target, node),
    },
    verdict === 'answers'
      ? propose('When it is off, see what a failover would mean', {...failover, nodeIsOff: false})
      : propose('When you know that it is off, have a reader become the writer', {...failover, nodeIsOff: true}),
  ];
}
