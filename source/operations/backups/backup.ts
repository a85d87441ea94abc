// A backup now, and the proof of one. Neither takes the Lease: they change nothing that anybody else changes.
import {objectNames} from '../../chart/names.ts';
import {fromValues} from '../../chart/values.ts';
import {cause, type Cause} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose, template} from '../../commands/command-line.ts';
import type {BackupEntry, BackupListing} from '../../observation/backups/backup-list.ts';
import {counted, object} from '../../observation/checks/messages.ts';
import {clusterTime} from '../../observation/cluster-time.ts';
import {isReady, viewOf} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {roughBytes} from '../../parameters/quantity.ts';
import {converge, type Ending, type Step} from '../converge.ts';
import {backupNamed, noBackups, runtimeOf} from './backup-runtime.ts';
import {heldIn, ownershipRefusal} from '../ownership.ts';
import {permissionRefusal} from '../permission-refusal.ts';
import {endAtPlan, type PlannedRequest} from '../planned-request.ts';
import type {Ports} from '../ports/index.ts';
import type {Consequence, Plan, Progress, Result} from '../../plan/progress.ts';
import {causeIn, endOf, outcomeOf, refused, type Beginning} from '../result.ts';
import {
  backupTrack,
  followedProof,
  followedRun,
  noteWhatIsThere,
  proveBackup,
  writeBackup,
  type Followed,
} from '../steps/backup-steps.ts';

export interface BackupRequest extends PlannedRequest {
  readonly action: 'run' | 'verify';
  /** For verify; null: the newest. */
  readonly backup: string | null;
  /** The release as it was found just now; there may be none. */
  readonly before: Snapshot;
}

/** What is done, and how it is told. */
interface Prepared {
  readonly steps: readonly Step<unknown>[];
  readonly followed: Followed;
  readonly consequences: readonly Consequence[];
  readonly listing: () => BackupListing | null;
  /** Null: the newest of the listing. */
  readonly name: string | null;
}

/** Throws only what is a bug. */
export async function* backup(
  request: BackupRequest,
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  const {command, timeoutMs} = request;
  const base: Beginning = {
    operation: 'backup',
    target: ports.target,
    began: ports.now(),
    now: () => ports.now(),
    warnings: [],
  };
  const prepared = await prepare(request, ports, signal).catch(causeIn);
  if ('code' in prepared) return refused({...base, cause: prepared});
  const {steps, followed, consequences} = prepared;
  const plan: Plan = {
    consequences,
    steps: steps.map(({name}) => ({name, command: null})),
    values: {},
    manifests: '',
    command,
  };
  const end = await endAtPlan(request, plan, base);
  if (end) return end;
  yield {type: 'plan', steps: steps.map(({name}) => name)};
  const ending = yield* converge(steps, null, ports, {
    deadline: ports.now() + timeoutMs,
    signal,
    judge: false,
    holdsLease: false,
    tracks: (snapshot) => [backupTrack(snapshot, followed)],
  });
  // A proof that has not ended goes on without us.
  const isOver = ending.how === 'done' || ending.how === 'failed';
  if (request.action === 'verify' && isOver) await ports.endProof().catch(() => undefined);
  return resultOf(request, base, ending, ending.how === 'done' ? entryIn(prepared) : null);
}

function resultOf({action, before}: BackupRequest, base: Beginning, ending: Ending, entry: BackupEntry | null): Result {
  // The result of a backup does not say where clients connect.
  const alone = {endpoints: null, credentials: null} as const;
  if (entry && action === 'verify' && entry.proof?.ok === false)
    return {...endOf({...base, ending, outcome: 'failed'}), ...alone, cause: notProven(before, entry)};
  const notes = [...ending.notes, ...(entry ? sentencesOf(entry) : [])];
  return {...endOf({...base, ending, outcome: outcomeOf(ending), notes}), ...alone, ...(entry ? {backup: entry} : {})};
}

function entryIn({listing, name}: Prepared): BackupEntry | null {
  const backups = listing()?.backups ?? [];
  return backups.find((one) => one.name === name) ?? (name === null ? (backups[0] ?? null) : null);
}

async function prepare(request: BackupRequest, ports: Ports, signal: AbortSignal): Promise<Prepared | Cause> {
  const {before} = request;
  const foreign = before.release.revisions.length === 0 ? null : await whyForeign(before, ports);
  if (foreign) return foreign;
  const forbidden = await permissionRefusal(ports, {
    command: 'backup',
    extras: request.action === 'run' ? ['run'] : [],
  });
  if (forbidden) return forbidden;
  return request.action === 'run' ? prepareRun(before, ports) : prepareProof(request, ports, signal);
}

function whyForeign(before: Snapshot, ports: Ports): Promise<Cause | null> {
  return ownershipRefusal(heldIn(before), (revision) => ports.record(revision));
}

