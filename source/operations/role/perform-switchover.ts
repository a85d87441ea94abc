// The moments in which there is no writer: the writer stops, the reader that has its last record is promoted, and two
// volumes swap their claims. What comes next is judged by what the cluster shows, so that it can be interrupted
// anywhere and continued.
import {setTimeout as pause} from 'node:timers/promises';
import {cause, UserError, type Cause} from '../../core/cause.ts';
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {objectNames} from '../../chart/names.ts';
import {kubectl} from '../../commands/kubectl.ts';
import {object} from '../../observation/checks/messages.ts';
import {outOfServiceCommand} from '../../observation/role/failover.ts';
import type {Target} from '../../observation/snapshot.ts';
import type {SwitchoverPhase, SwitchoverRecord} from '../../observation/role/switchover.ts';
import {
  hasMovedSince,
  hasWriterEnded,
  isFenced,
  isSwitchedOver,
  isReaderThere,
  mayWriterStart,
  nextSwitchoverActions,
  type ObservedSwitchover,
} from '../../plan/switchover-actions.ts';
import type {Ports} from '../ports/index.ts';

/** The first answer of the writer after the move. */
export interface WriterAnswer {
  /** When it was first seen to take writes again, in milliseconds since the epoch; null: not yet. */
  answeredAt: number | null;
  /** The timeline of the WAL that it writes then. */
  timelineAfter: number | null;
}

/** What this run knows of the switchover. */
export interface SwitchoverRun extends WriterAnswer {
  record: SwitchoverRecord;
  /** Writes the record into the Lease, for a run that goes on with it. */
  readonly note: (record: SwitchoverRecord) => Promise<void>;
  /** Where the earlier writer's WAL ends, seen on the reader. */
  lastRecord: string | null;
  isPromoted: boolean;
  /** When the next writer might start, by now() of the ports; null: not yet. */
  writerMayStartAt: number | null;
  /** Why the earlier writer is the writer again; null: it is not. */
  wentBack: Cause | null;
}

/** Between two looks: short, because there is no writer meanwhile. */
const everyMs = 50;
/** The cluster needs some 50 ms from one half of a binding to the other. */
const bindingMs = 300;
/** Enough, because a writer that has ended has sent all its WAL, and the reader only has to replay it. */
const replayMs = 15_000;
/** After this long, volumes do not bind or a node is lost, and somebody has to see to it. */
const maxMs = 180_000;
/** A pod that starts as it should has its address by then. */
const holdReaderMs = 5_000;
/** A writer whose image has to be pulled takes longer, and is not waited for here. */
const answerMs = 30_000;
/** How often in a row the cluster may refuse or be silent. */
const maxFailures = 40;

/**
 * Ends when both claims have their volumes and the writer may start. It does not listen to a signal: nobody is helped
 * by a database without a writer.
 * @throws UserError where it cannot go on
 */
export async function performSwitchover(ports: Ports, run: SwitchoverRun): Promise<void> {
  const watch = new LastRecordWatch(ports, run);
  const bindings = new LateBindings(ports);
  let seen: ObservedSwitchover | null = null;
  await whileAway(ports, {
    async advance() {
      await ports.confirmLease();
      seen = await ports.observeSwitchover(run.record);
      return advanced(ports, run, {watch, bindings}, seen);
    },
    stuck: () => (seen && stuckOn(ports.target, seen)) ?? stuck(ports, run),
  });
  await waitForAnswer(ports, run);
}

interface WhileAway {
  /** One look, and what comes next. */
  readonly advance: () => Promise<'done' | 'acted' | 'waits'>;
  /** Why it did not end in time. */
  readonly stuck: () => Cause;
}

/** While there is no writer: looks and acts in turn, and tolerates a cluster that refuses or is silent for a while. */
export async function whileAway(ports: Ports, {advance, stuck: whyStuck}: WhileAway): Promise<void> {
  const deadline = ports.now() + maxMs;
  let failures = 0;
  for (;;) {
    if (ports.now() > deadline) throw new UserError(whyStuck());
    try {
      const how = await advance();
      if (how === 'done') return;
      if (how === 'waits') await pause(everyMs);
      failures = 0;
    } catch (error) {
      if (!(error instanceof UserError) || isEvicted(error) || ++failures > maxFailures) throw error;
      await pause(everyMs * 4);
    }
  }
}

