// demo: real operations on a release in the sandbox, one after the other, under a client that writes all the time.
import type {AskedOf, Operation, OperationKind} from '../commands/operation.ts';
import {begin} from '../client/begin.ts';
import {render} from '../commands/command-line.ts';
import {UserError, cause} from '../core/cause.ts';
import {wantsLines} from '../core/accessible.ts';
import {lookOf} from '../core/signs.ts';
import {clock} from '../core/time.ts';
import {sparkline} from '../observation/activity.ts';
import type {Result} from '../operations/progress.ts';
import {startSteadyWrites, type SteadyWrites} from '../postgres/steady-writes.ts';
import type {Invocation, Run} from './command.ts';
import {printLines} from './output/text/fit-lines.ts';
import {openSession, type Session} from './session.ts';

const release = 'demo';
const namespace = 'demo';

interface Step {
  /** The step in the words of a person who shows it. */
  readonly title: string;
  readonly asked: AskedOf<OperationKind>;
}

const steps: readonly Step[] = [
  {
    title: 'Install a writer and a reader',
    asked: {
      kind: 'install',
      valuesFile: null,
      answers: {
        ...{username: 'app', database: 'shop', readReplicaCount: 1, storageSize: '1Gi'},
        ...{memory: '256Mi', cpu: '100m', instanceType: 'any'},
      },
    },
  },
  {
    title: 'One more reader; the writer is not touched',
    asked: {kind: 'scale', readReplicas: 2, deleteVolumes: false},
  },
  {
    title: 'More memory and what follows from it: readers first, the writer once and last',
    asked: {kind: 'resize', sizes: {memory: '512Mi'}},
  },
  {title: 'A new password of the administrator; nobody is cut off', asked: {kind: 'rotate-password', role: 'admin'}},
  {title: 'A reader becomes the writer', asked: {kind: 'switchover', to: null}},
];

interface Told {
  readonly kind: string;
  readonly ms: number;
  /** The rows that the database acknowledged to the client during the operation. */
  readonly rows: number;
  /** The longest time that writes were out. */
  readonly longestGapMs: number;
}

export const runDemo: Run = async (invocation) => {
  const session = await openSession({
    ...invocation,
    release,
    options: {...invocation.options, namespace},
  });
  const keys = keysOf(invocation);
  const told: Told[] = [];
  let writes: SteadyWrites | null = null;
  try {
    await removeOld(invocation, session);
    for (const step of steps) {
      if (!(await keys.mayGoOn())) break;
      say(invocation, ['', `${step.title}`, `  $ ${commandOf(step, session)}`]);
      const one = await during(invocation, session, step, writes);
      told.push(one);
      say(invocation, [doneLine(one, writes !== null)]);
      writes ??= startSteadyWrites(await addressOf(session));
    }
    await keys.mayGoOn();
  } finally {
    await writes?.stop();
    keys.close();
    if (!invocation.signal.aborted) await removeOld(invocation, session);
    session.connection.api.close();
  }
  const {context} = session.target;
  invocation.reporter.tell({operation: 'demo', outcome: 'succeeded', release, namespace, context, steps: told}, () => [
    '',
    ...summary(invocation, told),
  ]);
  return 0;
};

/** Removes what an earlier, killed demo left, or what this one has made. */
async function removeOld(invocation: Invocation, session: Session): Promise<void> {
  const {release: seen, operation} = await session.ports.look();
  if (seen.revisions.length === 0 && !operation) return;
  say(invocation, ['', 'Removing the demo, with its data.']);
  await toEnd(
    invocation,
    session,
    operationOf({kind: 'uninstall', deleteData: true, dumpTo: null}, session),
    () => undefined,
  );
}

async function during(
  invocation: Invocation,
  session: Session,
  {asked}: Step,
  writes: SteadyWrites | null,
): Promise<Told> {
  writes?.taken();
  const began = clock.now();
  const line = liveLine(invocation, writes);
  try {
    await toEnd(invocation, session, operationOf(asked, session), line.between);
    // The client may still be waiting for its next row to be acknowledged.
    const patience = clock.now() + 5000;
    while (writes && writes.silentMs() > 100 && clock.now() < patience)
      await new Promise((done) => setTimeout(done, 20));
  } finally {
    line.close();
  }
  const taken = writes?.taken() ?? {rows: 0, longestGapMs: 0};
  return {kind: asked.kind, ms: clock.now() - began, ...taken};
}

