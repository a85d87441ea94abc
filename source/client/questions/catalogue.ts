// The releases of a cluster, by its StatefulSets, helm's records and Leases.
import {componentLabels, labelKeys} from '../../chart/names.ts';
import {releaseLabel} from '../../chart/own-marks.ts';
import {clock} from '../../core/time.ts';
import {ApiError, type Api} from '../../cluster/api.ts';
import type {Connection} from '../../cluster/connect.ts';
import {listOperations} from '../../cluster/lease.ts';
import {ifAllowed} from '../../cluster/readable.ts';
import {backupComponents} from '../../observation/backups/backup.ts';
import {clusterTime} from '../../observation/cluster-time.ts';
import {open} from '../../cluster/releases.ts';
import type {CronJob, Metadata, PersistentVolumeClaim, Pod, StatefulSet} from '../../observation/kubernetes.ts';
import {summaryOf, type BackupSummary, type Catalogue, type OperationSummary, type SetSummary} from './list.ts';

/** Larger pages would be a little faster and hold much more memory. */
const pageSize = 50;

/** Reads the whole cluster or, where that is not allowed, the context's namespace. */
export async function readCatalogue(connection: Connection, namespace: string | null): Promise<Catalogue> {
  try {
    return await read(connection, namespace);
  } catch (error) {
    if (namespace !== null || !isForbidden(error)) throw error;
    return read(connection, connection.defaultNamespace);
  }
}

export function isForbidden(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 403;
}

async function read({api}: Connection, namespace: string | null): Promise<Catalogue> {
  const within = namespace === null ? '' : `/namespaces/${namespace}`;
  const [writers, readers, records, operations, backups] = await Promise.all([
    readSets(api, `/apis/apps/v1${within}/statefulsets`, componentLabels.writer),
    readSets(api, `/apis/apps/v1${within}/statefulsets`, componentLabels.reader),
    api.listMetadata(`/api/v1${within}/secrets`, {labelSelector: 'owner=helm'}),
    readOperations(api, namespace),
    readBackups(api, namespace),
  ]);
  return {
    scope: {namespace},
    statefulSets: [...writers, ...readers],
    operations,
    backups,
    now: clusterTime(clock.now(), {clusterAheadMs: api.clock.aheadMs}),
    records: records.items.map(({metadata}) => metadata),
    open: async (record) => (await open(api, record).catch(() => null))?.revision ?? null,
  };
}

/** None where Leases may not be listed: the rest of the list is just as true without them. */
async function readOperations(api: Api, namespace: string | null): Promise<readonly OperationSummary[]> {
  const listed = (await ifAllowed(listOperations(api, namespace))) ?? [];
  return listed.map(({metadata, operation}) => ({
    namespace: metadata.namespace ?? '',
    lease: metadata.name,
    release: metadata.labels?.[releaseLabel] ?? null,
    kind: operation.kind,
    alive: operation.holderIsAlive,
  }));
}

/**
 * Reads small pages, of which only the summaries are kept: a StatefulSet of this chart is 11 kB of JSON, and there may
 * be thousands.
 */
async function readSets(api: Api, path: string, component: string): Promise<SetSummary[]> {
  const sets: SetSummary[] = [];
  let next = '';
  do {
    const page = await api.get<{items?: StatefulSet[]; metadata?: {continue?: string}}>(path, {
      labelSelector: `${labelKeys.managedBy}=Helm,${labelKeys.component}=${component}`,
      limit: pageSize,
      ...(next ? {continue: next} : {}),
    });
    sets.push(...(page.items ?? []).flatMap((set) => summaryOf(set) ?? []));
    next = page.metadata?.continue ?? '';
  } while (next);
  return sets;
}

/** What each backup's state is read from. None where these may not be listed: then nothing is said of backups. */
async function readBackups(api: Api, namespace: string | null): Promise<readonly BackupSummary[]> {
  const selector = {labelSelector: `${labelKeys.component}=${backupComponents.run}`};
  const within = namespace === null ? '' : `/namespaces/${namespace}`;
  const [cronJobs, claims, pods] = await Promise.all([
    ifAllowed(api.list<CronJob>(`/apis/batch/v1${within}/cronjobs`, selector)),
    ifAllowed(api.list<PersistentVolumeClaim>(`/api/v1${within}/persistentvolumeclaims`, selector)),
    ifAllowed(api.list<Pod>(`/api/v1${within}/pods`, selector)),
  ]);
  return (cronJobs?.items ?? []).map((cronJob) => {
    const {namespace: place = '', labels = {}} = cronJob.metadata;
    const release = labels[labelKeys.instance] ?? '';
    const isIts = ({metadata}: {readonly metadata: Metadata}) =>
      metadata.namespace === place && metadata.labels?.[labelKeys.instance] === release;
    const claim = claims?.items.find(isIts) ?? null;
    return {namespace: place, release, objects: {cronJob, claim, pods: (pods?.items ?? []).filter(isIts)}};
  });
}
