// Whether commits would wait for readers that are gone: with fewer synchronous readers than the writer wants, every
// write hangs.
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {readerOfPod} from '../../chart/names.ts';
import {viewOf} from '../release-view.ts';
import type {ReaderStream, Snapshot} from '../snapshot.ts';
import {refuse, type Finding} from './rule.ts';
import {object} from './messages.ts';

/**
 * What the writer itself says counts, whoever set it. Source: PostgreSQL manual, synchronous_standby_names;
 * pg_stat_replication.sync_state is `async` for who is not among the names.
 */
export function syncWouldBlock(before: Snapshot, readersWanted: number): readonly Finding[] {
  const {target} = before;
  const {streams, readersWanted: now} = viewOf(before);
  const needed = Math.max(0, ...streams.map(({commitsWaitFor = 0}) => commitsWaitFor));
  if (readersWanted >= now || left(before, readersWanted) >= needed) return [];
  const enough = Array.from({length: now - readersWanted}, (_, more) => readersWanted + more + 1).find(
    (count) => left(before, count) >= needed,
  );
  const commits =
    `Each commit of ${target.release} waits for ${needed} synchronous ${needed === 1 ? 'reader' : 'readers'} ` +
    '(synchronous_standby_names)';
  return [
    refuse(
      'SYNC_WOULD_BLOCK',
      `${commits}, and scaling to ${readersWanted} leaves ${left(before, readersWanted)} of them: every write ` +
        'would hang. Nothing was changed.',
      {
        object: object('Release', target, target.release),
        evidence: streams.map(({pod, state, sync}) => `${pod ?? 'another standby'}: ${state}, ${sync}`),
        remedies: [
          ...(enough === undefined
            ? []
            : [
                propose(`Keep ${enough} ${enough === 1 ? 'reader' : 'readers'}`, {
                  kind: 'scale',
                  ...releaseRef(target),
                  readReplicas: enough,
                  deleteVolumes: false,
                }),
              ]),
          {
            title:
              'Have commits wait for fewer first, as the user postgres: ALTER SYSTEM SET ' +
              "synchronous_standby_names = ''; SELECT pg_reload_conf();",
          },
        ],
      },
    ),
  ];
}

/** How many synchronous ones follow when only so many readers are left. Standbys outside the release stay. */
function left({target, ...before}: Snapshot, readersWanted: number): number {
  const stays = ({pod}: ReaderStream) =>
    ((pod === null ? null : readerOfPod(target.fullname, pod)) ?? -1) < readersWanted;
  return viewOf({target, ...before}).streams.filter(
    (stream) => stream.state === 'streaming' && stream.sync !== 'async' && stays(stream),
  ).length;
}
