// history: every revision that helm still remembers.
import {readHistory} from '../cluster/releases.ts';
import {table} from '../core/table.ts';
import {toTheSecond} from '../core/time.ts';
import {plain} from '../observation/plain-text.ts';
import type {Run} from './command.ts';
import {notFound, openSession} from './session.ts';

export const runHistory: Run = async (invocation) => {
  const {connection, target} = await openSession(invocation);
  const revisions = await readHistory(connection.api, target);
  if (revisions.length === 0) throw notFound(target);
  invocation.reporter.answer(
    {operation: 'history', release: target.release, namespace: target.namespace, context: target.context, revisions},
    () =>
      table(
        ['REVISION', 'STATUS', 'UPDATED', 'CHART', 'POSTGRESQL', 'DESCRIPTION'],
        revisions.map(({revision, status, updatedAt, chartVersion, appVersion, description}) => [
          String(revision),
          status,
          updatedAt === null ? '?' : toTheSecond(updatedAt),
          chartVersion,
          appVersion,
          plain(description).slice(0, 100),
        ]),
      ),
  );
  return 0;
};
