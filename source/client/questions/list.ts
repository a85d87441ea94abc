// The PostgreSQL releases of a cluster, from metadata and StatefulSets. Helm's records are opened only where these do
// not say enough.
import {chartVersionOf, componentLabels, databaseChart, labelKeys, objectNames, ownNames} from '../../chart/names.ts';
import type {Metadata, StatefulSet} from '../../observation/kubernetes.ts';
import {steeredBy, type Steering} from '../../observation/steering.ts';
import {backupProblemIn, type BackupObjects} from '../../observation/backups/backup.ts';
import {dataSizeOf} from '../../observation/storage.ts';
import {declaredVersion} from '../../observation/postgres-version.ts';
import type {Revision} from '../../observation/snapshot.ts';
import {isMarkedByHelm} from './origin.ts';
import type {ReleaseRow} from './status.ts';

/** What the rows are made from. `namespace`: null when the whole cluster was readable. */
export interface Catalogue {
  readonly scope: {readonly namespace: string | null};
  /** StatefulSets of charts named postgresql, by label. */
  readonly statefulSets: readonly SetSummary[];
  /** Helm's records, metadata only. */
  readonly records: readonly Metadata[];
  /** What the Leases of all releases record. */
  readonly operations: readonly OperationSummary[];
  /** One for each release that has a schedule of backups. */
  readonly backups: readonly BackupSummary[];
  /** By the cluster's clock, in milliseconds since the epoch. */
  readonly now: number;
  /** Opens one record; null when it is gone or cannot be read. */
  readonly open: (record: Metadata) => Promise<Revision | null>;
}

export interface OperationSummary {
  readonly namespace: string;
  /** The Lease's name. */
  readonly lease: string;
  /** The release that the Lease names; null: an older version of ours made it and did not say. */
  readonly release: string | null;
  readonly kind: string;
  readonly alive: boolean;
}

export interface BackupSummary {
  readonly namespace: string;
  readonly release: string;
  readonly objects: BackupObjects;
}

/** What a row needs of a StatefulSet: the rest would be 20 MB for a thousand releases. */
export interface SetSummary {
  readonly namespace: string;
  readonly name: string;
  readonly release: string;
  readonly component: string;
  readonly chartVersion: string;
  readonly postgresVersion: string | null;
  readonly storageSize: string | null;
  readonly pods: ReleaseRow['writer'];
  /** Who else applies the release; null: nobody is known to. */
  readonly steeredBy: Steering | null;
  readonly isMarkedByHelm: boolean;
  /** Whether its pods restart only when somebody says so, as ours do. */
  readonly restartsOnDelete: boolean;
}

export interface Listing {
  readonly releases: readonly ReleaseRow[];
  /** Records that no StatefulSet explains and that were too many to open. */
  readonly unopened: number;
}

/**
 * Opening a record is a request of up to a megabyte, so no more than this many are opened: first those that no
 * StatefulSet explains, then those of plain helm, which may be of an application with the database inside.
 */
const maxOpened = 25;
const chartLabel = 'pg-helm-install/chart';

/** @param needsInside false: it may stay unsaid that a release is an application with the database inside */
export async function listReleases(catalogue: Catalogue, {needsInside = true} = {}): Promise<Listing> {
  const {statefulSets, records, operations, open} = catalogue;
  const newest = newestRecords(records);
  const sets = bySetOwner(statefulSets);
  const operationOf = operationFinder(operations);
  const unexplained: Metadata[] = [];
  const plain = new Map<Metadata, ReleaseRow>();
  const rows: ReleaseRow[] = [];
  for (const [key, record] of newest) {
    const own = sets.get(key);
    const status = record.labels?.['status'];
    if (status === 'uninstalled') continue;
    if (own || record.labels?.[chartLabel] === databaseChart) {
      const row = rowOf(record, own ?? [], null, operationOf(placeOf(record)));
      if (row.managedBy === 'helm') plain.set(record, row);
      else rows.push(row);
    } else unexplained.push(record);
  }
  const applied = [...sets].flatMap(([key, own]) => (newest.has(key) ? [] : [own]));
  rows.push(...applied.map((own) => rowWithoutRecord(own, operationOf)));
  const opened = await openUnexplained(unexplained, operationOf, open);
  const left = needsInside ? Math.max(0, maxOpened - unexplained.length) : 0;
  rows.push(...(await withInsideCharts([...plain], left, open)));
  const all = [...rows, ...opened].sort(byPlace);
  return {releases: withBackupProblems(all, catalogue), unopened: Math.max(0, unexplained.length - maxOpened)};
}