/** Runs an operation to its end. @throws UserError with the cause of one that did not end well */
async function toEnd(
  invocation: Invocation,
  session: Session,
  operation: Operation,
  between: (write: () => void) => void,
): Promise<Result> {
  const {signal, reporter} = invocation;
  const running = begin(operation, invocation, session, {dryRun: false, password: null, confirm: null, signal});
  for (;;) {
    const step = await running.next();
    if (!step.done) {
      between(() => reporter.progress(step.value));
      continue;
    }
    const {outcome, cause: reason} = step.value;
    if (['succeeded', 'unchanged'].includes(outcome)) return step.value;
    throw new UserError(reason ?? cause('CANCELLED', 'The demo was stopped.'));
  }
}

async function addressOf({ports}: Session): Promise<Parameters<typeof startSteadyWrites>[0]> {
  const [{statusOf}, passwords] = await Promise.all([import('../client/status.ts'), ports.passwords()]);
  const status = statusOf(await ports.look());
  const writer = status?.endpoints?.writer;
  if (!writer?.host || !passwords)
    throw new UserError(cause('ENDPOINT_UNPROVEN', 'The writer of the demo has no address on this machine.'));
  return {host: writer.host, port: writer.port, username: 'app', database: 'shop', password: passwords.user};
}

function operationOf(asked: AskedOf<OperationKind>, {target: {context}}: Pick<Session, 'target'>): Operation {
  return {...asked, release, namespace, context};
}

function commandOf({asked}: Step, session: Session): string {
  return render(operationOf(asked, session), {kubeconfig: null, sandbox: true});
}

/** A line below the report that is rewritten again and again: how writing goes right now. */
function liveLine({stderr, output, environment}: Invocation, writes: SteadyWrites | null) {
  const repaints = stderr.isTTY === true && environment['TERM'] !== 'dumb' && !wantsLines(environment, false);
  const isLive = writes !== null && output === 'text' && repaints;
  if (!isLive) return {between: (write: () => void) => write(), close: () => undefined};
  const {unicode} = lookOf(environment, true, false);
  let silences: readonly number[] = [];
  const clear = () => void stderr.write('\r\u001b[K');
  const draw = () => {
    silences = [...silences, writes.silentMs()].slice(-30);
    const last = `${(writes.silentMs() / 1000).toFixed(2)} s ago`;
    stderr.write(`\r\u001b[K  writing: ${writes.rows()} rows, the last ${last} ${sparkline(silences, 30, unicode)}`);
  };
  const timer = setInterval(draw, 100);
  return {
    between: (write: () => void) => {
      clear();
      write();
    },
    close: () => {
      clearInterval(timer);
      clear();
    },
  };
}

/** Reads the keys: space pauses before the next step, q ends the demo. */
function keysOf({stdin, stdout, output, signal}: Invocation) {
  let [paused, ended] = [false, false];
  const isTerminal = output === 'text' && stdin.isTTY === true && stdout.isTTY === true;
  const onData = (data: Buffer) => {
    const text = data.toString();
    if (text === ' ') paused = !paused;
    if (text === 'q') ended = true;
    if (text === '\u0003') process.kill(process.pid, 'SIGINT');
  };
  if (isTerminal) {
    stdin.setRawMode(true);
    stdin.on('data', onData);
    stdout.write('Space pauses before the next step, q ends the demo.\n');
  }
  return {
    async mayGoOn(): Promise<boolean> {
      if (paused && !ended) stdout.write('Paused: space goes on.\n');
      while (paused && !ended && !signal.aborted) await new Promise((later) => setTimeout(later, 50));
      signal.throwIfAborted();
      return !ended;
    },
    close() {
      if (!isTerminal) return;
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}

function doneLine({ms, rows, longestGapMs}: Told, wasWriting: boolean): string {
  const took = `  ${(ms / 1000).toFixed(1)} s`;
  return wasWriting
    ? `${took}; ${rows} rows written meanwhile, writes were out for ${gapText(longestGapMs)} at most`
    : took;
}

function gapText(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function summary({environment}: Invocation, told: readonly Told[]): string[] {
  const {unicode} = lookOf(environment, true, false);
  const measured = told.slice(1);
  return [
    'What the client noticed:',
    ...measured.map(
      ({kind, longestGapMs}) => `  ${kind.padEnd(16)} writes out for ${gapText(longestGapMs).padStart(7)} at most`,
    ),
    ...(measured.length > 1
      ? [
          `  ${sparkline(
            measured.map(({longestGapMs}) => longestGapMs),
            measured.length,
            unicode,
          )}`,
        ]
      : []),
    'Nothing is left of the demo. The sandbox runs on, for yourself:',
    '  pg-helm-install --sandbox',
    'Without a trace it goes by:',
    '  pg-helm-install sandbox down --delete',
  ];
}

function say({output, stdout}: Invocation, lines: readonly string[]): void {
  if (output === 'text') printLines(stdout, lines);
}
