// The writer answers but takes no writes: somebody made transactions read-only by default.
import {cause} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {objectNames} from '../../chart/names.ts';
import type {Snapshot} from '../snapshot.ts';
import {answerOf} from '../system-identifier.ts';
import type {FoundCause} from './rule.ts';
import {evidence, refTo} from './messages.ts';
import {superuserQuery} from './recovery-commands.ts';

/** Certain: a setting stays until somebody changes it. PostgreSQL manual, default_transaction_read_only. */
export function writerReadOnly(snapshot: Snapshot): FoundCause | null {
  if (answerOf(snapshot, 'writer')?.result.isReadOnly !== true) return null;
  const {writer} = objectNames(snapshot.target);
  const pod = `${writer}-0`;
  const where = [
    'select coalesce(d.datname, $$any database$$) as database, coalesce(r.rolname, $$any role$$) as role, setconfig',
    'from pg_db_role_setting s left join pg_database d on d.oid = s.setdatabase',
    'left join pg_roles r on r.oid = s.setrole',
    'union all select $$all$$, $$all$$, array[coalesce(sourcefile, source) || $$: $$ || setting]',
    'from pg_settings where name = $$default_transaction_read_only$$',
  ].join(' ');
  return {
    certain: true,
    cause: cause(
      'WRITER_READ_ONLY',
      `The writer's pod ${pod} answers, and refuses to write: default_transaction_read_only is on for the user that ` +
        'asked. Clients that write fail until it is off.',
      {
        object: refTo('Pod', {name: pod}, snapshot),
        evidence: evidence('default_transaction_read_only: on'),
        remedies: [
          {
            title: 'See where it was set: for the server, a database or a role',
            command: superuserQuery(snapshot, pod, where),
          },
          {
            title: 'Where it was set by ALTER SYSTEM: take it back, and have the server read its settings again',
            command: superuserQuery(
              snapshot,
              pod,
              'alter system reset default_transaction_read_only',
              'select pg_reload_conf()',
            ),
          },
          propose('See what it says then', {kind: 'status', ...releaseRef(snapshot.target), watch: false}),
        ],
      },
    ),
  };
}
