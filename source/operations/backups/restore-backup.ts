// A new release from a backup: what is begun is written down first, in a Job that waits; then the release is made as
// every other one is, the Job fills it, and what it has is counted and its endpoints are proven.
import {certificateSecretOf} from '../../chart/parameters/tls.ts';
import {objectNames, type Naming} from '../../chart/names.ts';
import {fromValues} from '../../chart/values.ts';
import {cause, UserError, type Cause} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {refusalOfJob, restoreJobName} from '../../observation/backups/backup.ts';
import type {BackupEntry} from '../../observation/backups/backup-list.ts';
import {anotherName, counted, listed, object} from '../../observation/checks/messages.ts';
import {clusterTimeOf} from '../../observation/cluster-time.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {Snapshot, Target} from '../../observation/snapshot.ts';
import {tracksOf} from '../../observation/tracks.ts';
import {defaultStorageSize} from '../../parameters/descriptors/storage-size.ts';
import {compareQuantities, roughBytes} from '../../parameters/quantity.ts';
import {keptOfReaders} from '../../parameters/readers.ts';
import {answersFrom} from '../../parameters/resolve.ts';
import type {Answers} from '../../parameters/answers.ts';
import {backupNamed, noBackups, runtimeOf} from './backup-runtime.ts';
import {databaseBytes, roomFor} from './backup.ts';
import {begunBetween, changeBetween} from '../changed-meanwhile.ts';
import {converge, rethrowBug, type Step} from '../converge.ts';
import {permissionRefusal} from '../permission-refusal.ts';
import {endAtPlan, type PlannedRequest} from '../planned-request.ts';
import type {Ports} from '../ports/index.ts';
import type {BackupRuntime, DesiredRestore, RestoreJob} from '../ports/backup.ts';
import type {Consequence, PlanParts, Progress, Result} from '../../plan/progress.ts';
import {causeIn, endOf, outcomeOf, refused, type Beginning} from '../result.ts';
import {
  assertJobTaken,
  assertNotFailed,
  backupTrack,
  followedPod,
  followedRestore,
  type Followed,
} from '../steps/backup-steps.ts';
import {endpoints, readers, writer} from '../steps/install-steps.ts';

export interface RestoreRequest extends PlannedRequest {
  /** Null: the newest. */
  readonly backup: string | null;
  /** The release that has the backups, as it was found just now; there may be none any more. */
  readonly source: Snapshot;
  /** The other answers for the new release. */
  readonly answers: Answers;
  /** Installs the new release, or finds it as it is wanted; refuses where `planned` is not what is there any more. */
  readonly install: (
    answers: Answers,
    how: {readonly dryRun: boolean; readonly planned: Snapshot},
  ) => AsyncGenerator<Progress, Result>;
}

interface Desired {
  readonly readReplicaCount: number;
}

interface Prepared {
  /** What there is of the new release. */
  readonly there: Snapshot;
  readonly entry: BackupEntry;
  readonly runtime: BackupRuntime;
  readonly answers: Answers;
  readonly job: RestoreJob | null;
  /** Whether that Job belongs to an earlier try, or to a release of the name that is gone or was never made. */
  readonly isOver: boolean;
  /** All but what the install adds: values and manifests. */
  readonly plan: PlanParts;
}

/**
 * Throws only what is a bug.
 * @param ports of the release that has the backups
 * @param fresh of the one that is made
 */
