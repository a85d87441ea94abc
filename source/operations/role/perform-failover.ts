// The moments in which a writer that is lost is replaced: it is cut off, the reader with the most WAL is promoted, and
// its volume becomes the writer's. What comes next is judged by what the cluster shows, so that it can be interrupted
// anywhere and continued.
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {objectNames} from '../../chart/names.ts';
import {cause, UserError, type Cause} from '../../core/cause.ts';
import {kubectl} from '../../commands/kubectl.ts';
import {object} from '../../observation/checks/messages.ts';
import {isAhead, mostWal, mostWalOutside, onWritersTimeline} from '../../observation/checks/reader-to-promote.ts';
import {closedNodes} from '../../observation/checks/writer-place.ts';
import type {FailoverPhase, FailoverRecord, ReaderPosition} from '../../observation/role/failover.ts';
import type {Target} from '../../observation/snapshot.ts';
import {
  hasMovedSince,
  isStopped,
  isFailedOver,
  nextFailoverActions,
  type ObservedFailover,
} from '../../plan/failover-actions.ts';
import {LateBindings, waitForAnswer, whileAway, type WriterAnswer} from './perform-switchover.ts';
import type {Ports} from '../ports/index.ts';

/** What this run knows of the failover. */
export interface FailoverRun extends WriterAnswer {
  record: FailoverRecord;
  /** Writes the record into the Lease, for a run that goes on with it. */
  readonly note: (record: FailoverRecord) => Promise<void>;
  /** The uid of the pod that was promoted. */
  promoted: string | null;
  /** Where the readers stood when one of them was chosen; empty: another run chose. */
  positions: readonly ReaderPosition[];
  /** Why the earlier writer may be the writer again; null: it is not. */
  wentBack: Cause | null;
}

/** How long a container may take to end, or readers to answer, before everything is put back as it was. */
const timeoutMs = 30_000;

/**
 * Ends when the writer's claim has the reader's volume and the writer may start. It does not listen to a signal:
 * nobody is helped by a database without a writer.
 * @throws UserError where it cannot go on
 */
export async function performFailover(ports: Ports, run: FailoverRun): Promise<void> {
  const began = ports.now();
  // A promoted reader is shut down before it starts as the writer, and a shutdown writes the whole cache to disk. What
  // is on the disk by then does not delay it.
  if (run.record.phase === 'fence') for (const pod of Object.keys(run.record.readers)) void ports.checkpointOn(pod);
  const promotion = new Promotion(ports, run);
  const bindings = new LateBindings(ports);
  let isRefused = false;
  try {
    await whileAway(ports, {
      async advance() {
        const how = await advanced(ports, run, {promotion, bindings}, began);
        isRefused = how === 'refused';
        return how === 'refused' ? 'done' : how;
      },
      stuck: () => stuck(ports, run),
    });
  } finally {
    promotion.stop();
  }
  if (isRefused) throw new UserError(roleMoved(ports.target));
  if (run.record.phase !== 'promote') return;
  await waitForAnswer(ports, run, () => wakeReaders(ports, run.record));
}

/**
 * A reader that was just connecting to the address of the earlier writer would wait there for minutes, so its attempt
 * is ended.
 */
async function wakeReaders(ports: Ports, {readers, pod: promoted}: FailoverRecord): Promise<void> {
  const others = Object.keys(readers).filter((pod) => pod !== promoted);
  await Promise.all(
    others.map(async (pod) => {
      const position = await ports.readerPosition(pod);
      if (position?.receiver === null) await ports.endReceiver(pod);
    }),
  );
}

/** @returns whether it is done, and whether anything was done now; `refused`: nothing may be changed */
async function advanced(
  ports: Ports,
  run: FailoverRun,
  {promotion, bindings}: {readonly promotion: Promotion; readonly bindings: LateBindings},
  began: number,
): Promise<'done' | 'acted' | 'waits' | 'refused'> {
  promotion.assertNotFailed();
  await ports.confirmLease();
  const state = await ports.observeFailover(run.record);
  if (isFailedOver(state, run.record)) return 'done';
  if (hasMovedSince(state, run.record)) return 'refused';
  if (run.record.phase === 'fence') await decide(ports, run, state, ports.now() - began);
  const actions = bindings.among(nextFailoverActions(state, run.record, run));
  await Promise.all(
    actions.map(async (action) => {
      if (action.kind === 'fence') await fence(ports, run, action.host);
      else if (action.kind === 'promote') promotion.begin(state);
      else await ports.applyFailoverAction(action);
    }),
  );
  // A promotion that is all that is left is waited for, so that one that always fails ends the run with its reason.
  if (actions.length === 0) return 'waits';
  if (actions.every(({kind}) => kind === 'promote')) await promotion.ended();
  return 'acted';
}

