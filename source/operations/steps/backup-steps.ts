// The steps of what is done with a backup. Each follows a pod that goes on without us; after a kill, the next run
// follows the same pod.
import {labelKeys} from '../../chart/names.ts';
import {cause, UserError} from '../../core/cause.ts';
import {fillIn} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {
  backupAnnotation,
  backupComponents,
  containerState,
  hasEnded,
  jobOf,
  refusalOfJob,
  whyFailed,
} from '../../observation/backups/backup.ts';
import {noteOf} from '../../observation/backups/backup-list.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {object} from '../../observation/checks/messages.ts';
import type {Pod} from '../../observation/kubernetes.ts';
import {plain} from '../../observation/text/plain-text.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Track} from '../../observation/tracks.ts';
import {unstatedIn} from '../../observation/pods/want-of-room.ts';
import type {Step} from '../converge.ts';
import type {Ports} from '../ports/index.ts';
import type {BackupRuntime, DesiredProof} from '../ports/backup.ts';
import {oncePerRun} from './once-per-run.ts';

/** Which pod a step follows. */
export interface Followed {
  /** The component in the labels of the pod. */
  readonly component: string;
  /** The Job whose pod it is; null: the component alone identifies the pod, or there is none yet. */
  job: string | null;
}

/** The newest pod that is to be followed; null where there is none yet. */
export function followedPod({backup}: Snapshot, {component, job}: Followed): Pod | null {
  const own = (backup?.pods ?? [])
    .filter((pod) => pod.metadata.labels?.[labelKeys.component] === component && (job === null || jobOf(pod) === job))
    .sort((a, b) => ((a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1));
  return own[0] ?? null;
}

/** @throws UserError BACKUP_FAILED with the last log lines of that pod */
export async function assertNotFailed(ports: Ports, pod: Pod | null, what: string): Promise<void> {
  if (pod?.status?.phase !== 'Failed') return;
  const {name} = pod.metadata;
  const log = await ports.backupLog(pod);
  throw new UserError(
    cause('BACKUP_FAILED', `${what}: ${whyFailed(pod)}`, {
      object: object('Pod', ports.target, name),
      evidence: log.map(plain),
      remedies: [{title: 'Put that right and run the same command again', again: true}],
    }),
  );
}

/**
 * @param since as of refusalOfJob
 * @throws UserError with the words of the cluster where it does not take the pod of that Job
 */
export function assertJobTaken(snapshot: Snapshot, job: string, what: string, since = 0): void {
  const refused = refusalOfJob(snapshot, job, since);
  if (refused === null) return;
  const {target} = snapshot;
  const quota = /(exceeded|failed) quota/.test(refused.why);
  throw new UserError(
    cause(quota ? 'QUOTA_EXCEEDED' : 'POD_REFUSED', `${what}: the cluster does not take its pod. ${refused.why}`, {
      object: object('Job', target, job),
      firstSeen: refused.at,
      evidence: [refused.why],
      remedies: [
        {
          title: 'See what the namespace asks of pods, and have it changed',
          command: kubectlHere(target, 'describe', 'limitrange,resourcequota'),
        },
        ...(unstatedIn(refused.why)?.resources.includes('limits.cpu')
          ? [fillIn('Or give each container a CPU limit', 'set', releaseRef(target), '--cpu-limit QUANTITY')]
          : []),
        {
          title: 'The Job goes on trying by itself; this ends it',
          command: kubectlHere(target, 'delete', 'job', job),
        },
      ],
    }),
  );
}

/**
 * A backup that is being written already is followed, because its script would refuse a second one at the same time.
 */
export function writeBackup(followed: Followed, newJob: string): Step<unknown> {
  return {
    name: 'backup',
    done: (snapshot) => followed.job !== null && followedPod(snapshot, followed)?.status?.phase === 'Succeeded',
    holdBack(snapshot) {
      if (followed.job === null) return null;
      const pod = followedPod(snapshot, followed);
      const isOver = pod ? hasEnded(pod) : refusalOfJob(snapshot, followed.job) !== null;
      return isOver ? null : 'it is being written';
    },
    async run(ports, _wanted, snapshot) {
      if (followed.job !== null) {
        assertJobTaken(snapshot, followed.job, `The backup of ${ports.target.release} cannot be written`);
        await assertNotFailed(ports, followedPod(snapshot, followed), `The backup of ${ports.target.release} failed`);
        return null;
      }
      const atWork = followedPod(snapshot, followed);
      const job = atWork && !hasEnded(atWork) ? jobOf(atWork) : null;
      followed.job = job ?? newJob;
      if (job === null) await ports.startBackup(newJob);
      return job === null ? null : 'One was being written already: that one was waited for.';
    },
  };
}

/** Restores the backup into a throw-away server. */
export function proveBackup(followed: Followed, desired: DesiredProof): Step<unknown> {
  const podIn = (snapshot: Snapshot) => {
    const pod = followedPod(snapshot, followed);
    return pod?.metadata.annotations?.[backupAnnotation] === desired.backup ? pod : null;
  };
  let isStarted = false;
  return {
    name: 'restore into a server of its own',
    done: (snapshot) => podIn(snapshot)?.status?.phase === 'Succeeded',
    holdBack(snapshot) {
      if (!isStarted) return null;
      const pod = podIn(snapshot);
      return pod && hasEnded(pod) ? null : 'it is being restored';
    },
    async run(ports, _wanted, snapshot, signal) {
      if (isStarted)
        await assertNotFailed(ports, podIn(snapshot), `${desired.backup} of ${ports.target.release} is not proven`);
      await ports.startProof(desired, signal);
      isStarted = true;
      return null;
    },
  };
}

/** Notes on the claim what is on the volume: status and dashboard read it there. */
export function noteWhatIsThere(runtime: BackupRuntime, onListing: (listing: Listing) => void): Step<unknown> {
  return oncePerRun({
    name: 'what is on the volume',
    async run(ports, _wanted, _snapshot, signal) {
      const listing = await ports.listBackups(runtime, signal);
      await ports.noteBackups(noteOf(listing));
      onListing(listing);
      return null;
    },
  });
}
type Listing = Awaited<ReturnType<Ports['listBackups']>>;

/** How far the backup, proof or restore is, in the words of its script. */
export function backupTrack(snapshot: Snapshot, followed: Followed): Track {
  const pod = followedPod(snapshot, followed);
  const base = {track: 'backup', since: pod?.status?.startTime ?? null, waitingFor: null} as const;
  if (!pod) return {...base, state: 'waiting', text: 'not begun yet'};
  if (pod.status?.phase === 'Failed') return {...base, state: 'failed', text: whyFailed(pod)};
  const said = snapshot.logTails[pod.metadata.name]?.at(-1);
  if (pod.status?.phase === 'Succeeded') return {...base, state: 'done', text: 'done'};
  return {...base, state: 'running', text: said === undefined ? stageOf(pod) : withoutTime(said)};
}

function stageOf(pod: Pod): string {
  const {spec} = pod;
  const waiting = containerState(pod).waiting?.reason;
  if (waiting === 'ContainerCreating') return 'attaches its volumes and pulls the image';
  return waiting ?? (spec.nodeName ? 'starts' : 'waits for a node');
}

/** `backup 03:00:05 restores appdb …` → `restores appdb …` */
function withoutTime(line: string): string {
  return plain(line.replace(/^backup \d\d:\d\d:\d\d /, ''));
}

export const followedRun = (): Followed => ({component: backupComponents.run, job: null});
export const followedProof = (): Followed => ({component: backupComponents.verify, job: null});
export const followedRestore = (): Followed => ({component: backupComponents.restore, job: null});