export async function* restoreBackup(
  request: RestoreRequest,
  ports: Ports,
  fresh: Ports,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  const base: Beginning = {
    operation: 'backup',
    target: fresh.target,
    began: ports.now(),
    now: () => ports.now(),
    warnings: [],
  };
  const prepared = await prepare(request, ports, fresh, signal).catch(causeIn);
  if ('code' in prepared) return refused({...base, cause: prepared});
  const {there, entry, answers} = prepared;
  const planned = yield* quietly(request.install(answers, {dryRun: true, planned: there}));
  if (planned.outcome !== 'planned') return {...planned, operation: 'backup'};
  const plan = {...prepared.plan, ...installedBy(planned)};
  const ended = await endAtPlan(request, plan, {...base, warnings: planned.warnings}, () =>
    whyChanged(request, prepared, fresh),
  );
  if (ended) return ended;
  const failure = await ensureJob(prepared, fresh, desiredOf(request, prepared, fresh), signal).then(
    () => null,
    causeIn,
  );
  if (failure) return refused({...base, cause: failure});
  // What an earlier try has restored lets nobody in, so that endpoints cannot be proven before the end.
  if (!isInstalled(prepared)) {
    const installed = yield* request.install(answers, {dryRun: false, planned: there});
    if (installed.outcome === 'refused' && isOurs(prepared)) await fresh.deleteRestore(signal).catch(rethrowBug);
    if (installed.outcome !== 'succeeded' && installed.outcome !== 'unchanged')
      return {...installed, operation: 'backup'};
  }
  return yield* filled(request, entry, fresh, base, signal);
}

/** Drops what a plan tells on its way: the install itself tells it again. */
async function* quietly(steps: AsyncGenerator<Progress, Result>): AsyncGenerator<Progress, Result> {
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
    if (next.value.type === 'log') yield next.value;
  }
}

/** What is known only once the install is planned. */
function installedBy({plan}: Result) {
  return {values: plan?.values ?? {}, manifests: plan?.manifests ?? ''};
}

/** Why the plan does not hold any more; null: it does. */
async function whyChanged({source}: RestoreRequest, {there, entry}: Prepared, fresh: Ports): Promise<Cause | null> {
  const now = await fresh.look();
  const job = await begunRestore(now, source, fresh);
  return changeBetween(there, now) ?? begunBetween(there, now) ?? refusalOf(now, job, {source, entry});
}

/** Whether an earlier try has installed the release to its end: otherwise its Lease would be there. */
function isInstalled({there, job}: Prepared): boolean {
  return job !== null && there.operation === null && viewOf(there).newest?.status === 'deployed';
}

/** Whether this run makes the Job, and there is no release that it could belong to. */
function isOurs({there, job, isOver}: Prepared): boolean {
  return (job === null || isOver) && !isThere(there);
}

function isThere({release, operation}: Snapshot): boolean {
  return release.revisions.length > 0 || operation !== null;
}

function desiredOf({source}: RestoreRequest, {entry, runtime, answers}: Prepared, fresh: Ports): DesiredRestore {
  const certificate = answers.tls ? certificateOf(answers, fresh.target) : null;
  const {database = entry.database, serviceMesh: mesh = 'none'} = answers;
  return {runtime, claim: objectNames(source.target).backup, backup: entry.name, database, certificate, mesh};
}

/**
 * A Job that failed is recreated; by a mark in the database itself, the next one drops what the failed one has
 * restored.
 */
async function ensureJob(
  {job, isOver}: Prepared,
  fresh: Ports,
  desired: DesiredRestore,
  signal: AbortSignal,
): Promise<void> {
  if (isOver) await fresh.deleteRestore(signal);
  if (job === null || isOver) await fresh.createRestore(desired);
}

function certificateOf({tls}: Answers, naming: Naming): string | null {
  if (!tls) return null;
  const {certificate, required} = tls;
  return certificateSecretOf({certificate: certificate ?? 'self-signed', required}, naming)?.secret ?? null;
}

async function* filled(
  {timeoutMs}: RestoreRequest,
  entry: BackupEntry,
  fresh: Ports,
  base: Beginning,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  const followed = followedRestore();
  const {desiredReaders} = viewOf(await fresh.look());
  const steps: readonly Step<Desired>[] = [fill(followed, entry), writer, readers, endpoints];
  yield {type: 'plan', steps: steps.map(({name}) => name)};
  const ending = yield* converge(steps, {readReplicaCount: desiredReaders}, fresh, {
    deadline: fresh.now() + timeoutMs,
    signal,
    judge: false,
    holdsLease: false,
    tracks: (snapshot) => [...tracksOf(snapshot), backupTrack(snapshot, followed)],
  });
  const end = endOf({...base, ending, outcome: outcomeOf(ending), notes: [...ending.notes, ...notesOf(entry)]});
  return ending.how === 'done' ? {...end, backup: entry} : {...end, notes: ending.notes};
}

