// Reads the Kubernetes part of a Snapshot: everything of one release, now.
import {claimPrefix, componentLabels, isClaimOf, labelKeys, objectNames, selectorOf} from '../chart/names.ts';
import {backup as backupValues} from '../chart/parameters/backup.ts';
import {certificateSecretOf, tls} from '../chart/parameters/tls.ts';
import type {
  PersistentVolumeClaim,
  ClusterEvent,
  CronJob,
  Metadata,
  Node,
  Pod,
  Service,
  StatefulSet,
} from '../observation/kubernetes.ts';
import {keptFor} from '../observation/role/failover.ts';
import {backupComponents, hasEnded} from '../observation/backups/backup.ts';
import type {ServerCertificate} from '../observation/server-certificate.ts';
import type {Snapshot, Target} from '../observation/snapshot.ts';
import {ApiError, type Api, type List} from './api.ts';
import {readServerCertificate} from './certificates.ts';
import type {Connection} from './connect.ts';
import {readCredentials} from './credentials.ts';
import {readLease} from './lease.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';
import {readRecorded} from './releases.ts';
import {readLastLines, readLogTails} from './log-tails.ts';
import {inForce, readSteering, type SteeringOf} from './steering.ts';
import {clock} from '../core/time.ts';

export interface Reading {
  readonly snapshot: Omit<Snapshot, 'database'>;
  /** For the proofs, clear text; null when the Secret has no password of the user, or may not be read. */
  readonly credentials: {readonly user: string; readonly admin: string | null} | null;
}

/** The components of the writer, of readers, and of the pods that backups run in. */
const components = [...Object.values(componentLabels), ...Object.values(backupComponents)];

interface ReadHow {
  /** Pods whose last log lines are read although they are ready: readers that do not stream. */
  readonly withoutStream?: readonly string[];
  /** Finds the tool that steers these objects. */
  readonly steeringOf?: SteeringOf;
  /** False: no log is read. A node that is away answers none, and that is known only after seconds. */
  readonly hasLogs?: boolean;
}

export async function readSnapshot({api}: Connection, target: Target, how: ReadHow = {}): Promise<Reading> {
  const {namespace} = target;
  const names = objectNames(target);
  const takenAt = clock.now();
  const unreadable: string[] = [];
  const objects = await readObjects(api, target, unreadable);
  const {space, statefulSets, pods: allPods, claims, services, events, secret, lease} = objects;
  const {release, ...steered} = await readInForce(api, {target, objects, steeringOf: how.steeringOf}, unreadable);
  const backupPods = allPods.filter(isOfBackups);
  const pods = allPods.filter((pod) => !isOfBackups(pod));
  const [logTails, nodeAddress, certificate, cronJob] = await Promise.all([
    readTails(api, namespace, how, {pods, backupPods}),
    services.some(({spec}) => spec.type === 'NodePort') ? readNodeAddress(api, pods) : null,
    ifAllowed(readCertificate(api, target, {lease, release})),
    hasBackups(release) ? ifAllowed(api.find<CronJob>(`${paths.cronJobs(namespace)}/${names.backup}`)) : null,
  ]);
  return {
    snapshot: {
      takenAt,
      clusterAheadMs: api.clock.aheadMs,
      target,
      namespace: space && {metadata: space.metadata, phase: space.status?.phase ?? 'Active'},
      release,
      statefulSets,
      pods,
      claims: claims.filter(({metadata}) => isClaimOf(target, metadata.name)),
      keptClaims: claims.filter(({metadata}) => metadata.labels?.[keptFor] === target.release),
      services,
      events: events.filter(({involvedObject: {name}}) => isOf(name, target)),
      secret: secret && withoutPasswords(secret, names.secret),
      certificate,
      ...backupOf(cronJob, claims.find(({metadata}) => metadata.name === names.backup) ?? null, backupPods),
      logTails,
      nodeAddress,
      operation: lease?.operation ?? null,
      ...steered,
      unreadable,
    },
    credentials: loginsOf(secret),
  };
}

async function readTails(
  api: Api,
  namespace: string,
  {withoutStream = [], hasLogs = true}: ReadHow,
  {pods, backupPods}: {pods: readonly Pod[]; backupPods: readonly Pod[]},
): Promise<Record<string, readonly string[]>> {
  if (!hasLogs) return {};
  const working = backupPods.filter((pod) => !hasEnded(pod));
  const tails = [readLogTails(api, namespace, pods, withoutStream), readLastLines(api, namespace, working)];
  return Object.assign({}, ...(await Promise.all(tails))) as Record<string, readonly string[]>;
}

type Objects = Awaited<ReturnType<typeof readObjects>>;

/**
 * Reads everything that is asked for by name or label, at once. Kinds that may not be read are added to `unreadable`.
 */
