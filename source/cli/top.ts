// top: shows what the writer is doing, as screens on a terminal, else as lines or events; can end a session that it
// shows.
import {activityLine, seconds, sessionSeconds, waitText} from '../observation/text/activity-text.ts';
import {activityData, withActivity, type Activity, type DatabaseSession} from '../observation/activity.ts';
import {plain} from '../observation/text/plain-text.ts';
import {badInput, cause, UserError} from '../core/cause.ts';
import {propose, template} from '../commands/command-line.ts';
import {releaseRef, type ReleaseRef} from '../commands/operation.ts';
import {activityOf, endSession, assertReleaseThere, sessionsOf} from '../client/questions/activity.ts';
import type {Invocation, Run} from './command.ts';
import {ask, isOnTerminal, assertConfirmable} from './confirm.ts';
import {addsLines} from './options.ts';
import {printLines} from './output/text/fit-lines.ts';
import {closeSession, openSession, text, timeoutOf, type Session} from './session.ts';
import {endOfWatching} from './stopped.ts';

export const runTop: Run = async (invocation) => {
  const {options} = invocation;
  // A line takes longer than a second to be read aloud.
  const everyMs = timeoutOf({timeout: text(options['every']) ?? (addsLines(invocation) ? '10s' : '1s')});
  const count = countOf(invocation);
  const ends = endOf(invocation);
  if (ends) return endOne(invocation, ends);
  if (drawsScreens(invocation)) {
    const {openScreens} = await import('./wizard.ts');
    return openScreens(invocation, {release: invocation.release, opens: 'top'});
  }
  const session = await openSession(invocation);
  await assertReleaseThere(session);
  return watch(invocation, session, {everyMs, count});
};

/** Screens are drawn on a terminal, unless lines were asked for. */
function drawsScreens(invocation: Invocation): boolean {
  const {options, environment} = invocation;
  const isForScreens = environment['TERM'] !== 'dumb' && text(options['count']) === null;
  return isOnTerminal(invocation) && isForScreens && !addsLines(invocation);
}

/** Reports as many rates as are asked for; each needs two looks. */
async function watch(
  invocation: Invocation,
  session: Session,
  {everyMs, count}: {readonly everyMs: number; readonly count: number},
): Promise<number> {
  const {output, reporter, signal} = invocation;
  const stop = new AbortController();
  const tell = outputOf(invocation);
  if (output === 'text' && addsLines(invocation))
    printLines(invocation.stdout, [`A line comes every ${Math.round(everyMs / 1000)} s. Ctrl-C ends it.`]);
  let seen: readonly Activity[] = [];
  let told = 0;
  for await (const next of activityOf(session, AbortSignal.any([signal, stop.signal]), everyMs)) {
    if ('lost' in next) {
      // A script that wants one answer is not kept waiting for a connection.
      if (output === 'json') throw noAnswer(session.target, next.lost);
      tell.lost(next.lost);
      continue;
    }
    seen = withActivity(seen, next);
    if (seen.length < 2) continue;
    told += 1;
    tell.seen(seen);
    if (told >= count) stop.abort();
  }
  closeSession(session);
  const {release, namespace, context} = session.target;
  const data = output === 'json' ? lastOf(seen) : {};
  const {code, said} = endOfWatching(signal);
  if (output !== 'text') reporter.answer({operation: 'top', ...said, release, namespace, context, ...data}, () => []);
  return code;
}

/** Prints a line or an event for each look; a lack of answers is reported once. */
function outputOf({output, reporter, stdout}: Invocation) {
  let isLost = false;
  return {
    lost(why: string) {
      if (!isLost && output === 'text') stdout.write(`no answer: ${plain(why)}\n`);
      isLost = true;
    },
    seen(activities: readonly Activity[]) {
      isLost = false;
      if (output === 'text') printLines(stdout, [activityLine(activities)]);
      if (output === 'ndjson') reporter.event({type: 'activity', ...lastOf(activities)});
    },
  };
}