function fill(followed: Followed, {name}: BackupEntry): Step<Desired> {
  /** When the Job was started, by the cluster's clock in milliseconds since the epoch. */
  let began: number | null = null;
  const jobOf = ({target}: Snapshot) => restoreJobName(target.fullname);
  return {
    name: 'restore',
    done: (snapshot) => followedPod(snapshot, followed)?.status?.phase === 'Succeeded',
    holdBack(snapshot) {
      const pod = followedPod(snapshot, followed);
      if (pod) return pod.status?.phase === 'Failed' ? null : 'it is being restored';
      return began === null || refusalOfJob(snapshot, jobOf(snapshot), began) ? null : 'its pod is awaited';
    },
    async run(ports, _wanted, snapshot) {
      const pod = followedPod(snapshot, followed);
      const what = `${name} could not be restored as ${ports.target.release}`;
      if (began !== null && pod === null) assertJobTaken(snapshot, jobOf(snapshot), what, began);
      await assertNotFailed(ports, pod, what);
      const job = await ports.restoreJob();
      if (job && job.backup !== name) throw new UserError(ofAnother(ports.target, job));
      await ports.startRestore();
      began ??= clusterTimeOf(snapshot);
      return null;
    },
  };
}

function notesOf({name, databases, username}: BackupEntry): string[] {
  const tables = databases.reduce((sum, one) => sum + one.tables, 0);
  const rows = databases.reduce((sum, one) => sum + one.rows, 0);
  const renewed = username === 'postgres' ? 'password of postgres is' : `passwords of postgres and ${username} are`;
  return [
    `Backup ${name}: ${counted(databases.length, 'database')}, ${counted(tables, 'table')} and ` +
      `${counted(rows, 'row')} were restored, and counted as they were when it was made.`,
    `The ${renewed} new, in its Secret. A backup holds no passwords: other roles have none until somebody gives them ` +
      'one (ALTER ROLE … PASSWORD).',
  ];
}

async function prepare(
  request: RestoreRequest,
  ports: Ports,
  fresh: Ports,
  signal: AbortSignal,
): Promise<Prepared | Cause> {
  const {source, command} = request;
  const none = noBackups(source) ?? (await permissionRefusal(ports, {command: 'backup', extras: ['restore']}));
  if (none) return none;
  const runtime = runtimeOf(source);
  const listing = await ports.listBackups(runtime, signal);
  const entry = backupNamed(source, listing, request.backup);
  if ('code' in entry) return entry;
  const there = await fresh.look();
  const job = await begunRestore(there, source, fresh);
  const refusal = refusalOf(there, job, {source, entry}) ?? tooSmall(fresh.target, entry, request.answers);
  if (refusal) return refusal;
  const answers = {...answersFor(source, entry, request.answers), ...request.answers};
  const {release} = fresh.target;
  const others = listed(entry.databases.map(({name}) => name));
  return {
    there,
    entry,
    runtime,
    answers,
    job,
    isOver: job !== null && (job.hasFailed || !isThere(there)),
    plan: {
      consequences: [
        {
          code: 'BACKUP_RESTORE',
          object: `Release/${release}`,
          sentence:
            `${release} is installed as a new release, reachable inside the cluster, and gets what ` +
            `${source.target.release} had at ${entry.startedAt}: ${others} (${roughBytes(entry.bytes)} of files). ` +
            `${source.target.release} is not touched.`,
        },
        ...restoredAnew(there, job, others),
      ],
      steps: ['install', 'restore', 'endpoints'].map((name) => ({name, command: null})),
      values: {},
      command,
    },
  };
}

/** The Job; where it is gone, as ended Jobs are after a week, what the server says of a restore that it has half. */
async function begunRestore(there: Snapshot, source: Snapshot, fresh: Ports): Promise<RestoreJob | null> {
  const job = await fresh.restoreJob();
  const backup = job === null && isThere(there) ? await fresh.halfRestored() : null;
  if (backup === null) return job;
  const claim = objectNames(source.target).backup;
  return {claim, backup, isSuspended: false, hasFailed: true, hasSucceeded: false};
}

