// The one loop: look, skip steps that are done, run the next one, wait for its effect, until all are done or one cannot
// be.
import {setTimeout as pause} from 'node:timers/promises';
import {cause, UserError, type Cause, type CauseCode} from '../core/cause.ts';
import {propose} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import {findCauses} from '../observation/causes/index.ts';
import {viewOf} from '../observation/release-view.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {Track, TrackName} from '../observation/tracks.ts';
import {Announcements} from './announcements.ts';
import type {Ports} from './ports/index.ts';
import type {Observation} from './ports/observation.ts';
import type {Progress} from '../plan/progress.ts';

export interface Step<Desired> {
  /** Shown in the plan and in the phases. */
  readonly name: string;
  /** A function of what is. Judged only on looks that began after `run` ended. */
  done(snapshot: Snapshot, desired: Desired): boolean;
  /** Absent: the cluster does it, and we wait. It must be safe to run again. */
  run?(ports: Ports, desired: Desired, snapshot: Snapshot, signal: AbortSignal): Promise<string | null>;
  /** A reason not to run the step yet, although it is not done. */
  holdBack?(
    snapshot: Snapshot,
    desired: Desired,
    /** Milliseconds since the step could have run. */
    waitedMs: number,
  ): string | null;
  /** The cause that this step puts right: the step runs although that cause forbids all others. */
  readonly heals?: CauseCode;
  /** The command a person would type for the same; null when there is none. */
  command?(ports: Ports, desired: Desired): string;
  /**
   * The track that is shown at work until the step is done, and the text for it, where the cluster's state shows no
   * work.
   */
  readonly shownAs?: {readonly track: TrackName; readonly text: string};
  /**
   * True where nobody can write until `run` ends. The cluster is looked at once a second meanwhile, not at each of its
   * changes: what a look asks would take time from what the step waits for.
   */
  readonly isUrgent?: boolean;
}

export interface Limits {
  /** Milliseconds since the epoch at which waiting ends. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** Whether causes end the wait: an uninstall ignores them. */
  readonly judge: boolean;
  /** What else ends the wait, where nobody at all works on the release; null: nothing does. */
  readonly givesUp?: (snapshot: Snapshot) => Cause | null;
  /** True for certain causes that were there before and have nothing to do with this operation. */
  readonly ignoresCause?: (cause: Cause) => boolean;
  /** How far it is, for the screen. */
  readonly tracks: (snapshot: Snapshot) => readonly Track[];
  /** Whether we hold the operation's Lease and have to renew it: a mere watcher does not. */
  readonly holdsLease: boolean;
  /** The look that the operation was planned by: the first step need not wait for another one. Absent: it waits. */
  readonly seen?: Snapshot;
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

/** The step's text is shown only on a track that reports no work of its own, because the track knows more. */
function shownWith(step: Step<never> | undefined, track: Track): Track {
  const {shownAs} = step ?? {};
  if (shownAs?.track !== track.track || track.state !== 'done') return track;
  return {...track, state: 'running', text: `${shownAs.text} · ${track.text}`};
}

/** A step that is not done after so many runs will not get done by another. */
const maxRuns = 3;
/**
 * How often the connection may break in one step: an error that keeps coming back only looks like a broken connection.
 */
const maxLosses = 40;
/** An error that nobody recognises is tried again less often, because it may well be final. */
const maxUnknown = 6;
const renewEveryMs = 10_000;
/** Between two looks while an urgent step is at work. */
const seldomMs = 1000;

/** Runs the steps in order. Throws only what is a bug. */
export async function* converge<Desired>(
  steps: readonly Step<Desired>[],
  desired: Desired,
  ports: Ports,
  limits: Limits,
): AsyncGenerator<Progress, Ending> {
  const stop = new AbortController();
  const {observations, requestLook} = ports.observe(stop.signal);
  limits.signal.addEventListener('abort', requestLook);
  const loop = new Loop(steps, desired, ports, limits, requestLook);
  const announced = new Announcements(ports.now(), (snapshot) =>
    limits.tracks(snapshot).map((track) => shownWith(loop.step, track)),
  );
  try {
    if (limits.seen) await loop.beginAt(limits.seen);
    for await (const observation of observations) {
      if (observation.kind === 'seen') {
        loop.latest = observation.snapshot;
        yield* announced.of(observation.snapshot);
      }
      loop.renewLease();
      const interrupted = loop.interruption(observation);
      if (interrupted) return interrupted;
      if (observation.kind === 'seen' && loop.mayRead(observation.snapshot)) {
        if (loop.skipDone(observation.snapshot)) yield* announced.of(observation.snapshot);
        const ended = loop.runOrWait(observation.snapshot);
        if (ended) return ended;
      }
      await loop.leaveAlone();
    }
    return loop.ending('cancelled', cancelled(loop.latest));
  } catch (error) {
    // No look is possible any more, because credentials expired, say. The step that is running may end first.
    await loop.running;
    if (error instanceof UserError) return loop.ending('failed', error.reason);
    throw error;
  } finally {
    limits.signal.removeEventListener('abort', requestLook);
    stop.abort();
  }
}

/** Where the run is: the step, what it did, and what ended it. */
class Loop<Desired> {
  latest: Snapshot | null = null;
  /** The step's run, while it is at work. */
  running: Promise<void> | null = null;
  private current = 0;
  /** How often the current step was run. */
  private runs = 0;
  /** How often a run of the current step broke off because the cluster did not answer. */
  private losses = 0;
  private phaseBegan: number;
  /** Looks that began earlier do not show what the last run did. */
  private readableFrom = 0;
  private failure: Error | null = null;
  private changed = false;
  private renewed: number;
  /** Somebody took the Lease over. */
  private evicted: Cause | null = null;
  private readonly phases = new Map<string, number>();
  private readonly notes: string[] = [];

