// history: every revision that helm still remembers.
import {postgresVersionOf} from '../chart/image.ts';
import {readCredentials} from '../cluster/credentials.ts';
import {ifAllowed} from '../cluster/readable.ts';
import {readHistory} from '../cluster/releases.ts';
import {wayBackIn} from '../client/way-back.ts';
import {table} from '../core/table.ts';
import {toTheSecond} from '../core/time.ts';
import {plain} from '../observation/plain-text.ts';
import {roleMoveText, type RoleMove} from '../observation/role-moves.ts';
import type {Run} from './command.ts';
import {notFound, openSession} from './session.ts';

export const runHistory: Run = async (invocation) => {
  const {connection, target} = await openSession(invocation);
  const {api} = connection;
  const [revisions, secret] = await Promise.all([readHistory(api, target), ifAllowed(readCredentials(api, target))]);
  if (revisions.length === 0) throw notFound(target);
  const {release, namespace, context} = target;
  const roleMoves = secret?.roleMoves ?? [];
  const {reach} = invocation;
  const wayBack = (await wayBackIn(api, target, revisions)).map(({title, command}) => ({
    title,
    command: command === undefined ? null : reach(command),
  }));
  invocation.reporter.answer({operation: 'history', release, namespace, context, revisions, roleMoves, wayBack}, () => [
    ...table(
      ['REVISION', 'STATUS', 'UPDATED', 'CHART', 'POSTGRESQL', 'DESCRIPTION'],
      revisions.map(({revision, status, updatedAt, chartVersion, appVersion, imageTag, description}) => [
        String(revision),
        status,
        updatedAt === null ? '?' : toTheSecond(updatedAt),
        chartVersion,
        imageTag === null ? appVersion : (postgresVersionOf(imageTag) ?? plain(imageTag)),
        plain(description).slice(0, 100),
      ]),
    ),
    ...moveLines(roleMoves),
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

/** The moves of the writer's role, because helm does not know which volume is the writer's. */
function moveLines(moves: readonly RoleMove[]): readonly string[] {
  if (moves.length === 0) return [];
  return ['', "The writer's role moved:", ...moves.map((move) => `  ${toTheSecond(move.at)}  ${roleMoveText(move)}`)];
}
