// The last resort: something is not well, no rule knows why, and the cluster's own words are all there is to say.
import {kubectlHere} from '../../commands/kubectl.ts';
import {databaseIn} from '../../chart/names.ts';
import {cause, type Cause} from '../../core/cause.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import type {ClusterEvent, Pod, StatefulSet} from '../kubernetes.ts';
import {isReady, viewOf} from '../release-view.ts';
import {isDatabaseRunning} from '../pods/pod-template.ts';
import type {Snapshot} from '../snapshot.ts';
import {timeOf} from '../event-time.ts';
import {
  containersOf,
  databasePods,
  firstSeenOf,
  isOverdue,
  momentOf,
  wordsOf,
  type DatabasePod,
} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {eventText, warningAbout} from './warning-about.ts';
import {capitalised} from '../../core/capitalised.ts';
import {evidence, nameOf, refTo} from './messages.ts';

/** A warning that has stood for this long is not a passing one. */
const warningGraceMs = 10_000;
/** How long a start may take without a warning: as long as an image takes to pull. */
const silentGraceMs = 120_000;
const maxLines = 3;

/** Not certain: a trouble that nobody knows may pass by itself. */
export function podNotReady(snapshot: Snapshot): FoundCause | null {
  const staying = overduePod(snapshot);
  if (staying) return {certain: false, cause: stays(snapshot, staying)};
  for (const subject of databasePods(snapshot)) {
    const words = isReady(subject.pod) ? null : problemIn(snapshot, subject);
    if (words) return {certain: false, cause: ofPod(snapshot, subject, words)};
  }
  return setsProblem(snapshot);
}

/** A pod of the database that should have been gone by now. */
function overduePod(snapshot: Snapshot): Pod | null {
  const {writerPod, readerPods} = viewOf(snapshot);
  return [writerPod, ...readerPods].find((pod) => pod !== null && isOverdue(snapshot, pod)) ?? null;
}

function stays(snapshot: Snapshot, pod: Pod): Cause {
  const {name, deletionTimestamp = null, finalizers = []} = pod.metadata;
  const warning = warningAbout(snapshot, 'Pod', pod);
  const held = finalizers.length === 0 ? null : `finalizers: ${finalizers.join(', ')}`;
  return cause(
    'POD_NOT_READY',
    `The pod ${name} is being deleted and should have been gone at ${deletionTimestamp}. The next one of its name is ` +
      `made when it is gone.`,
    {
      object: refTo('Pod', pod.metadata, snapshot),
      firstSeen: deletionTimestamp,
      evidence: evidence(held, warning && eventText(warning), `deletionTimestamp: ${deletionTimestamp}`),
      remedies: [
        {
          title: 'See what holds it: its node, a volume, or a finalizer',
          command: kubectlHere(snapshot.target, 'describe', 'pod', name),
        },
      ],
    },
  );
}

interface PodProblem {
  readonly words: string;
  readonly since: string | null;
}

/** Null when the pod has only just started, or copies the writer's database, which takes as long as it takes. */
function problemIn(snapshot: Snapshot, {pod, role}: DatabasePod): PodProblem | null {
  const warning = currentWarning(snapshot, pod);
  if (warning && !isStartup(warning) && hasStood(snapshot, momentOf(firstSeenOf(warning)), warningGraceMs))
    return {words: eventText(warning), since: firstSeenOf(warning)};
  const since = startedAt(pod);
  if (since === 0 || !hasStood(snapshot, since, silentGraceMs)) return null;
  if (role === 'reader' && isCopying(snapshot, pod)) return null;
  const isProbed = warning && (runsSince(pod) > 0 || !isStartup(warning));
  return {words: isProbed ? eventText(warning) : ownWords(pod), since: new Date(since).toISOString()};
}

function hasStood(snapshot: Snapshot, since: number, graceMs: number): boolean {
  return clusterTimeOf(snapshot) - since >= graceMs;
}

/** A warning from before the database was started is about an earlier try. */
function currentWarning(snapshot: Snapshot, pod: Pod): ClusterEvent | undefined {
  const newest = warningAbout(snapshot, 'Pod', pod);
  return newest && timeOf(newest) >= runsSince(pod) ? newest : undefined;
}