async function readObjects(api: Api, target: Target, unreadable: string[]) {
  const {namespace} = target;
  const names = objectNames(target);
  const selector = {labelSelector: selectorOf(target)};
  const readable = async <T>(kind: string, read: Promise<T>): Promise<T | null> => orNoted(kind, read, unreadable);
  const items = async <T>(kind: string, read: Promise<List<T>>): Promise<readonly T[]> =>
    (await readable(kind, read))?.items ?? [];

  const [space, recorded, statefulSets, pods, claims, services, events, secret, lease] = await Promise.all([
    ifAllowed(api.find<{metadata: Metadata; status?: {phase?: string}}>(`${paths.namespaces}/${namespace}`)),
    readable('releases', readRecorded(api, target)),
    items('statefulsets', api.list<StatefulSet>(paths.statefulSets(namespace), selector)),
    items(
      'pods',
      api.list<Pod>(paths.pods(namespace), {
        labelSelector: `${selector.labelSelector},${labelKeys.component} in (${components.join(',')})`,
      }),
    ),
    items('persistentvolumeclaims', api.list<PersistentVolumeClaim>(paths.claims(namespace))),
    items('services', api.list<Service>(paths.services(namespace), selector)),
    items('events', api.list<ClusterEvent>(paths.events(namespace))),
    readable('secrets', readCredentials(api, target)),
    readable('leases', readLease(api, namespace, names.lease)),
  ]);
  return {space, recorded, statefulSets, pods, claims, services, events, secret, lease};
}

/** Null where the user may not read it; the kind is then added to `unreadable`. */
async function orNoted<T>(kind: string, read: Promise<T>, unreadable: string[]): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 403) throw error;
    unreadable.push(kind);
    return null;
  }
}

interface Seen {
  readonly target: Target;
  readonly objects: Objects;
  readonly steeringOf: SteeringOf | undefined;
}

/**
 * The release as helm, or the tool that steers it, has it. Without any objects, the Snapshot does not say who steers
 * it.
 */
async function readInForce(
  api: Api,
  {target, objects: {recorded, statefulSets, services}, steeringOf}: Seen,
  unreadable: string[],
): Promise<Pick<Snapshot, 'release' | 'steering'>> {
  const objects = [...statefulSets, ...services];
  const steering = await (steeringOf ? steeringOf(objects) : readSteering(api, objects));
  const recordedIn = async (namespace: string) =>
    orNoted('releases', readRecorded(api, {...target, namespace}), unreadable);
  const release = await inForce({recorded, namespace: target.namespace, objects, steering}, recordedIn);
  return {release: release ?? {revisions: [], values: null}, ...(objects.length > 0 ? {steering} : {})};
}

function isOfBackups({metadata}: Pod): boolean {
  const ofBackups: readonly string[] = Object.values(backupComponents);
  return ofBackups.includes(metadata.labels?.[labelKeys.component] ?? '');
}

function hasBackups({values}: Snapshot['release']): boolean {
  return backupValues.read(values ?? {})?.schedule !== null;
}

/** Without a schedule, a volume and a pod there are no backups. */
function backupOf(
  cronJob: CronJob | null,
  claim: PersistentVolumeClaim | null,
  pods: readonly Pod[],
): Pick<Snapshot, 'backup'> {
  return cronJob === null && claim === null && pods.length === 0 ? {} : {backup: {cronJob, claim, pods}};
}

/** The certificate that a running operation wants counts before that of the release, which gets it later. */
async function readCertificate(
  api: Api,
  target: Target,
  {lease, release}: Pick<Objects, 'lease'> & Pick<Snapshot, 'release'>,
): Promise<ServerCertificate | null> {
  const desired = lease?.operation?.wanted?.parameters.tls ?? tls.read(release.values ?? {});
  const from = desired ? certificateSecretOf(desired, target) : null;
  return from && readServerCertificate(api, target.namespace, from);
}

/** The external address of a node that runs a pod of ours, or else its internal one. */
async function readNodeAddress(api: Api, pods: readonly Pod[]): Promise<string | null> {
  const name = pods.find(({spec}) => spec.nodeName)?.spec.nodeName;
  const node = name ? await ifAllowed(api.find<Node>(`${paths.nodes}/${name}`)) : null;
  const address = (type: string) => node?.status?.addresses?.find((one) => one.type === type)?.address;
  return address('ExternalIP') ?? address('InternalIP') ?? null;
}

function withoutPasswords({ours, ...secret}: NonNullable<Objects['secret']>, name: string): Snapshot['secret'] {
  const {keys, systemIdentifier, rotation, roleMoves, writerPosition, heldBy, ofRelease} = secret;
  return {name, keys, ours, systemIdentifier, rotation, roleMoves, writerPosition, heldBy, ofRelease};
}

function loginsOf(secret: Objects['secret']): Reading['credentials'] {
  const {user, admin = null} = secret?.found ?? {};
  return user === undefined ? null : {user, admin};
}

function isOf(name: string, target: Target): boolean {
  const {fullname} = target;
  return name.startsWith(fullname) || name.startsWith(claimPrefix(fullname)) || isClaimOf(target, name);
}
