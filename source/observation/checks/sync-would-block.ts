// Whether commits would wait for readers that are gone: with fewer synchronous readers than the writer wants, every
// write hangs.
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {readerOfPod} from '../../chart/names.ts';
import {viewOf} from '../release-view.ts';
import type {Remedy} from '../../core/cause.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import type {ReaderStream, Snapshot, Target} from '../snapshot.ts';
import {refuse, type Finding} from './rule.ts';
import {object} from './messages.ts';

type Desired = Pick<Parameters, 'readReplicaCount' | 'synchronousReplicas'>;

/**
 * What the writer itself reports counts, whoever set it. Source: PostgreSQL manual, synchronous_standby_names;
 * pg_stat_replication.sync_state is `async` for a standby that is not among the names.
 */
export function syncWouldBlock(before: Snapshot, desired: Desired, existing: Desired | null): readonly Finding[] {
  const {readReplicaCount, synchronousReplicas: count = 0} = desired;
  if (count > 0 && count >= readReplicaCount) return [tooFew(before, readReplicaCount, count)];
  const {synchronousReplicas: was = 0} = existing ?? {};
  // The number is lowered before a reader goes.
  return count < was ? [] : fewerThanTheWriterSays(before, readReplicaCount, was > 0);
}

/** @param isOurs whether --synchronous-replicas says how many */
function fewerThanTheWriterSays(before: Snapshot, desiredReaders: number, isOurs: boolean): readonly Finding[] {
  const {target} = before;
  const {streams, desiredReaders: now} = viewOf(before);
  const needed = Math.max(0, ...streams.map(({commitsWaitFor = 0}) => commitsWaitFor));
  if (desiredReaders >= now || left(before, desiredReaders) >= needed) return [];
  const enough = Array.from({length: now - desiredReaders}, (_, more) => desiredReaders + more + 1).find(
    (count) => left(before, count) >= needed,
  );
  const commits =
    `Each commit of ${target.release} waits for ${needed} synchronous ${needed === 1 ? 'reader' : 'readers'} ` +
    '(synchronous_standby_names)';
  return [
    refuse(
      'SYNC_WOULD_BLOCK',
      `${commits}, and scaling to ${desiredReaders} leaves ${left(before, desiredReaders)} of them: every write ` +
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
          isOurs
            ? waitForFewer(target, Math.max(0, desiredReaders - 1))
            : {
                title:
                  'Have commits wait for fewer first, as the user postgres: ALTER SYSTEM SET ' +
                  "synchronous_standby_names = ''; SELECT pg_reload_conf();",
              },
        ],
      },
    ),
  ];
}

/** Judges by --synchronous-replicas alone, whether or not the readers stream just now. */
function tooFew({target}: Snapshot, desiredReaders: number, count: number): Finding {
  const readers = desiredReaders === 1 ? '1 reader' : `${desiredReaders} readers`;
  return refuse(
    'SYNC_WOULD_BLOCK',
    `Each commit of ${target.release} waits for ${count} synchronous ${count === 1 ? 'reader' : 'readers'} ` +
      `(--synchronous-replicas), and with ${readers} in all none could be away: every write would hang. Nothing was ` +
      'changed.',
    {
      object: object('Release', target, target.release),
      remedies: [
        propose(`Keep ${count + 1} readers`, {
          kind: 'scale',
          ...releaseRef(target),
          readReplicas: count + 1,
          deleteVolumes: false,
        }),
        waitForFewer(target, Math.max(0, desiredReaders - 1)),
      ],
    },
  );
}

function waitForFewer(target: Target, synchronousReplicas: number): Remedy {
  return propose('Have commits wait for fewer first', {
    kind: 'set',
    ...releaseRef(target),
    answers: {synchronousReplicas},
    valuesFile: null,
  });
}

/** How many synchronous standbys still stream with only `desiredReaders` readers. Standbys outside the release stay. */
function left({target, ...before}: Snapshot, desiredReaders: number): number {
  const stays = ({pod}: ReaderStream) => ((pod === null ? null : readerOfPod(target, pod)) ?? -1) < desiredReaders;
  return viewOf({target, ...before}).streams.filter(
    (stream) => stream.state === 'streaming' && stream.sync !== 'async' && stays(stream),
  ).length;
}