/**
 * Where there is no StatefulSet only the record says which chart it is. Records that are not `deployed` come first,
 * because they are likelier to matter.
 */
async function openUnexplained(
  records: readonly Metadata[],
  operationOf: (at: Place) => ReleaseRow['operation'],
  open: Catalogue['open'],
): Promise<readonly ReleaseRow[]> {
  const sorted = [...records].sort(
    (a, b) => Number(a.labels?.['status'] === 'deployed') - Number(b.labels?.['status'] === 'deployed'),
  );
  const opened = await Promise.all(
    sorted.slice(0, maxOpened).map(async (record) => ({record, revision: await open(record)})),
  );
  return opened.flatMap(({record, revision}) =>
    revision?.chartName === databaseChart ? [rowOf(record, [], revision, operationOf(placeOf(record)))] : [],
  );
}

function withBackupProblems(
  rows: readonly ReleaseRow[],
  {backups, now}: Pick<Catalogue, 'backups' | 'now'>,
): readonly ReleaseRow[] {
  const problems = new Map(
    backups.map(({namespace, release, objects}) => [`${namespace}/${release}`, backupProblemIn(objects, now)]),
  );
  return rows.map((row) => {
    const backupProblem = problems.get(`${row.namespace}/${row.name}`) ?? null;
    return backupProblem === null ? row : {...row, backupProblem};
  });
}

/** The rows of plain helm, with the chart of the application that the database is inside of, by their records. */
async function withInsideCharts(
  rows: readonly (readonly [record: Metadata, row: ReleaseRow])[],
  maxRecords: number,
  open: Catalogue['open'],
): Promise<readonly ReleaseRow[]> {
  return Promise.all(
    rows.map(async ([record, row], index) => {
      const insideChart = index < maxRecords ? (await open(record))?.chartName : undefined;
      return insideChart === undefined || insideChart === databaseChart ? row : {...row, insideChart};
    }),
  );
}

function byPlace(a: ReleaseRow, b: ReleaseRow): number {
  return a.namespace === b.namespace ? compare(a.name, b.name) : compare(a.namespace, b.namespace);
}

/** The summary of a StatefulSet; null when it is not of a chart named postgresql. */
export function summaryOf(set: StatefulSet): SetSummary | null {
  const {metadata, spec, status} = set;
  const {namespace, labels = {}} = metadata;
  const label = (name: string) => labels[name] ?? '';
  const chartVersion = chartVersionOf(labels);
  if (chartVersion === null) return null;
  return {
    namespace: namespace ?? '',
    name: metadata.name,
    release: label(labelKeys.instance),
    component: label(labelKeys.component),
    chartVersion,
    postgresVersion: declaredVersion(set),
    storageSize: dataSizeOf(set) ?? null,
    pods: {ready: status?.readyReplicas ?? 0, wanted: spec.replicas ?? 0},
    steeredBy: steeredBy(set),
    isMarkedByHelm: isMarkedByHelm(metadata),
    restartsOnDelete: spec.updateStrategy?.type === 'OnDelete',
  };
}

function rowOf(
  record: Metadata,
  sets: readonly SetSummary[],
  revision: Revision | null,
  operation: ReleaseRow['operation'],
): ReleaseRow {
  const {namespace = '', labels = {}} = record;
  const writerSet = sets.find(({component}) => component === componentLabels.writer);
  const readerSet = sets.find(({component}) => component === componentLabels.reader);
  const [writer, readers] = [podsOf(writerSet), podsOf(readerSet)];
  const helmStatus = labels['status'] ?? 'unknown';
  return {
    namespace,
    name: labels['name'] ?? '',
    ...versionsOf(writerSet, revision),
    revision: Number(labels['version'] ?? 0),
    helmStatus,
    state: stateOfRow(helmStatus, {writer, readers, operation}),
    proven: null,
    writer,
    readers,
    storageSize: writerSet?.storageSize ?? null,
    ...originOf(sets, labels[chartLabel] || isSteeredAsOurs(sets) ? 'pg-helm-install' : 'helm'),
    operation,
  };
}

/** The row of a release of which helm has no record, because Argo CD or somebody with kubectl applies it. */
function rowWithoutRecord(
  sets: readonly SetSummary[],
  operationOf: (at: Place) => ReleaseRow['operation'],
): ReleaseRow {
  const writerSet = sets.find(({component}) => component === componentLabels.writer);
  const [writer, readers] = [
    podsOf(writerSet),
    podsOf(sets.find(({component}) => component === componentLabels.reader)),
  ];
  const {namespace = '', release: name = ''} = sets[0] ?? {};
  const operation = operationOf({namespace, name});
  return {
    namespace,
    name,
    ...versionsOf(writerSet, null),
    revision: 0,
    helmStatus: 'none',
    state: stateOfRow('deployed', {writer, readers, operation}),
    proven: null,
    writer,
    readers,
    storageSize: writerSet?.storageSize ?? null,
    ...originOf(sets, isSteeredAsOurs(sets) ? 'pg-helm-install' : isHelms(sets) ? 'helm' : 'kubectl'),
    operation,
  };
}