/**
 * Waits until the writer acknowledges a commit, which ends the time without a writer. Later steps wait longer, by
 * looking at the cluster. `begin` is called as soon as the writer answers, because with synchronous readers a commit
 * waits for them.
 */
export async function waitForAnswer(
  ports: Ports,
  run: WriterAnswer,
  begin: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const pod = `${objectNames(ports.target).writer}-0`;
  const deadline = ports.now() + answerMs;
  let begun: Promise<void> | null = null;
  while (run.answeredAt === null && ports.now() < deadline) {
    const facts = await ports.serverFacts(pod);
    if (facts === null || facts.isReader) {
      await pause(everyMs);
      continue;
    }
    run.timelineAfter = facts.timeline;
    begun ??= begin();
    if (!facts.isSynchronous || (await ports.commits(pod, deadline - ports.now())))
      run.answeredAt = Math.round(ports.now());
  }
  await begun;
}

/** @throws UserError where the role has moved since the switchover was planned; nothing is changed then */
export async function assertNotMoved(ports: Ports, record: SwitchoverRecord): Promise<void> {
  if (hasMovedSince(await ports.observeSwitchover(record), record)) throw new UserError(movedMeanwhile(ports.target));
}

/**
 * @returns whether it is done, and whether anything was done now
 * @throws UserError where the role has moved since the switchover was planned; nothing is changed then
 */
async function advanced(
  ports: Ports,
  run: SwitchoverRun,
  {watch, bindings}: {readonly watch: LastRecordWatch; readonly bindings: LateBindings},
  state: ObservedSwitchover,
): Promise<'done' | 'acted' | 'waits'> {
  if (hasMovedSince(state, run.record)) throw new UserError(movedMeanwhile(ports.target));
  if (isSwitchedOver(state, run.record)) return 'done';
  if (run.record.phase === 'fence') await decide(ports, run, watch, state);
  if (mayWriterStart({state, record: run.record})) run.writerMayStartAt ??= ports.now();
  const heldMs = run.writerMayStartAt === null ? 0 : ports.now() - run.writerMayStartAt;
  const next = nextSwitchoverActions(state, run.record, {...run, holdsReader: heldMs < holdReaderMs});
  const actions = bindings.among(next);
  await Promise.all(
    actions.map(async (action) => {
      if (action.kind !== 'promote') return ports.applySwitchoverAction(action);
      await ports.promote(run.record.pod.name);
      run.isPromoted = true;
    }),
  );
  return actions.length > 0 ? 'acted' : 'waits';
}

/**
 * Goes forward when the reader has the writer's last record, back when it cannot get it, and neither before that is
 * known.
 */
async function decide(
  ports: Ports,
  run: SwitchoverRun,
  watch: LastRecordWatch,
  state: ObservedSwitchover,
): Promise<void> {
  if (!isReaderThere(state, run.record)) {
    await goBack(ports, run, `the pod ${run.record.pod.name} is not the one any more that had its volume`);
    return;
  }
  if (state.replicas === 0 && run.record.fencedAt === null)
    run.record = {...run.record, fencedAt: new Date(ports.now() - everyMs).toISOString()};
  if (!isFenced(state, run.record)) return;
  watch.begin();
  if (watch.hasLastRecord) return enter(run, 'promote');
  if (watch.waitedMs(hasWriterEnded(state)) > replayMs)
    await goBack(ports, run, `${run.record.pod.name} did not get the last record of the writer's WAL`);
}

async function goBack({target}: Ports, run: SwitchoverRun, why: string): Promise<void> {
  run.wentBack = cause(
    'REPLICA_BEHIND',
    `The writer's role of ${target.release} did not move: ${why}. The writer is the one that it was, with every row.`,
    {
      object: object('Pod', target, run.record.pod.name),
      remedies: [
        propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)}),
        {title: 'Run the same command again', again: true},
      ],
    },
  );
  await enter(run, 'back');
}

async function enter(run: SwitchoverRun, phase: SwitchoverPhase): Promise<void> {
  const record = {...run.record, phase};
  await run.note(record);
  run.record = record;
}

