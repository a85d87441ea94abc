// The last act of the demo: the machine of the writer's node is switched off, a reader becomes the writer, and every
// row that had been acknowledged to the client is looked for.
import {noFaults, runningSandbox, sandboxFiles, setFaults, wordsOf, type Faults} from '@pg-helm-install/sandbox';
import {isGivenUp, othersOn, writerNode, type RowCount, type SteadyWrites} from '../../client/demo-release.ts';
import {ownCommand} from '../../commands/command-line.ts';
import type {RequestOf} from '../../commands/operation.ts';
import {UserError, cause} from '../../core/cause.ts';
import {clock} from '../../core/time.ts';
import {listed} from '../../observation/checks/messages.ts';
import type {FailoverResult, Plan} from '../../plan/progress.ts';
import type {Invocation} from '../command.ts';
import {askSandbox} from '../sandbox-cause.ts';
import type {Session} from '../session.ts';
import type {Keys} from './keys.ts';
import type {LiveLine} from './live-line.ts';
import {measured, measuredLine, say, secondsText, type Measured} from './measured.ts';
import {commandOf, toEnd} from './operation.ts';

export interface LostNode {
  readonly node: string;
  /** What the failover said is at risk. */
  readonly atRisk: FailoverResult['atRisk'] | null;
  /** Null: the new writer could not be asked. */
  readonly rows: RowCount | null;
}

interface Demo {
  readonly invocation: Invocation;
  readonly session: Session;
  readonly writes: SteadyWrites;
  readonly keys: Keys;
}

export const title = 'The machine of the writer goes off: a reader takes its place';
export const failover: RequestOf<'failover'> = {kind: 'failover', to: null, nodeIsOff: true};
/** The sandbox gives a silent node up after 5 seconds. */
const givenUpWithinMs = 60_000;

/** @returns null where no node was switched off, or the demo was ended before a reader took the role */
export async function loseNode(demo: Demo): Promise<{readonly step: Measured; readonly lostNode: LostNode} | null> {
  const {invocation, session, writes} = demo;
  say(invocation, ['', title]);
  const node = await writerNode(session);
  if (node === null) return null;
  const others = await othersOn(session, node);
  if (others.length > 0) {
    say(invocation, notShown(node, others));
    return null;
  }
  const {step, result} = await measured(invocation, 'failover', writes, (between) =>
    whileOff(invocation, node, between, () => replaced(demo, node, between)),
  );
  if (result === null) return null;
  const rows = await writes.count();
  say(invocation, [measuredLine(step, true), `  ${rows ? rowsText(rows) : 'The rows could not be counted.'}`]);
  return {step, lostNode: {node, atRisk: result.atRisk, rows}};
}

function notShown(node: string, others: readonly string[]): readonly string[] {
  const one = others.length === 1;
  return [
    `  It is left out: ${node} would take ${listed(others)} along, which ${one ? 'is' : 'are'} not of the demo.`,
    '  A sandbox of its own shows it:',
    `  PGHI_SANDBOX_FOLDER=/tmp/another-sandbox ${ownCommand('demo')}`,
  ];
}

/** Does the `work` while the node is off, and has everything as before afterwards, however the work ends. */
async function whileOff<T>(
  invocation: Invocation,
  node: string,
  between: LiveLine['between'],
  work: () => Promise<T>,
): Promise<T> {
  const files = sandboxFiles(invocation.environment);
  const before = (await runningSandbox(files))?.faults ?? noFaults;
  const set = async (faults: Faults) => {
    const words = wordsOf(faults);
    between(() => say(invocation, [`  $ ${ownCommand('sandbox', 'fault', ...(words.length > 0 ? words : ['none']))}`]));
    await askSandbox(() => setFaults(files, faults));
  };
  try {
    await set({...before, nodeOff: node});
    return await work();
  } finally {
    await set(before);
  }
}

/** @returns null where the demo was ended before a reader took the role */
async function replaced(
  {invocation, session, writes, keys}: Demo,
  node: string,
  between: LiveLine['between'],
): Promise<FailoverResult | null> {
  await givenUp(invocation, session, node);
  const silence = secondsText(writes.silentMs());
  between(() =>
    say(invocation, [
      `  ${node} is off, and the cluster has given it up. The last row was acknowledged ${silence} ago.`,
      `  $ ${commandOf(failover, session)}`,
    ]),
  );
  let isEnded = false;
  const confirm = async (plan: Plan) => {
    between(() => invocation.reporter.plan(plan));
    // Whoever wants to read the plan pauses here; it is part of the time without writes.
    isEnded = !(await keys.waitWhilePaused());
    return !isEnded;
  };
  try {
    return (await toEnd(invocation, session, failover, {between, confirm})).failover ?? null;
  } catch (error) {
    if (isEnded) return null;
    throw error;
  }
}

/** Waits until the cluster knows that the node does not answer. */
async function givenUp({signal}: Invocation, session: Session, node: string): Promise<void> {
  const deadline = clock.now() + givenUpWithinMs;
  for (;;) {
    if (await isGivenUp(session, node)) return;
    if (clock.now() > deadline)
      throw new UserError(cause('TIMEOUT', `${node} is off, and the sandbox still calls it Ready.`));
    signal.throwIfAborted();
    await new Promise((later) => setTimeout(later, 100));
  }
}

export function rowsText({acknowledged, missing, unanswered}: RowCount): string {
  const more =
    unanswered === 0 ? '' : ` ${unanswered} more ${unanswered === 1 ? 'is' : 'are'} there without an answer.`;
  if (missing === 0) return `${acknowledged} rows were acknowledged, and all of them are there.${more}`;
  const lost = `${acknowledged} rows were acknowledged, and ${missing} of them ${missing === 1 ? 'is' : 'are'} missing`;
  return `${lost}: the writer had sent ${missing === 1 ? 'it' : 'them'} to no reader when it went off.${more}`;
}