/** Goes on in the background, while the claims are prepared. It ends with the run. */
class Promotion {
  private running: Promise<void> | null = null;
  private failure: Error | null = null;
  private isStopped = false;

  constructor(
    private readonly ports: Ports,
    private readonly run: FailoverRun,
  ) {}

  begin(state: ObservedFailover): void {
    this.running ??= this.promote(state)
      .catch((error: unknown) => {
        this.failure = error instanceof Error ? error : new Error(String(error), {cause: error});
      })
      .finally(() => {
        this.running = null;
      });
  }

  /** @throws what it failed with */
  async ended(): Promise<void> {
    await this.running;
    this.assertNotFailed();
  }

  /** @throws what it failed with, once; it may be begun again */
  assertNotFailed(): void {
    const {failure} = this;
    this.failure = null;
    if (failure) throw failure;
  }

  /** A promotion that is still being prepared promotes nobody. */
  stop(): void {
    this.isStopped = true;
  }

  private async promote({readerPod}: ObservedFailover): Promise<void> {
    const {ports, run} = this;
    const {pod, readers} = run.record;
    if (pod === null || readerPod === null) return;
    // Readers that stream by slots find these in the new writer; a reader that is copied again makes its own.
    const others = Object.keys(readers).filter((name) => name !== pod);
    const slots = await Promise.all(others.map(async (name) => (await positionOf(ports, run, name))?.slot ?? ''));
    // The machine may have slept while the readers were asked, and somebody else may have taken the failover over.
    await ports.confirmLease();
    if (this.isStopped) return;
    await ports.promote(
      pod,
      slots.filter((slot) => slot !== ''),
    );
    run.promoted = readerPod.uid;
  }
}

/**
 * Stops the earlier writer from any reader that can. It is fenced once it answers none of them; it will not answer when
 * it is started again either.
 */
async function fence(ports: Ports, run: FailoverRun, host: string): Promise<void> {
  const pods = Object.keys(run.record.readers);
  let isTold = run.record.fence?.isTold === true;
  for (const pod of pods) isTold ||= await ports.stopFrom(pod, host);
  const answers = await Promise.all(pods.map((pod) => ports.answerFrom(pod, host)));
  const isSilent = answers.includes('no response') && answers.every((said) => said === 'no response' || said === null);
  // A server that still takes connections is told again.
  await noted(run, {
    ...run.record,
    fence: {
      ...run.record.fence,
      host,
      isTold: isTold && !answers.includes('accepting connections'),
      isDone: isTold && isSilent,
    },
  });
}

async function positionOf(ports: Ports, {positions}: FailoverRun, pod: string): Promise<ReaderPosition | null> {
  return positions.find((one) => one.pod === pod) ?? ports.readerPosition(pod);
}

/**
 * Chooses the reader with the most WAL once the earlier writer has ended, because what readers have stands still then.
 */
async function decide(ports: Ports, run: FailoverRun, state: ObservedFailover, waitedMs: number): Promise<void> {
  const {record} = run;
  // A writer that took the word to stop listens to nobody when it starts again, however long it needs for its end. So
  // the failover has to go on. One that still takes connections has not taken it: see `fence`.
  const mayGoBack = record.fence?.isTold !== true;
  const hasStopped = isStopped(state, record);
  if (hasStopped) {
    const {positions, furthest, chosen, closed} = await chooseAgain(ports, record);
    const next = chosen ?? (mayGoBack ? null : furthest);
    if (next) {
      run.positions = positions;
      const atRisk = await atRiskAfterStop(ports, record, next);
      return enter(run, 'promote', next, atRisk);
    }
    if (furthest) return goBack(ports, run, nodeClosed(ports.target, furthest.pod, closed[furthest.pod] ?? ''));
  }
  if (waitedMs > timeoutMs && mayGoBack)
    await goBack(ports, run, hasStopped ? nobodyAnswered(ports.target) : notEnded(ports.target));
}

interface Choice {
  /** Where each reader is that answers. */
  readonly positions: readonly ReaderPosition[];
  /** The one with the most WAL; null: none answers. */
  readonly furthest: ReaderPosition | null;
  /** The one with the most WAL, or one of those that have as much, whose node takes the writer; null: there is none. */
  readonly chosen: ReaderPosition | null;
  /** The nodes that take no pods, by the readers that are bound to them. */
  readonly closed: Readonly<Record<string, string>>;
}