  constructor(
    private readonly steps: readonly Step<Desired>[],
    private readonly desired: Desired,
    private readonly ports: Ports,
    private readonly limits: Limits,
    private readonly requestLook: () => void,
  ) {
    this.phaseBegan = ports.now();
    this.renewed = ports.now();
  }

  get step(): Step<Desired> | undefined {
    return this.steps[this.current];
  }

  ending(how: Ending['how'], why: Cause | null): Ending {
    const phases = [...this.phases].map(([name, ms]) => ({name, ms: Math.round(ms)}));
    return {how, snapshot: this.latest, cause: why, phases, notes: this.notes, changed: this.changed};
  }

  /** Renewed while a step runs too, because helm may take longer than the lease lasts. */
  renewLease(): void {
    if (!this.limits.holdsLease || this.ports.now() - this.renewed <= renewEveryMs) return;
    this.renewed = this.ports.now();
    // The next renewal makes up for any other failure: the lease lasts three times as long as the time between two.
    this.ports.renewLease().catch(this.noteEviction);
  }

  /** What ends the run whatever the snapshot shows; null while a step is at work, and where nothing does. */
  interruption(observation: Observation): Ending | null {
    if (this.running) return null;
    if (this.limits.signal.aborted) return this.ending('cancelled', cancelled(this.latest));
    if (this.evicted) return this.ending('failed', this.evicted);
    const failed = this.failed();
    if (failed) return failed;
    return observation.kind === 'lost' && this.isOver() ? this.ending('detached', connectionLost(observation)) : null;
  }

  /** @throws a failure that is a bug */
  private failed(): Ending | null {
    const {failure} = this;
    if (failure === null) return null;
    const lost = isConnectionLoss(failure);
    if (!lost && !(failure instanceof UserError)) throw failure;
    const tolerated = lost ? maxLosses : failure instanceof UserError && failure.mayPass ? maxUnknown : 0;
    const isLast = tolerated > 0 ? ++this.losses > tolerated : this.runs >= maxRuns || !mayHeal(failure);
    if (isLast && failure instanceof UserError) return this.ending('failed', failure.reason);
    if (tolerated > 0) this.runs = Math.max(0, this.runs - 1);
    this.failure = null;
    return null;
  }

  mayRead(snapshot: Snapshot): boolean {
    if (this.running) return false;
    const isLater = snapshot.takenAt >= this.readableFrom;
    if (!isLater) this.requestLook();
    return isLater;
  }

  /** @returns whether any step was done */
  skipDone(snapshot: Snapshot): boolean {
    const before = this.current;
    for (let step = this.step; step?.done(snapshot, this.desired); step = this.step) {
      const now = this.ports.now();
      this.phases.set(step.name, (this.phases.get(step.name) ?? 0) + now - this.phaseBegan);
      this.phaseBegan = now;
      this.current++;
      this.runs = 0;
      this.losses = 0;
    }
    return this.current > before;
  }

  /** Begins the first step by an earlier look, where that look says that it may. Anything else waits for a new look. */
  async beginAt(seen: Snapshot): Promise<void> {
    if (this.limits.signal.aborted || this.step?.done(seen, this.desired)) return;
    this.runOrWait(seen);
    await this.leaveAlone();
  }

  /** While an urgent step is at work, no look follows for a second. */
  async leaveAlone(): Promise<void> {
    if (this.running && this.step?.isUrgent) await Promise.race([this.running, pause(seldomMs, null, {ref: false})]);
  }

  /** Begins the current step where it may, or ends the run where nothing is left to wait for. */
  runOrWait(snapshot: Snapshot): Ending | null {
    const {step} = this;
    if (!step) return this.ending('done', null);
    const ended = this.judged(step, snapshot);
    if (ended || !step.run) return ended;
    if (this.runs >= maxRuns) return this.ending('failed', gaveUp(step.name, snapshot));
    const waitedMs = snapshot.takenAt - Math.max(this.phaseBegan, this.readableFrom);
    if (!step.holdBack?.(snapshot, this.desired, waitedMs)) this.begin(step, snapshot);
    return null;
  }

