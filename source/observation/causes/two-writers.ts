// A server behind the reader endpoint takes writes: what is written there, nobody else has.
import {cause} from '../../core/cause.ts';
import {objectNames} from '../../chart/names.ts';
import {viewOf} from '../release-view.ts';
import {isMovingRole} from '../role-moves.ts';
import type {Snapshot} from '../snapshot.ts';
import {evidence, kubectl, refTo} from './messages.ts';
import type {FoundCause} from './rule.ts';
import {readersAreElsewhere} from './service-misdirected.ts';

/**
 * Certain: a reader never leaves recovery by itself. While the role moves, the reader that gets it leaves recovery on
 * purpose. Null where the reader's Service leads to other pods: then it was not a reader that answered.
 */
export function twoWriters(snapshot: Snapshot): FoundCause | null {
  const {operation, database, target} = snapshot;
  if (isMovingRole(operation) || readersAreElsewhere(snapshot)) return null;
  const seen = database.find(
    (fact) => fact.kind === 'endpoint' && fact.role === 'reader' && fact.result.answered && !fact.result.inRecovery,
  );
  if (!seen) return null;
  const {reader} = objectNames(target);
  const {readerPods, readersWanted} = viewOf(snapshot);
  const isOne = readersWanted === 1;
  const names = readerPods.map(({metadata}) => metadata.name);
  return {
    certain: true,
    cause: cause(
      'TWO_WRITERS',
      `${isOne ? `The reader ${reader}-0` : `One of the readers of ${target.release}`} takes writes: somebody has ` +
        'promoted it. Rows that were written there are on its volume alone, and it follows the writer no more.',
      {
        object: refTo(isOne ? 'Pod' : 'StatefulSet', {name: isOne ? `${reader}-0` : reader}, snapshot),
        evidence: evidence('the reader endpoint answered, and pg_is_in_recovery() is false there'),
        remedies: [
          ...names.map((name) => ({
            title: `See whether it is ${name}: f says that it takes writes`,
            command: kubectl(
              snapshot,
              `exec ${name} -c postgresql -- sh -c 'PATH=$PATH:/opt/bitnami/postgresql/bin ` +
                'PGPASSWORD=$(cat /opt/bitnami/postgresql/secrets/postgres-password) psql -h 127.0.0.1 -U postgres ' +
                `-Atc "select pg_is_in_recovery()"'`,
            ),
          })),
          {
            title:
              'Save the rows that were written there, then delete its claim and its pod: it copies the writer anew',
          },
        ],
      },
    ),
  };
}
