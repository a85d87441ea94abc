// What an operator should know about a release that works.
import type {Warning} from '../core/cause.ts';
import {render} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import {imagesWarning} from '../chart/image.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {backupWarnings} from './backups/backup.ts';
import {evidence} from './causes/messages.ts';
import {eventText, warningAbout} from './causes/warning-about.ts';
import {twoWriters} from './causes/two-writers.ts';
import {certificateWarnings} from './certificate-warnings.ts';
import type {StatefulSet} from './kubernetes.ts';
import {meshWarnings, policyWarnings, rangesOverPods} from './network-warnings.ts';
import {roleWarnings, writerNodeLeaving} from './role/role-warnings.ts';
import {publicEndpoint} from './public-endpoint.ts';
import {viewOf} from './release-view.ts';
import type {Snapshot, Target} from './snapshot.ts';
import {commitsWaitWarning, synchronousWarning} from './synchronous.ts';

/** `parameters`: null when they cannot be read back from the release; then only what the cluster shows is judged. */
export function findWarnings(snapshot: Snapshot, parameters: Parameters | null): Warning[] {
  const {readerSet, desiredReaders} = viewOf(snapshot);
  const readers = parameters?.readReplicaCount ?? (readerSet ? desiredReaders : null);
  const open = parameters ? publicEndpoint(parameters) : null;
  const images = parameters ? imagesWarning(parameters.images, moveToOfficial(snapshot.target)) : null;
  return [
    ...promotedReaders(snapshot),
    ...loadBalancersPending(snapshot),
    ...templatePending(snapshot),
    ...(parameters ? ofConnections(snapshot, parameters) : []),
    ...backupWarnings(snapshot),
    ...(open ? [open] : []),
    ...(readers === 0 ? [noReaders] : []),
    ...(readers !== null && readers > 0 ? [noHighAvailability, ...roleWarnings(snapshot)] : []),
    ...writerNodeLeaving(snapshot),
    ...synchronous(snapshot, parameters),
    ...(images ? [images] : []),
  ];
}

/** Also where another cause comes first, and is the one that is told. */
function promotedReaders(snapshot: Snapshot): Warning[] {
  const found = twoWriters(snapshot);
  return found === null ? [] : [{code: 'TWO_WRITERS', message: found.cause.message}];
}

function synchronous(snapshot: Snapshot, parameters: Parameters | null): Warning[] {
  if (parameters === null) return [];
  return [commitsWaitWarning(snapshot, parameters), synchronousWarning(parameters)].filter((one) => one !== null);
}

/** Certificates, network policies and meshes: who comes to the database, and how. */
function ofConnections(snapshot: Snapshot, parameters: Parameters): Warning[] {
  return [
    ...certificateWarnings(snapshot, parameters),
    ...policyWarnings(snapshot.network, parameters, snapshot.target),
    ...rangesOverPods(
      parameters,
      snapshot.pods.flatMap(({status}) => status?.podIP ?? []),
    ),
    ...meshWarnings(snapshot, parameters),
  ];
}

/** The one command that moves a release to maintained images. */
export function moveToOfficial(target: Target): string {
  const images = {source: 'official'} as const;
  return render({kind: 'upgrade', ...releaseRef(target), images, chartVersion: null});
}

const noReaders: Warning = {
  code: 'NO_READERS',
  message: 'There are no readers: the reader endpoint exists, and nothing answers there yet.',
};
/** A switchover before its node goes away loses nothing; a failover afterwards loses what was not sent. */
const noHighAvailability: Warning = {
  code: 'NO_HIGH_AVAILABILITY',
  message:
    'Readers do not take over by themselves: when the writer is away, nothing can be written until it is back. ' +
    'Before that, switchover moves its role; when it is lost, failover does.',
};

function loadBalancersPending(snapshot: Snapshot): Warning[] {
  const {writerService, readerService} = viewOf(snapshot);
  return [writerService, readerService].flatMap((service): Warning[] => {
    if (service?.spec.type !== 'LoadBalancer' || service.status?.loadBalancer?.ingress?.length) return [];
    const {name} = service.metadata;
    const warning = warningAbout(snapshot, 'Service', service);
    const [words] = evidence(warning && eventText(warning).replace(/\s+/g, ' '));
    const message =
      `The load balancer of the Service ${name} has no address yet. Inside the cluster it answers already.` +
      (words === undefined ? '' : ` The cluster says of it: ${words.replace(/…?$/, (end) => end || '.')}`);
    return [{code: 'LOAD_BALANCER_PENDING', message}];
  });
}

/** With updateStrategy OnDelete a pod keeps the pod template it was made with until somebody restarts it. */
function templatePending(snapshot: Snapshot): Warning[] {
  const {writerSet, readerSet, writerPod, readerPods} = viewOf(snapshot);
  const older = [
    ...(writerPod && isOlder(writerPod.metadata.labels, writerSet) ? [writerPod] : []),
    ...readerPods.filter((pod) => isOlder(pod.metadata.labels, readerSet)),
  ].map(({metadata}) => metadata.name);
  if (older.length === 0) return [];
  const they = older.length === 1 ? `The pod ${older[0]} runs` : `The pods ${older.join(', ')} run`;
  return [
    {
      code: 'DEFINITION_PENDING',
      message:
        `${they} with an older pod template than the release has now; it takes effect when they restart: ` +
        render({kind: isLeft(snapshot) ? 'recover' : 'restart', ...releaseRef(snapshot.target)}),
    },
  ];
}

/** An operation was begun and left. A restart would not finish it, and is refused in the middle of some. */
function isLeft({operation}: Snapshot): boolean {
  return operation !== null && !operation.holderIsAlive;
}

function isOlder(labels: Readonly<Record<string, string>> | undefined, set: StatefulSet | null): boolean {
  const own = labels?.['controller-revision-hash'];
  const newest = set?.status?.updateRevision;
  // Until the controller has seen the newest pod template, it cannot say which pods have it.
  const seen = (set?.metadata.generation ?? 0) <= (set?.status?.observedGeneration ?? -1);
  return seen && own !== undefined && newest !== undefined && own !== newest;
}