/**
 * A claim is touched only once its binding has been written half for longer than the cluster needs for the other half:
 * whoever writes to the claim in between makes the cluster's own write fail.
 */
export class LateBindings {
  private since: number | null = null;

  constructor(private readonly ports: Pick<Ports, 'now'>) {}

  /** The actions that may be done now. */
  among<Action extends {readonly kind: string}>(actions: readonly Action[]): readonly Action[] {
    const isTouch = ({kind}: Action) => kind === 'touch';
    this.since = actions.some(isTouch) ? (this.since ?? this.ports.now()) : null;
    const isLate = this.since !== null && this.ports.now() - this.since >= bindingMs;
    return isLate ? actions : actions.filter((action) => !isTouch(action));
  }
}

/** Asks the reader in the background, as soon as the writer is told to stop. */
class LastRecordWatch {
  hasLastRecord = false;
  private isAsking = false;
  /** Since when the writer has ended, by now() of the ports. */
  private endedAt: number | null = null;

  constructor(
    private readonly ports: Ports,
    private readonly run: SwitchoverRun,
  ) {}

  begin(): void {
    if (this.isAsking || this.hasLastRecord) return;
    this.isAsking = true;
    void this.ports
      .lastRecord(this.run.record.pod.name)
      .then((found) => {
        if (!found?.isShutdown) return;
        this.hasLastRecord = true;
        this.run.lastRecord = found.lsn;
      })
      .finally(() => {
        this.isAsking = false;
      });
  }

  waitedMs(hasEnded: boolean): number {
    if (!hasEnded) this.endedAt = null;
    else this.endedAt ??= this.ports.now();
    return this.endedAt === null ? 0 : this.ports.now() - this.endedAt;
  }
}

function isEvicted(error: unknown): boolean {
  return error instanceof UserError && error.reason.code === 'RELEASE_LOCKED';
}

/** The refusal where the writer's role is not where it was when the switchover was planned. */
export function movedMeanwhile(target: Target): Cause {
  return cause(
    'RELEASE_LOCKED',
    `Since this switchover of ${target.release} was planned, somebody has moved the writer's role, or has begun to. ` +
      'Nothing was changed.',
    {
      object: object('Release', target, target.release),
      remedies: [
        propose('See what is there', {kind: 'status', ...releaseRef(target), watch: false}),
        {title: 'Run the same command again: it starts from what is there now', again: true},
      ],
    },
  );
}

/**
 * The cause where the node of the earlier writer does not say that its pod has ended. Until it does, or somebody says
 * that the machine is off, two servers might have one volume. Null: it has ended.
 */
function stuckOn(target: Target, state: ObservedSwitchover): Cause | null {
  const {writerPod} = state;
  if (state.replicas !== 0 || !writerPod?.isDeleting || writerPod.hasEnded || writerPod.node === undefined) return null;
  const {node} = writerPod;
  const pod = `${objectNames(target).writer}-0`;
  return cause(
    'NODE_LOST',
    `The node ${node} has not said for ${maxMs / 1000} s that the pod ${pod} has ended: there is no writer, because ` +
      'nobody else may have its volume before that. What was begun stands in the Lease, and can be gone on with.',
    {
      object: object('Pod', target, pod),
      remedies: [
        {
          title: 'See how the node is; when it answers again, go on with the switchover',
          command: kubectl(target, 'describe', 'node', node),
        },
        {
          title: 'Only when the machine is certainly off: say so, and the pod counts as ended',
          command: outOfServiceCommand(target, node),
        },
        propose(
          'Then go on with it: the reader becomes the writer where it has every row. Otherwise everything is as it ' +
            'was, and a failover says first what would be lost',
          {kind: 'recover', ...releaseRef(target)},
        ),
      ],
    },
  );
}

function stuck({target}: Ports, {record}: SwitchoverRun): Cause {
  return cause(
    'TIMEOUT',
    `The volumes of ${target.release} did not change their claims in ${maxMs / 1000} s: there is no writer. What was ` +
      'begun stands in the Lease, and can be gone on with.',
    {
      object: object('PersistentVolumeClaim', target, record.writer.claim.name),
      remedies: [propose('Go on with it', {kind: 'recover', ...releaseRef(target)})],
    },
  );
}
