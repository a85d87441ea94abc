// The one loop: look, skip what is done, run what is next, wait for what it takes, until all is done or cannot be.
import {cause, UserError, type Cause, type CauseCode} from '../core/cause.ts';
import {findCauses} from '../observation/causes/index.ts';
import {viewOf} from '../observation/release-view.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {Track, TrackName} from '../observation/tracks.ts';
import {Announcements} from './announcements.ts';
import type {Ports} from './ports/index.ts';
import type {Observation} from './ports/observation.ts';
import type {Progress} from './progress.ts';

export interface Step<Desired> {
  /** Shown in the plan and in the phases. */
  readonly name: string;
  /** A function of what is. Judged only on looks that began after `run` ended. */
  done(snapshot: Snapshot, wanted: Desired): boolean;
  /** Absent: the cluster does it, we wait. Must be safe to run again. */
  run?(ports: Ports, wanted: Desired, snapshot: Snapshot, signal: AbortSignal): Promise<string | null>;
  /** A reason not to run yet, although it is not done. */
  holdBack?(
    snapshot: Snapshot,
    wanted: Desired,
    /** Milliseconds since it could have run. */
    waitedMs: number,
  ): string | null;
  /** The cause that this step puts right: it runs although nothing else may. */
  readonly heals?: CauseCode;
  /** The command a person would type for the same; null when there is none. */
  command?(ports: Ports, wanted: Desired): string;
  /** The track that is at work until it is done, and at what, where the cluster's state does not show it. */
  readonly shownAs?: {readonly track: TrackName; readonly text: string};
}

export interface Limits {
  /** Milliseconds since the epoch at which waiting ends. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** Whether causes end the wait: an uninstall minds none. */
  readonly judge: boolean;
  /** Certain causes that were there before, and that what is done has nothing to do with. */
  readonly tolerates?: (cause: Cause) => boolean;
  /** How far it is, for the screen. */
  readonly tracks: (snapshot: Snapshot) => readonly Track[];
  /** Whether we hold the operation's Lease and have to renew it: a mere watcher does not. */
  readonly holdsLease: boolean;
}

export interface Ending {
  readonly how: 'done' | 'failed' | 'detached' | 'cancelled';
  readonly snapshot: Snapshot | null;
  readonly cause: Cause | null;
  readonly phases: readonly {readonly name: string; readonly ms: number}[];
  /** What steps said about what they found and did. */
  readonly notes: readonly string[];
  readonly changed: boolean;
}

/** What the track itself says of work is nearer to it. */
function shownWith(step: Step<never> | undefined, track: Track): Track {
  const {shownAs} = step ?? {};
  if (shownAs?.track !== track.track || track.state !== 'done') return track;
  return {...track, state: 'running', text: `${shownAs.text} · ${track.text}`};
}

/** A step that does not get done by running it this often does not get done. */
const maxRuns = 3;
const renewEveryMs = 10_000;

