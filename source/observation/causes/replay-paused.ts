// A reader receives what the writer writes and does not replay it: its rows stand still.
import {cause} from '../../core/cause.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {answerOf} from '../system-identifier.ts';
import type {FoundCause} from './rule.ts';
import {evidence, refTo} from './messages.ts';
import {superuserQuery} from './recovery-commands.ts';

/**
 * Certain: replay goes on only when somebody resumes it, or the server is promoted. With several readers, the address
 * tells which one answered. Source: PostgreSQL manual, Recovery Control Functions.
 */
export function replayPaused(snapshot: Snapshot): FoundCause | null {
  const result = answerOf(snapshot, 'reader')?.result;
  if (result?.isReplayPaused !== true) return null;
  const {readerPods, readerService} = viewOf(snapshot);
  const asked = readerPods.find(({status}) => result.address !== undefined && status?.podIP === result.address);
  const pod = asked ?? (readerPods.length === 1 ? readerPods[0] : undefined);
  const who = pod ? `The reader's pod ${pod.metadata.name}` : `One of ${readerPods.length} readers`;
  const about = pod
    ? refTo('Pod', pod.metadata, snapshot)
    : readerService && refTo('Service', readerService.metadata, snapshot);
  return {
    certain: true,
    cause: cause(
      'REPLAY_PAUSED',
      `${who} receives what the writer writes and does not replay it: replay was paused. It answers rows as they ` +
        'were then, and its disk fills.',
      {
        object: about,
        evidence: evidence('pg_is_wal_replay_paused: true'),
        remedies: (pod ? [pod] : readerPods).map(({metadata: {name}}) => ({
          title: `Have ${name} go on replaying`,
          command: superuserQuery(snapshot, name, 'select pg_wal_replay_resume()'),
        })),
      },
    ),
  };
}