function prepareRun(before: Snapshot, ports: Ports): Prepared | Cause {
  const {target} = before;
  const {writerPod} = viewOf(before);
  if (!before.backup?.cronJob) return noSchedule(before);
  if (!isReady(writerPod))
    return cause('ENDPOINT_UNPROVEN', `The writer of ${target.release} does not serve: there is nothing to back up.`, {
      object: object('Pod', target, `${objectNames(target).writer}-0`),
      remedies: [propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)})],
    });
  const followed = followedRun();
  let listing: BackupListing | null = null;
  const {backup} = objectNames(target);
  // Like the names that the CronJob controller gives its Jobs, which end in minutes since 1970; ours ends in seconds.
  const job = `${backup}-${Math.floor(clusterTime(ports.now(), before) / 1000).toString(36)}`;
  return {
    followed,
    name: null,
    listing: () => listing,
    steps: [writeBackup(followed, job), noteWhatIsThere(runtimeOf(before), (found) => (listing = found))],
    consequences: [
      {
        code: 'BACKUP_RUN',
        object: `Job/${job}`,
        sentence:
          `All databases of ${target.release} are dumped to the volume ${backup}, as they are at one moment each. ` +
          'Nothing restarts; every table is read once more, to count its rows.',
      },
    ],
  };
}

function noSchedule({target, unreadable}: Snapshot): Cause {
  return cause(
    'BACKUP_NOT_FOUND',
    unreadable.includes('cronjobs')
      ? `Whether ${target.release} has backups is not known: its CronJob may not be read.`
      : `${target.release} has no schedule of backups, and a backup is a run of it.`,
    {
      object: object('CronJob', target, objectNames(target).backup),
      remedies: [
        {
          title: 'Give it one',
          command: template('set', releaseRef(target), '--backup-schedule "0 3 * * *"'),
        },
      ],
    },
  );
}

async function prepareProof(
  {before, backup}: BackupRequest,
  ports: Ports,
  signal: AbortSignal,
): Promise<Prepared | Cause> {
  const none = noBackups(before);
  if (none) return none;
  const runtime = runtimeOf(before);
  let listing = await ports.listBackups(runtime, signal);
  const entry = backupNamed(before, listing, backup);
  if ('code' in entry) return entry;
  const followed = followedProof();
  const storageClass =
    before.backup?.claim?.spec.storageClassName ?? fromValues(before.release.values)?.storageClass ?? null;
  const room = roomFor(entry);
  return {
    followed,
    name: entry.name,
    listing: () => listing,
    steps: [
      proveBackup(followed, {runtime, backup: entry.name, room, storageClass}),
      noteWhatIsThere(runtime, (found) => (listing = found)),
    ],
    consequences: [
      {
        code: 'BACKUP_VERIFY',
        object: `Backup/${entry.name}`,
        sentence:
          `${entry.name} (${roughBytes(entry.bytes)}) is restored into a server of its own, in a pod with a volume ` +
          `of ${room} that both go again. Every table is counted, and amcheck looks at it. ` +
          `${before.target.release} is not touched.`,
      },
    ],
  };
}

const gibibyte = 1024 ** 3;

/** What the databases had when they were backed up, in bytes. */
export function databaseBytes({databases}: Pick<BackupEntry, 'databases'>): number {
  return databases.reduce((sum, one) => sum + one.bytes, 0);
}

/** A restored database needs no more room than the original, except for the WAL that restoring it writes. */
export function roomFor(entry: Pick<BackupEntry, 'databases'>): string {
  return `${Math.ceil((1.2 * databaseBytes(entry)) / gibibyte) + 1}Gi`;
}

/** What is on the volume now, in sentences. */
function sentencesOf(entry: BackupEntry): string[] {
  const {name, bytes, seconds, databases, proof} = entry;
  const tables = databases.reduce((sum, one) => sum + one.tables, 0);
  const rows = databases.reduce((sum, one) => sum + one.rows, 0);
  const what = `${counted(databases.length, 'database')}, ${counted(tables, 'table')}, ${counted(rows, 'row')}`;
  return [
    `Backup ${name}: ${what}, ${roughBytes(bytes)} in ${counted(seconds, 'second')}.`,
    ...(proof ? [proofSentence(entry)] : []),
  ];
}

function proofSentence({name, proof}: BackupEntry): string {
  if (!proof?.ok) return `${name} could not be restored: ${proof?.why ?? '?'}`;
  const amcheck = proof.amcheck === 'passed' ? 'amcheck found nothing' : 'amcheck is not in this image';
  const {rows = 0, tables = 0} = proof;
  return `${name} is proven: restored, ${counted(rows, 'row')} of ${counted(tables, 'table')} counted, ${amcheck}.`;
}

function notProven({target}: Snapshot, {name, proof}: BackupEntry): Cause {
  return cause(
    'BACKUP_FAILED',
    `${name} of ${target.release} is not proven: ${proof?.why ?? 'it could not be restored'}`,
    {
      object: object('PersistentVolumeClaim', target, objectNames(target).backup),
      remedies: [{title: 'Make another one now', command: template('backup', releaseRef(target), 'run')}],
    },
  );
}
