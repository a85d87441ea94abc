// demo: real operations on a release in the sandbox, one after the other, under a client that writes all the time. The
// last of them replaces a writer whose node is switched off.
import {runningSandbox, sandboxFiles, setFaults} from '@pg-helm-install/sandbox';
import {beginWrites, demoLeft, removeKeptVolumes, type SteadyWrites} from '../../client/demo-release.ts';
import {ownCommand} from '../../commands/command-line.ts';
import type {RequestOf, OperationKind} from '../../commands/operation.ts';
import type {Invocation, Run} from '../command.ts';
import {askSandbox} from '../sandbox-cause.ts';
import {closeSession, openSession, type Session} from '../session.ts';
import {readKeys, type Keys} from './keys.ts';
import {loseNode, rowsText, type LostNode} from './lost-node.ts';
import {measured, measuredLine, say, secondsText, type Measured} from './measured.ts';
import {commandOf, namespace, release, toEnd} from './operation.ts';

interface Step {
  /** The step in the words of a person who shows it. */
  readonly title: string;
  readonly asked: RequestOf<OperationKind>;
}

export const steps: readonly Step[] = [
  {
    title: 'Install a writer and a reader',
    asked: {
      kind: 'install',
      valuesFile: null,
      answers: {
        username: 'app',
        database: 'shop',
        readReplicaCount: 1,
        storageSize: '1Gi',
        memory: '256Mi',
        cpu: '100m',
        instanceType: 'any',
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
  readonly steps: readonly Measured[];
  /** Null: no node was switched off. */
  readonly lostNode: LostNode | null;
}

export const runDemo: Run = async (invocation) => {
  const session = await openSession({
    ...invocation,
    release,
    options: {...invocation.options, namespace},
  });
  // A question about helm needs the terminal for itself, so it comes before the keys.
  await session.helmProgram();
  const keys = readKeys(invocation);
  let told: Told = {steps: [], lostNode: null};
  try {
    await remove(invocation, session, {isEarlier: true});
    told = await playDemo(invocation, session, keys);
  } finally {
    keys.close();
    if (!invocation.signal.aborted) await remove(invocation, session, {isEarlier: false});
    closeSession(session);
  }
  const {context} = session.target;
  const {lostNode} = told;
  invocation.reporter.tell(
    {operation: 'demo', outcome: 'succeeded', release, namespace, context, steps: told.steps, lostNode},
    () => ['', ...summary(told)],
  );
  return 0;
};

/** Shows the steps until the last one has ended or a person has seen enough. */
async function playDemo(invocation: Invocation, session: Session, keys: Keys): Promise<Told> {
  const told: Measured[] = [];
  let writes: SteadyWrites | null = null;
  try {
    for (const {title, asked} of steps) {
      if (!(await keys.waitWhilePaused())) return {steps: told, lostNode: null};
      say(invocation, ['', title, `  $ ${commandOf(asked, session)}`]);
      const {step} = await measured(invocation, asked.kind, writes, (between) =>
        toEnd(invocation, session, asked, {between, confirm: null}),
      );
      told.push(step);
      say(invocation, [measuredLine(step, writes !== null)]);
      writes ??= await beginWrites(session);
    }
    const lost = writes && (await keys.waitWhilePaused()) ? await loseNode({invocation, session, writes, keys}) : null;
    await keys.waitWhilePaused();
    return lost ? {steps: [...told, lost.step], lostNode: lost.lostNode} : {steps: told, lostNode: null};
  } finally {
    await writes?.stop();
  }
}

/** Removes what this demo has made, or what an earlier one left that was killed. */
async function remove(
  invocation: Invocation,
  session: Session,
  {isEarlier}: {readonly isEarlier: boolean},
): Promise<void> {
  const left = await demoLeft(session);
  if (!left.release && !left.volumes) return;
  say(invocation, ['', 'Removing the demo, with its data.']);
  if (isEarlier) await switchOn(invocation);
  if (left.release)
    await toEnd(
      invocation,
      session,
      {kind: 'uninstall', deleteData: true, dumpTo: null},
      {between: () => undefined, confirm: null},
    );
  await removeKeptVolumes(session);
}

/** A demo that was killed may have left a node off, and what runs there could not be removed. */
async function switchOn({environment}: Invocation): Promise<void> {
  const files = sandboxFiles(environment);
  const record = await runningSandbox(files);
  if (record && record.faults.nodeOff !== null)
    await askSandbox(() => setFaults(files, {...record.faults, nodeOff: null}));
}

export function summary({steps: told, lostNode}: Told): string[] {
  return [
    'What the client noticed:',
    ...told
      .slice(1)
      .map(
        ({kind, longestGapMs}) =>
          `  ${kind.padEnd(16)} writes out for ${secondsText(longestGapMs).padStart(7)} at most`,
      ),
    ...(lostNode?.rows ? [`  ${rowsText(lostNode.rows)}`] : []),
    'Nothing is left of the demo. The sandbox runs on, for yourself:',
    '  pg-helm-install --sandbox',
    'Without a trace it goes by:',
    `  ${ownCommand('sandbox', 'down', '--delete')}`,
  ];
}