async function chooseAgain(ports: Ports, record: FailoverRecord): Promise<Choice> {
  const {readers, to, timeline} = record;
  const [found, closed] = await Promise.all([
    Promise.all(Object.keys(readers).map((pod) => ports.endReceiver(pod))),
    closedOf(ports, record),
  ]);
  const positions = found.filter((position) => position !== null);
  const able = to === null ? onWritersTimeline(positions, timeline) : positions;
  const chosen = mostWalOutside(able, to, Object.keys(closed));
  return {positions, furthest: mostWal(able, to), chosen, closed};
}

/** The nodes that take no pods any more, by the pods of the readers whose volumes are bound to them. */
async function closedOf(ports: Ports, {nodes = {}}: FailoverRecord): Promise<Readonly<Record<string, string>>> {
  const seen = await ports.nodes([...new Set(Object.values(nodes))]);
  // Which taints keep the writer away was looked at before.
  const closed = closedNodes(seen, {tolerations: [{operator: 'Exists'}]});
  return Object.fromEntries(Object.entries(nodes).filter(([, node]) => closed.includes(node)));
}

/** `why` is told as the cause of the failure. */
async function goBack(ports: Ports, run: FailoverRun, why: Cause): Promise<void> {
  const {fence: open, readers} = run.record;
  if (open) await Promise.all(Object.keys(readers).map((reader) => ports.unstopFrom(reader, open.host)));
  run.wentBack = why;
  await enter(run, 'back', null);
}

function nodeClosed(target: Target, pod: string, node: string): Cause {
  return cause(
    'UNSCHEDULABLE',
    `The writer of ${target.release} would have to run on ${node}, where the volume of ${pod} is, and since the ` +
      'failover began that node takes no pods. Everything is as it was.',
    {
      object: object('Pod', target, pod),
      remedies: [
        {title: `Let ${node} take pods again`, command: kubectl(target, 'uncordon', node)},
        {title: 'Then run the same command again', again: true},
      ],
    },
  );
}

function nobodyAnswered(target: Target): Cause {
  return cause(
    'NO_READER_TO_PROMOTE',
    `No reader of ${target.release} answered when one was to become the writer. Everything is as it was.`,
    {
      object: object('StatefulSet', target, objectNames(target).reader),
      remedies: [{title: 'Run the same command again when one answers', again: true}],
    },
  );
}

function notEnded(target: Target): Cause {
  const pod = `${objectNames(target).writer}-0`;
  return cause(
    'NOT_FENCED',
    `The pod ${pod} was told to stop and its node did not say that it has: its database may run still. Everything is ` +
      'as it was.',
    {
      object: object('Pod', target, pod),
      remedies: [{title: 'Run the same command again: the node may be seen to be lost by then', again: true}],
    },
  );
}

/**
 * A database that is told to stop sends its readers all that it has, and its last record is that of its shutdown. A
 * reader that lacks it was cut off before, so it may lack what the writer acknowledged.
 */
async function atRiskAfterStop(
  ports: Ports,
  {atRisk, fence}: FailoverRecord,
  {pod, bytes}: ReaderPosition,
): Promise<FailoverRecord['atRisk']> {
  if (!fence || !atRisk.isCovered) return atRisk;
  const last = await ports.lastRecord(pod).catch(() => null);
  if (last?.isShutdown === true) return atRisk;
  return {...atRisk, bytes: Math.max(atRisk.bytes, (fence.bytes ?? 0) - bytes), isCovered: false};
}

async function enter(
  run: FailoverRun,
  phase: FailoverPhase,
  chosen: ReaderPosition | null,
  atRisk = run.record.atRisk,
): Promise<void> {
  const ahead = run.positions.filter((one) => chosen && isAhead(one, chosen)).map(({pod}) => pod);
  await noted(run, {...run.record, phase, pod: chosen?.pod ?? null, ahead, atRisk});
}

async function noted(run: FailoverRun, record: FailoverRecord): Promise<void> {
  await run.note(record);
  run.record = record;
}

function roleMoved(target: Target): Cause {
  return cause(
    'WRITER_HEALTHY',
    `The writer's role of ${target.release} has moved since this failover was planned: another one is the writer ` +
      'now. Nothing was changed.',
    {
      object: object('Pod', target, `${objectNames(target).writer}-0`),
      remedies: [
        propose('See what is there', {kind: 'status', ...releaseRef(target), watch: false}),
        {title: 'Should that writer be lost as well: run the same command again', again: true},
      ],
    },
  );
}

function stuck({target}: Ports, {record}: FailoverRun): Cause {
  return cause(
    'TIMEOUT',
    `No reader of ${target.release} could take the writer's role in time: there is no writer. What was begun stands ` +
      'in the Lease, and can be gone on with.',
    {
      object: object('PersistentVolumeClaim', target, record.writer.claim.name),
      remedies: [propose('Go on with it', {kind: 'recover', ...releaseRef(target)})],
    },
  );
}