/** Runs the steps in order. Throws only what is a bug. */
export async function* converge<Desired>(
  steps: readonly Step<Desired>[],
  wanted: Desired,
  ports: Ports,
  limits: Limits,
): AsyncGenerator<Progress, Ending> {
  const stop = new AbortController();
  const phases = new Map<string, number>();
  const notes: string[] = [];
  const announced = new Announcements(ports.now(), (snapshot) =>
    limits.tracks(snapshot).map((track) => shownWith(steps[current], track)),
  );
  const {observations, requestLook} = ports.observe(stop.signal);
  const onAbort = () => requestLook();
  limits.signal.addEventListener('abort', onAbort);

  let current = 0;
  let runs = 0;
  let phaseBegan = ports.now();
  let readableFrom = 0;
  let running = null as Promise<void> | null;
  let failure = null as Error | null;
  let changed = false;
  let renewed = ports.now();
  let evicted = null as Cause | null;
  let latest: Snapshot | null = null;

  const ending = (how: Ending['how'], why: Cause | null): Ending => ({
    how,
    snapshot: latest,
    cause: why,
    phases: [...phases].map(([name, ms]) => ({name, ms: Math.round(ms)})),
    notes,
    changed,
  });
  const noteEviction = (error: unknown) => {
    if (error instanceof UserError && error.reason.code === 'RELEASE_LOCKED') evicted = error.reason;
    return evicted !== null;
  };
  /** Whoever slept and was taken for dead changes nothing any more. */
  const act = async (step: Step<Desired>, snapshot: Snapshot): Promise<string | null> => {
    try {
      if (limits.holdsLease) await ports.confirmLease();
    } catch (error) {
      if (noteEviction(error)) return null;
      throw error;
    }
    changed = true;
    return (await step.run?.(ports, wanted, snapshot, limits.signal)) ?? null;
  };
  const begin = (step: Step<Desired>, snapshot: Snapshot) => {
    runs++;
    running = act(step, snapshot)
      .then((note) => {
        if (note) notes.push(note);
      })
      .catch((error: unknown) => {
        failure = error instanceof Error ? error : new Error(String(error), {cause: error});
      })
      .finally(() => {
        running = null;
        readableFrom = ports.now();
        requestLook();
      });
  };

  try {
    for await (const observation of observations) {
      if (observation.kind === 'seen') {
        latest = observation.snapshot;
        yield* announced.of(observation.snapshot);
      }
      // While a step runs too: helm may take longer than the lease lasts.
      if (limits.holdsLease && ports.now() - renewed > renewEveryMs) {
        renewed = ports.now();
        // Any other failure is made good by the next renewal; the lease lasts three times as long.
        ports.renewLease().catch(noteEviction);
      }
      if (running) continue;
      if (limits.signal.aborted) return ending('cancelled', cancelled(latest));
      if (evicted) return ending('failed', evicted);
      if (failure !== null) {
        const lost = isConnectionLoss(failure);
        if (!lost && (!(failure instanceof UserError) || runs >= maxRuns || !mayHeal(failure))) {
          if (failure instanceof UserError) return ending('failed', failure.reason);
          throw failure;
        }
        if (lost) runs = Math.max(0, runs - 1);
        failure = null;
      }
      if (observation.kind === 'lost') {
        if (ports.now() >= limits.deadline) return ending('detached', connectionLost(observation));
        continue;
      }
      const {snapshot} = observation;
      if (snapshot.takenAt < readableFrom) {
        requestLook();
        continue;
      }

      const before = current;
      for (let step = steps[current]; step?.done(snapshot, wanted); step = steps[current]) {
        const now = ports.now();
        phases.set(step.name, (phases.get(step.name) ?? 0) + now - phaseBegan);
        phaseBegan = now;
        current++;
        runs = 0;
      }
      if (current > before) yield* announced.of(snapshot);
      const step = steps[current];
      if (!step) return ending('done', null);

      const causes = limits.judge ? findCauses(snapshot) : [];
      const certain = causes.find((found) => found.certain && !limits.tolerates?.(found.cause));
      // A step that acts may be what heals it, so a cause ends the run only where nothing is left to do but wait.
      if (certain && (!step.run || runs > 0)) return ending('failed', certain.cause);
      const forbidding = causes.find(({endsOperation, cause: {code}}) => endsOperation && code !== step.heals);
      if (forbidding) return ending('failed', forbidding.cause);
      if (ports.now() >= limits.deadline) return ending('detached', causes[0]?.cause ?? timedOut(step.name, snapshot));
      if (
        step.run &&
        runs < maxRuns &&
        !step.holdBack?.(snapshot, wanted, snapshot.takenAt - Math.max(phaseBegan, readableFrom))
      )
        begin(step, snapshot);
      else if (step.run && runs >= maxRuns) return ending('failed', certain?.cause ?? gaveUp(step.name, snapshot));
    }
    return ending('cancelled', cancelled(latest));
  } catch (error) {
    // Looking is not possible any more, because credentials expired, say. What runs ends first.
    await running;
    if (error instanceof UserError) return ending('failed', error.reason);
    throw error;
  } finally {
    limits.signal.removeEventListener('abort', onAbort);
    stop.abort();
  }
}

/** The cluster did not answer; another try may find it. */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof UserError) return ['CONNECTION_LOST', 'CLUSTER_UNREACHABLE'].includes(error.reason.code);
  return error instanceof Error && error.name === 'ConnectionError';
}

/** What another try with fresh eyes can put right: helm was killed, or somebody else's helm was faster. */
function mayHeal({reason: {code}}: UserError): boolean {
  return code === 'RELEASE_LOCKED' || code === 'CANCELLED';
}

function connectionLost({since, text}: Observation & {kind: 'lost'}): Cause {
  return cause('CONNECTION_LOST', 'The cluster does not answer any more. What was begun there goes on without us.', {
    firstSeen: new Date(since).toISOString(),
    evidence: [text],
    remedies: [{title: 'Run the same command again when the cluster answers: it goes on where it is'}],
  });
}

function timedOut(step: string, {target}: Snapshot): Cause {
  return cause('TIMEOUT', `Time is up while waiting for: ${step}. Nothing was undone; the cluster goes on.`, {
    remedies: [
      {title: 'See how far it is', command: `pg-helm-install status ${target.release} -n ${target.namespace}`},
      {title: 'Wait longer: run the same command again, with a larger --timeout'},
    ],
  });
}

function gaveUp(step: string, {target, ...snapshot}: Snapshot): Cause {
  const {newest} = viewOf({target, ...snapshot});
  return cause('TIMEOUT', `The step "${step}" was run ${maxRuns} times and is still not done.`, {
    evidence: newest ? [`helm revision ${newest.revision} is ${newest.status}: ${newest.description}`] : [],
    remedies: [
      {title: 'See what is there', command: `pg-helm-install doctor ${target.release} -n ${target.namespace}`},
    ],
  });
}

function cancelled(snapshot: Snapshot | null): Cause {
  const newest = snapshot ? viewOf(snapshot).newest : null;
  const state = newest ? `Revision ${newest.revision} is ${newest.status}.` : 'There is no release yet.';
  return cause('CANCELLED', `Stopped on request. ${state} Nothing was undone.`, {
    remedies: [{title: 'Run the same command again: it goes on where it is'}],
  });
}