/** What a failed try has restored goes, and only superusers could write there since (chart/backup/common.sh). */
function restoredAnew({target, release}: Snapshot, job: RestoreJob | null, databases: string): Consequence[] {
  if (!job?.hasFailed || release.revisions.length === 0) return [];
  return [
    {
      code: 'DATA_DELETED',
      object: `Release/${target.release}`,
      sentence:
        `An earlier try failed: what ${target.release} has in ${databases} by now is dropped and restored anew, also ` +
        'what a superuser wrote there meanwhile.',
    },
  ];
}

/** Refuses a disk, asked for, that the databases would fill. */
function tooSmall(target: Target, entry: BackupEntry, {storageSize, readers}: Answers): Cause | null {
  const bytes = databaseBytes(entry);
  const asked = [storageSize, readers?.storageSize].find(
    (size) => size !== undefined && compareQuantities(size, String(bytes)) <= 0,
  );
  if (asked === undefined) return null;
  return cause(
    'BAD_INPUT',
    `--storage-size ${asked} is too small for backup ${entry.name}: its databases had ${roughBytes(bytes)}. Ask for ` +
      `${roomFor(entry)} or more. Nothing was changed.`,
    {object: object('Release', target, target.release), remedies: []},
  );
}

/** Refuses where the name is neither free nor that of a restore of this backup that was begun. */
function refusalOf(
  there: Snapshot,
  job: RestoreJob | null,
  {source, entry}: {readonly source: Snapshot; readonly entry: BackupEntry},
): Cause | null {
  const {target, claims} = there;
  const isStarted = job !== null && job.backup === entry.name && job.claim === objectNames(source.target).backup;
  if (isThere(there) && isStarted) return null;
  if (isThere(there) && job !== null) return ofAnother(target, job);
  if (isThere(there))
    return cause(
      'RELEASE_EXISTS',
      `There is a release ${target.release} in ${target.namespace} already, and a restore makes a new one, never ` +
        'over one that is there. Nothing was changed.',
      {object: object('Release', target, target.release), remedies: [anotherName]},
    );
  const [claim] = claims;
  if (!claim) return null;
  return cause(
    'LEFTOVER_VOLUME',
    `Volumes of an earlier release ${target.release} are there (${claim.metadata.name}), and a restore begins with ` +
      'empty ones. Nothing was changed.',
    {
      object: object('PersistentVolumeClaim', target, claim.metadata.name),
      remedies: [
        anotherName,
        propose('Or delete them, with what is in them. This cannot be undone', {
          kind: 'uninstall',
          ...releaseRef(target),
          deleteData: true,
          dumpTo: null,
        }),
      ],
    },
  );
}

function ofAnother(target: Target, {backup}: RestoreJob): Cause {
  return cause('RELEASE_EXISTS', `${target.release} is restored from another backup, ${backup}. Nothing was changed.`, {
    object: object('Release', target, target.release),
    remedies: [anotherName],
  });
}

/**
 * What the backed-up release has, except for how it is reached, because two releases cannot have one name or address.
 * Where that release is gone: what the backup says, and defaults.
 */
function answersFor(source: Snapshot, entry: BackupEntry, asked: Answers): Answers {
  const parameters = fromValues(source.release.values);
  const {username, database} = entry;
  if (!parameters) return {username, database, storageSize: largerOf(roomFor(entry))};
  const apart = {hostname: null, exposure: 'cluster', allowFrom: {kind: 'none'}} as const;
  const readers = keptOfReaders(parameters.readers, {...asked, exposure: 'cluster'});
  return {...answersFrom({...parameters, ...apart, readers}), username, database};
}

/** A small backup is no reason for a small disk. */
function largerOf(size: string): string {
  return compareQuantities(size, defaultStorageSize) < 0 ? defaultStorageSize : size;
}
