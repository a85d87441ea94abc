// No node takes the pod: the scheduler's text, translated.
import {kubectl} from '../../commands/kubectl.ts';
import {cause, type Cause, type Remedy} from '../../core/cause.ts';
import {releaseRef, type ReleaseRef} from '../../commands/operation.ts';
import {fillIn, propose} from '../../commands/command-line.ts';
import {readerOfPod} from '../../chart/names.ts';
import type {Pod} from '../kubernetes.ts';
import {isReady, viewOf, type Role} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {databasePods, type DatabasePod} from './database-pods.ts';
import {replaceWriter} from './replace-writer.ts';
import type {FoundCause} from './rule.ts';
import {evidence, nameOf, refTo} from './messages.ts';

interface Obstacle {
  readonly pattern: RegExp;
  /** `$n`: how many nodes. */
  readonly words: string;
  /** A remedy that asks for less. */
  readonly less?: (where: ReleaseRef, role: Role) => Remedy;
}

/** Source: kube-scheduler, the reasons of its filter plugins, 1.20 to 1.34. */
const obstacles: readonly Obstacle[] = [
  {
    pattern: /(\d+) Insufficient memory/,
    words: '$n lack free memory',
    less: lessOf('memory', 'memory'),
  },
  {
    pattern: /(\d+) Insufficient cpu/,
    words: '$n lack free CPU',
    less: lessOf('CPU', 'cpu'),
  },
  {pattern: /(\d+) Insufficient (?!memory|cpu)\S+/, words: '$n lack another resource that the pod asks for'},
  {pattern: /(\d+) Too many pods/, words: '$n run as many pods as they may'},
  {
    pattern:
      /(\d+) node\(s\) didn't match Pod's node affinity(?:\/selector)?|(\d+) node\(s\) didn't match node selector/,
    words: '$n do not carry the node label that is asked for',
    less: (where) =>
      propose('Or let it run on any type of node', {kind: 'resize', ...where, sizes: {instanceType: 'any'}}),
  },
  {
    pattern:
      /(\d+) node\(s\) didn't (?:match pod anti-affinity rules|satisfy existing pods anti-affinity rules|match pod affinity\/anti-affinity)/,
    words: '$n already run a pod of this database, and each pod wants a node of its own (anti-affinity)',
    less: (where) =>
      propose('Or let pods of this database share a node', {
        kind: 'set',
        ...where,
        answers: {spread: 'preferred'},
        valuesFile: null,
      }),
  },
  {pattern: /(\d+) node\(s\) (?:had untolerated taint|had taint)/, words: '$n have a taint that keeps the pod away'},
  {pattern: /(\d+) node\(s\) were unschedulable/, words: '$n are cordoned'},
  {
    pattern: /(\d+) node\(s\) (?:had volume node affinity conflict|didn't match PersistentVolume's node affinity)/,
    words: '$n cannot reach its volume, which is tied to another node or zone (volume node affinity)',
  },
  {pattern: /(\d+) node\(s\) exceed max volume count/, words: '$n hold as many volumes as they may'},
  {pattern: /(\d+) node\(s\) did not have enough free storage/, words: '$n lack free storage'},
];

const elsewhere =
  'Or have a reader become the writer, on the node that it runs on. Where the writer was stopped in order, ' +
  'nothing is lost; it says so first';

/** Not certain: an autoscaler may bring a node, or one may get free. */
export function unschedulable(snapshot: Snapshot): FoundCause | null {
  for (const subject of databasePods(snapshot)) {
    const refusal = refusalOf(subject.pod);
    if (refusal) return {certain: false, cause: noPlace(snapshot, subject, refusal)};
  }
  return null;
}

interface Refusal {
  /** The scheduler's message. */
  readonly text: string;
  readonly since: string | null;
}

/** Null where the pod has a node, or waits for its claim: that is the claim's matter. */
function refusalOf({status, spec}: Pod): Refusal | null {
  const condition = status?.conditions?.find((one) => one.type === 'PodScheduled' && one.status === 'False');
  if (condition?.reason !== 'Unschedulable' || spec.nodeName) return null;
  const {message: text = '', lastTransitionTime: since = null} = condition;
  const waitsForClaim =
    /unbound immediate PersistentVolumeClaims|persistentvolumeclaim ".*" (not found|is being deleted)/.test(text);
  return waitsForClaim ? null : {text, since};
}

function noPlace(snapshot: Snapshot, subject: DatabasePod, {text, since}: Refusal): Cause {
  const met = obstaclesIn(text);
  const total = /^0\/(\d+) nodes/.exec(text)?.[1];
  const why =
    met.length > 0
      ? `${total ? `of ${total} nodes ` : ''}${met.map(({words}) => words).join('; ')}`
      : 'the scheduler says why below';
  return cause('UNSCHEDULABLE', `No node takes ${nameOf(subject)}: ${why}. It starts as soon as one does.`, {
    object: refTo('Pod', subject.pod.metadata, snapshot),
    firstSeen: since,
    evidence: evidence(text),
    remedies: [
      {title: 'See what the nodes have and what is taken', command: kubectl(snapshot.target, 'describe', 'nodes')},
      {title: 'Add a node that fits, or free one: the pod starts there by itself'},
      ...fewerReaders(snapshot, subject),
      ...(subject.role === 'writer' ? replaceWriter(snapshot, elsewhere) : []),
      ...met.flatMap(({less}) => (less ? [less(releaseRef(snapshot.target), subject.role)] : [])),
    ],
  });
}

function obstaclesIn(text: string): readonly Obstacle[] {
  // After `preemption:`, the same words are about pods that could be evicted to make room.
  const [reasons = ''] = text.split(/\bpreemption:/);
  return obstacles.flatMap((obstacle) => {
    const match = obstacle.pattern.exec(reasons);
    return match ? [{...obstacle, words: obstacle.words.replace('$n', match[1] ?? match[2] ?? '')}] : [];
  });
}

function lessOf(what: string, size: 'memory' | 'cpu'): NonNullable<Obstacle['less']> {
  const title = `Ask for less ${what}; the pod is then recreated with it`;
  return (where, role) =>
    fillIn(title, 'resize', where, `${role === 'reader' ? `--reader-${size}` : `--${size}`} QUANTITY`);
}

/**
 * Readers are numbered from 0, so this reader's number is how many come before it. Scaling to that number also removes
 * the readers after it, so it is not proposed while one of those serves.
 */
function fewerReaders(snapshot: Snapshot, {role, pod}: DatabasePod): Remedy[] {
  const ordinalOf = ({metadata}: Pod) => readerOfPod(snapshot.target, metadata.name);
  const before = ordinalOf(pod);
  if (role !== 'reader' || before === null) return [];
  if (viewOf(snapshot).readerPods.some((one) => (ordinalOf(one) ?? 0) >= before && isReady(one))) return [];
  return [
    propose('Or do without this reader; the writer and the others are not touched', {
      kind: 'scale',
      ...releaseRef(snapshot.target),
      readReplicas: before,
      deleteVolumes: false,
    }),
  ];
}