function lastOf(activities: readonly Activity[]): object {
  const [before, after] = activities.slice(-2);
  return before && after ? activityData(before, after) : {};
}

function countOf({options, output}: Invocation): number {
  const given = text(options['count']);
  if (given === null) return output === 'json' ? 1 : Infinity;
  const count = Number(given);
  if (!Number.isInteger(count) || count < 1) throw badInput('--count: use a whole number from 1.');
  return count;
}

interface Ends {
  readonly pid: number;
  readonly what: 'query' | 'session';
}

/** What is to be ended; null: nothing. @throws UserError BAD_INPUT */
function endOf(invocation: Invocation): Ends | null {
  const given = {query: text(invocation.options['cancel']), session: text(invocation.options['terminate'])};
  if (given.query !== null && given.session !== null) throw badInput('--cancel and --terminate exclude each other.');
  const what = given.query === null ? 'session' : 'query';
  const said = given[what];
  if (said === null) return null;
  const pid = Number(said);
  if (!Number.isInteger(pid) || pid < 1)
    throw badInput(`--${what === 'query' ? 'cancel' : 'terminate'}: "${said}" is no pid.`);
  assertConfirmable(invocation);
  return {pid, what};
}

/** Shows the session, asks, and ends exactly that session, never a later one with the same pid. */
async function endOne(invocation: Invocation, {pid, what}: Ends): Promise<number> {
  const opened = await openSession(invocation);
  const {target} = opened;
  const sessions = await sessionsOf(opened);
  if (!sessions) throw noAnswer(target, 'the writer does not answer');
  const session = sessions.find((one) => one.pid === pid);
  if (!session)
    throw badInput(`The writer of ${target.release} has no session ${pid} of a client.`, [
      {title: 'See which there are', command: template('top', releaseRef(target), '')},
    ]);
  if (invocation.options['yes'] !== true) printLines(invocation.stdout, sessionLines(session));
  const does =
    what === 'query' ? 'Cancel what it runs?' : 'End this session? What it has not committed is rolled back.';
  const isWanted = await ask(invocation, does);
  const ended = isWanted ? await endSession(opened, session, what) : 'left';
  closeSession(opened);
  const outcome = ended === 'asked' ? 'succeeded' : ended === 'refused' ? 'failed' : 'unchanged';
  const {release, namespace, context} = target;
  invocation.reporter.answer({operation: 'top', outcome, release, namespace, context, pid, ended}, () => [
    endedText(pid, what, ended),
  ]);
  return ended === 'refused' ? 1 : 0;
}

function endedText(pid: number, what: Ends['what'], ended: 'asked' | 'gone' | 'refused' | 'left'): string {
  switch (ended) {
    case 'asked':
      return `Session ${pid} was asked to ${what === 'query' ? 'cancel what it runs' : 'end'}.`;
    case 'gone':
      return `Session ${pid} is no more.`;
    case 'refused':
      return `The server did not do it: session ${pid} goes on.`;
    case 'left':
      return `Session ${pid} was left alone.`;
  }
}

function sessionLines(session: DatabaseSession): string[] {
  const {pid, user, database, application, client, state, query} = session;
  const waits = waitText(session);
  const from = `${client}${application ? ` · ${plain(application)}` : ''}`;
  return [
    `session ${pid} · ${plain(user)} on ${plain(database)} from ${from}`,
    `${state} for ${seconds(sessionSeconds(session))}${waits ? ` · ${waits}` : ''}`,
    `  ${plain(query).replace(/\s+/g, ' ').trim()}`,
  ];
}

function noAnswer(target: ReleaseRef, why: string): UserError {
  return new UserError(
    cause('ENDPOINT_UNPROVEN', `The writer of ${target.release} does not say what it is doing.`, {
      evidence: [plain(why)],
      remedies: [propose('See how the release is', {kind: 'status', ...releaseRef(target), watch: false})],
    }),
  );
}