/** Tells our releases by their update strategy, because the record that Flux makes has no label of ours. */
function isSteeredAsOurs(sets: readonly SetSummary[]): boolean {
  return sets.some((set) => set.steeredBy !== null && set.restartsOnDelete);
}

function isHelms(sets: readonly SetSummary[]): boolean {
  return sets.some((set) => set.isMarkedByHelm || set.steeredBy !== null);
}

function originOf(
  sets: readonly SetSummary[],
  managedBy: ReleaseRow['managedBy'],
): Pick<ReleaseRow, 'managedBy' | 'shape' | 'steeredBy'> {
  // Ours can be given readers, whatever the writer is called.
  const isReplicated =
    managedBy === 'pg-helm-install' ||
    sets.some(({component, name}) => component === componentLabels.reader || name.endsWith('-primary'));
  return {managedBy, shape: isReplicated ? 'replication' : 'standalone', ...steererIn(sets)};
}

function steererIn(sets: readonly SetSummary[]): Pick<ReleaseRow, 'steeredBy'> {
  const [steering] = sets.flatMap((set) => set.steeredBy ?? []);
  return steering === undefined ? {} : {steeredBy: steering};
}

function podsOf(set: SetSummary | undefined): SetSummary['pods'] {
  return set?.pods ?? {ready: 0, wanted: 0};
}

/** The versions of what runs, which count more than those that helm recorded. */
function versionsOf(
  writerSet: SetSummary | undefined,
  revision: Revision | null,
): Pick<ReleaseRow, 'chartVersion' | 'postgresVersion'> {
  return {
    chartVersion: writerSet?.chartVersion ?? revision?.chartVersion ?? null,
    postgresVersion: writerSet?.postgresVersion ?? revision?.appVersion ?? null,
  };
}

/** As `stateOf` does for `status`: what an operation is at work on is progressing until it is ready. */
function stateOfRow(
  helmStatus: string,
  row: Pick<ReleaseRow, 'writer' | 'readers' | 'operation'>,
): ReleaseRow['state'] {
  const state = stateWithoutOperation(helmStatus, row);
  return row.operation?.alive && state !== 'ready' ? 'progressing' : state;
}

function stateWithoutOperation(
  helmStatus: string,
  {writer, readers}: Pick<ReleaseRow, 'writer' | 'readers'>,
): ReleaseRow['state'] {
  if (helmStatus.startsWith('pending') || helmStatus === 'uninstalling') return 'stuck';
  if (helmStatus === 'failed' || writer.wanted === 0) return 'broken';
  if (writer.ready < writer.wanted) return 'progressing';
  return readers.ready < readers.wanted ? 'degraded' : 'ready';
}

/** The record of the highest revision of each release. */
function newestRecords(records: readonly Metadata[]): Map<string, Metadata> {
  const newest = new Map<string, Metadata>();
  for (const record of records) {
    const key = `${record.namespace}/${record.labels?.['name']}`;
    const known = newest.get(key);
    if (!known || Number(record.labels?.['version']) > Number(known.labels?.['version'])) newest.set(key, record);
  }
  return newest;
}

interface Place {
  readonly namespace: string;
  readonly name: string;
}

function placeOf({namespace = '', labels}: Metadata): Place {
  return {namespace, name: labels?.['name'] ?? ''};
}

function operationFinder(operations: readonly OperationSummary[]): (at: Place) => ReleaseRow['operation'] {
  const byLease = new Map(operations.map((one) => [`${one.namespace}/${one.lease}`, one]));
  const byRelease = new Map(operations.map((one) => [`${one.namespace}/${one.release}`, one]));
  return ({namespace, name: release}) => {
    const {lease} = objectNames(ownNames(release));
    const found = byRelease.get(`${namespace}/${release}`) ?? byLease.get(`${namespace}/${lease}`);
    return found ? {kind: found.kind, alive: found.alive} : null;
  };
}

function bySetOwner(statefulSets: readonly SetSummary[]): Map<string, SetSummary[]> {
  const sets = new Map<string, SetSummary[]>();
  for (const set of statefulSets) {
    const key = `${set.namespace}/${set.release}`;
    sets.set(key, [...(sets.get(key) ?? []), set]);
  }
  return sets;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
