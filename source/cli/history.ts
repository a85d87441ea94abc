// history: every revision that helm still remembers.
import {historyOf, wayBackOf} from '../client/questions/history.ts';
import {historyLines} from '../observation/text/history-lines.ts';
import type {Run} from './command.ts';
import {openSession} from './session.ts';

export const runHistory: Run = async (invocation) => {
  const session = await openSession(invocation);
  const history = await historyOf(session);
  const {release, namespace, context} = session.target;
  const {revisions, roleMoves} = history;
  const {reach} = invocation;
  const wayBack = (await wayBackOf(session, history)).map(({title, command}) => ({
    title,
    command: command === undefined ? null : reach(command),
  }));
  invocation.reporter.answer({operation: 'history', release, namespace, context, revisions, roleMoves, wayBack}, () => [
    ...historyLines(history),
    ...wayBackLines(wayBack),
  ]);
  return 0;
};

/** How to go back behind the adoption: a rollback goes only to revisions of our own. */
function wayBackLines(steps: readonly {readonly title: string; readonly command: string | null}[]): readonly string[] {
  if (steps.length === 0) return [];
  const lines = steps.flatMap(({title, command}) => [`  ${title}:`, ...(command === null ? [] : [`    ${command}`])]);
  return ['', 'It was adopted. A rollback goes to revisions since then; this goes to what was there before:', ...lines];
}
