// Reads the Kubernetes part of a Snapshot: everything of one release, now.
import {objectNames, selectorOf} from '../chart/names.ts';
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
import {backupComponents, componentLabel, hasEnded} from '../observation/backup.ts';
import type {ServerCertificate} from '../observation/server-certificate.ts';
import type {Snapshot, Target} from '../observation/snapshot.ts';
import {ApiError, type List} from './api.ts';
import {readServerCertificate} from './certificates.ts';
import type {Connection} from './connect.ts';
import {readCredentials} from './credentials.ts';
import {readLease} from './lease.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';
import {readRelease} from './releases.ts';
import {readLastLines, readLogTails} from './log-tails.ts';
import {isClaimOf} from './survey.ts';
import {clock} from '../core/time.ts';

export interface Reading {
  readonly snapshot: Omit<Snapshot, 'database'>;
  /** For the proofs, clear text; null when the Secret has no password of the user, or may not be read. */
  readonly credentials: {readonly user: string; readonly admin: string | null} | null;
}

/** Of writer and readers, and of what backups run in. */
const components = ['primary', 'read', ...Object.values(backupComponents)];

/** @param doubtful pods whose last words are wanted although they are ready: readers that do not stream */
export async function readSnapshot(
  {api}: Connection,
  target: Target,
  doubtful: readonly string[] = [],
): Promise<Reading> {
  const {namespace, release, fullname} = target;
  const names = objectNames(fullname);
  const takenAt = clock.now();
  const unreadable: string[] = [];
  const selector = {labelSelector: selectorOf(release)};

  const [space, releaseState, statefulSets, allPods, claims, services, events, secret, lease] = await Promise.all([
    ifAllowed(api.find<{metadata: Metadata; status?: {phase?: string}}>(`${paths.namespaces}/${namespace}`)),
    whatIs('releases', readRelease(api, target)),
    items('statefulsets', api.list<StatefulSet>(paths.statefulSets(namespace), selector)),
    items(
      'pods',
      api.list<Pod>(paths.pods(namespace), {
        labelSelector: `${selector.labelSelector},${componentLabel} in (${components.join(',')})`,
      }),
    ),
    items('persistentvolumeclaims', api.list<PersistentVolumeClaim>(paths.claims(namespace))),
    items('services', api.list<Service>(paths.services(namespace), selector)),
    items('events', api.list<ClusterEvent>(paths.events(namespace))),
    whatIs('secrets', readCredentials(api, namespace, names.secret)),
    whatIs('leases', readLease(api, namespace, names.lease)),
  ]);
  const ofBackups: readonly string[] = Object.values(backupComponents);
  const isOfBackups = ({metadata}: Pod) => ofBackups.includes(metadata.labels?.[componentLabel] ?? '');
  const pods = allPods.filter((pod) => !isOfBackups(pod));
  const backupPods = allPods.filter(isOfBackups);
  const nodePort = services.some(({spec}) => spec.type === 'NodePort');
  const [logTails, backupTails, nodeAddress, certificate, cronJob] = await Promise.all([
    readLogTails(api, namespace, pods, doubtful),
    readLastLines(
      api,
      namespace,
      backupPods.filter((pod) => !hasEnded(pod)),
    ),
    nodePort ? readNodeAddress(pods) : null,
    ifAllowed(wantedCertificate()),
    hasBackups() ? ifAllowed(api.find<CronJob>(`${paths.cronJobs(namespace)}/${names.backup}`)) : null,
  ]);
  const backupClaim = claims.find(({metadata}) => metadata.name === names.backup) ?? null;
  const isBackedUp = cronJob !== null || backupClaim !== null || backupPods.length > 0;

  return {
    snapshot: {
      takenAt,
      clusterAheadMs: api.clock.aheadMs,
      target,
      namespace: space && {metadata: space.metadata, phase: space.status?.phase ?? 'Active'},
      release: releaseState ?? {revisions: [], values: null},
      statefulSets,
      pods,
      claims: claims.filter(({metadata}) => isClaimOf(metadata.name, fullname)),
      services,
      events: events.filter(({involvedObject: {name}}) => isOf(name, fullname)),
      secret: secret && {
        name: names.secret,
        keys: secret.keys,
        ours: secret.ours,
        systemIdentifier: secret.systemIdentifier,
        rotation: secret.rotation,
      },
      certificate,
      ...(isBackedUp ? {backup: {cronJob, claim: backupClaim, pods: backupPods}} : {}),
      logTails: {...logTails, ...backupTails},
      nodeAddress,
      operation: lease?.operation ?? null,
      unreadable,
    },
    credentials: secret?.found.user === undefined ? null : {user: secret.found.user, admin: secret.found.admin ?? null},
  };

  /** What an operation wants is there before the release has it. */
  async function wantedCertificate(): Promise<ServerCertificate | null> {
    const wanted = lease?.operation?.wanted?.parameters.tls ?? tls.read(releaseState?.values ?? {});
    const from = wanted ? certificateSecretOf(wanted, fullname) : null;
    return from && readServerCertificate(api, namespace, from);
  }

  function hasBackups(): boolean {
    return backupValues.read(releaseState?.values ?? {})?.schedule !== null;
  }

  async function whatIs<T>(kind: string, read: Promise<T>): Promise<T | null> {
    try {
      return await read;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 403) throw error;
      unreadable.push(kind);
      return null;
    }
  }

  async function items<T>(kind: string, read: Promise<List<T>>): Promise<readonly T[]> {
    return (await whatIs(kind, read))?.items ?? [];
  }

  /** The external address of a node that carries a pod of ours, or else the internal one. */
  async function readNodeAddress(all: readonly Pod[]): Promise<string | null> {
    const name = all.find(({spec}) => spec.nodeName)?.spec.nodeName;
    const node = name ? await ifAllowed(api.find<Node>(`${paths.nodes}/${name}`)) : null;
    const address = (type: string) => node?.status?.addresses?.find((one) => one.type === type)?.address;
    return address('ExternalIP') ?? address('InternalIP') ?? null;
  }
}

function isOf(name: string, fullname: string): boolean {
  return name.startsWith(fullname) || name.startsWith(`data-${fullname}`);
}