  /** The ending where a cause ends the run or the time is up; null: neither. */
  private judged(step: Step<Desired>, snapshot: Snapshot): Ending | null {
    const {limits} = this;
    const causes = limits.judge ? findCauses(snapshot) : [];
    const certain = causes.find((found) => found.certain && !limits.ignoresCause?.(found.cause));
    // The step itself may put the cause right, so a cause ends the run only where nothing is left to do but wait.
    if (certain && (!step.run || this.runs > 0)) return this.ending('failed', certain.cause);
    const forbidding = causes.find(({endsOperation, cause: {code}}) => endsOperation && code !== step.heals);
    if (forbidding) return this.ending('failed', forbidding.cause);
    const givenUp = limits.givesUp?.(snapshot) ?? null;
    if (givenUp) return this.ending('failed', givenUp);
    return this.isOver() ? this.ending('detached', causes[0]?.cause ?? timedOut(step.name, snapshot)) : null;
  }

  private isOver(): boolean {
    return this.ports.now() >= this.limits.deadline;
  }

  private begin(step: Step<Desired>, snapshot: Snapshot): void {
    this.runs++;
    this.running = this.act(step, snapshot)
      .then((note) => {
        if (note) this.notes.push(note);
      })
      .catch((error: unknown) => {
        this.failure = error instanceof Error ? error : new Error(String(error), {cause: error});
      })
      .finally(() => {
        this.running = null;
        this.readableFrom = this.ports.now();
        this.requestLook();
      });
  }

  /** Confirms the Lease first, because a run that slept and was taken for dead must not change anything any more. */
  private async act(step: Step<Desired>, snapshot: Snapshot): Promise<string | null> {
    try {
      if (this.limits.holdsLease) await this.ports.confirmLease();
    } catch (error) {
      if (this.noteEviction(error)) return null;
      throw error;
    }
    this.changed = true;
    return (await step.run?.(this.ports, this.desired, snapshot, this.limits.signal)) ?? null;
  }

  private readonly noteEviction = (error: unknown): boolean => {
    if (error instanceof UserError && error.reason.code === 'RELEASE_LOCKED') this.evicted = error.reason;
    return this.evicted !== null;
  };
}

/** The cluster did not answer; another try may reach it. */
export function isConnectionLoss(error: unknown): boolean {
  return error instanceof UserError && ['CONNECTION_LOST', 'CLUSTER_UNREACHABLE'].includes(error.reason.code);
}

/** Throws an error that is a bug, and ignores one of the cluster or the connection, which may fail at any time. */
export function rethrowBug(error: unknown): void {
  if (!(error instanceof UserError)) throw error;
}

/** The cluster answered, and does not do it: unlike a lost connection, nothing of it can have happened. */
export function isRefusal(error: unknown): boolean {
  return error instanceof UserError && !isConnectionLoss(error);
}

/** Ignores a refusal. A bug is thrown, and so is a lost connection, after which nobody knows what became of it. */
export function rethrowUnlessRefused(error: unknown): void {
  if (!isRefusal(error)) throw error;
}

/** Whether another try, after a new look, can put it right: helm was killed, or somebody else's helm was faster. */
function mayHeal(failure: Error): boolean {
  return failure instanceof UserError && ['RELEASE_LOCKED', 'CANCELLED'].includes(failure.reason.code);
}

function connectionLost({since, text}: Observation & {kind: 'lost'}): Cause {
  return cause('CONNECTION_LOST', 'The cluster does not answer any more. What was begun there goes on without us.', {
    firstSeen: new Date(since).toISOString(),
    evidence: [text],
    remedies: [{title: 'Run the same command again when the cluster answers: it goes on where it is', again: true}],
  });
}

function timedOut(step: string, {target}: Snapshot): Cause {
  return cause('TIMEOUT', `Time is up while waiting for: ${step}. Nothing was undone; the cluster goes on.`, {
    remedies: [
      propose('See how far it is', {
        kind: 'status',
        ...releaseRef(target),
        watch: false,
      }),
      {title: 'Wait longer: run the same command again, with a larger --timeout', again: true},
    ],
  });
}

function gaveUp(step: string, {target, ...snapshot}: Snapshot): Cause {
  const {newest} = viewOf({target, ...snapshot});
  return cause('TIMEOUT', `The step "${step}" was run ${maxRuns} times and is still not done.`, {
    evidence: newest ? [`helm revision ${newest.revision} is ${newest.status}: ${newest.description}`] : [],
    remedies: [
      propose('See what is there', {
        kind: 'doctor',
        ...releaseRef(target),
      }),
    ],
  });
}

function cancelled(snapshot: Snapshot | null): Cause {
  const newest = snapshot ? viewOf(snapshot).newest : null;
  const state = newest ? `Revision ${newest.revision} is ${newest.status}.` : 'There is no release yet.';
  return cause('CANCELLED', `Stopped on request. ${state} Nothing was undone.`, {
    remedies: [{title: 'Run the same command again: it goes on where it is', again: true}],
  });
}