/** A reader that the writer streams to, or whose database is being copied; where that is not known, it may be. */
function isCopying(snapshot: Snapshot, pod: Pod): boolean {
  if (!isDatabaseRunning(pod)) return false;
  const asked = snapshot.database.some(({kind}) => kind === 'replication');
  return !asked || viewOf(snapshot).streams.some((stream) => stream.pod === pod.metadata.name || stream.pod === null);
}

/** The startup probe warns once a second during every start that takes longer than that. */
function isStartup({reason, message = ''}: ClusterEvent): boolean {
  return reason === 'Unhealthy' && /^Startup probe/.test(message);
}

/** When the database's container was started, else when the pod was made; milliseconds since the epoch. */
function startedAt(pod: Pod): number {
  return runsSince(pod) || momentOf(pod.metadata.creationTimestamp);
}

/** Milliseconds since the epoch at which the database's container was started; 0 where it does not run. */
function runsSince(pod: Pod): number {
  return momentOf(databaseIn(containersOf(pod))?.state?.running?.startedAt);
}

/** What the pod's containers say, else which of its conditions is not met. */
function ownWords(pod: Pod): string {
  const waiting = containersOf(pod).find(({state}) => state?.waiting)?.state?.waiting;
  return waiting?.reason ? [waiting.reason, waiting.message].filter(Boolean).join(': ') : conditionWords(pod);
}

function conditionWords({spec, status = {}}: Pod): string {
  const {conditions = [], phase = 'unknown'} = status;
  if (!spec.nodeName && !conditions.some(({type}) => type === 'PodScheduled'))
    return `no scheduler has looked at it; it waits for ${spec.schedulerName ?? 'default-scheduler'}`;
  const unmet = conditions.find(({status: state, message}) => state === 'False' && message);
  return unmet?.message ?? `it is in phase ${phase}, and the cluster says no more`;
}

function ofPod(snapshot: Snapshot, subject: DatabasePod, {words, since}: PodProblem) {
  const {pod} = subject;
  return cause('POD_NOT_READY', `${capitalised(nameOf(subject))} is not ready: ${words}.`, {
    object: refTo('Pod', pod.metadata, snapshot),
    firstSeen: since,
    evidence: evidence(words, ...wordsOf(snapshot, pod).slice(-maxLines)),
    remedies: [
      {
        title: 'See all that the cluster says of it',
        command: kubectlHere(snapshot.target, 'describe', 'pod', pod.metadata.name),
      },
      {
        title: 'Read what its containers say',
        command: kubectlHere(snapshot.target, 'logs', pod.metadata.name, '--all-containers', '--tail=50'),
      },
    ],
  });
}

/** A StatefulSet that lacks pods and says something about it. */
function setsProblem(snapshot: Snapshot): FoundCause | null {
  const {writerSet, readerSet} = viewOf(snapshot);
  for (const [set, role] of [
    [writerSet, 'writer'],
    [readerSet, 'reader'],
  ] as const) {
    const warning = set && lacksPods(snapshot, set) ? warningAbout(snapshot, 'StatefulSet', set) : undefined;
    if (!set || !warning || clusterTimeOf(snapshot) - momentOf(firstSeenOf(warning)) < warningGraceMs) continue;
    // FailedCreate belongs to the rules that use failed-create.ts.
    if (warning.reason === 'FailedCreate') continue;
    const {name} = set.metadata;
    return {
      certain: false,
      cause: cause(
        'POD_NOT_READY',
        `The ${role} lacks a pod, and the StatefulSet ${name} says: ${eventText(warning)}.`,
        {
          object: refTo('StatefulSet', set.metadata, snapshot),
          firstSeen: firstSeenOf(warning),
          evidence: evidence(eventText(warning)),
          remedies: [
            {
              title: 'See all that the cluster says of it',
              command: kubectlHere(snapshot.target, 'describe', 'statefulset', name),
            },
          ],
        },
      ),
    };
  }
  return null;
}

function lacksPods({pods}: Snapshot, {metadata, spec}: StatefulSet): boolean {
  const own = pods.filter(({metadata: {name = ''}}) => name.replace(/-\d+$/, '') === metadata.name);
  return own.length < (spec.replicas ?? 1);
}
