// A reader does not start because one of its settings is lower than the writer's was in the WAL that it replayed last.
import {cause} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {requiredSettings, type RequiredSettings} from '../../chart/required-settings.ts';
import type {Pod} from '../kubernetes.ts';
import {isReady, viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {cloneAgain} from './clone-again.ts';
import {crashSaying, isCurrent, wordsOf} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {capitalised} from '../../core/capitalised.ts';
import {evidence, nameOf, refTo} from './messages.ts';

/** PostgreSQL 17, xlogrecovery.c, RecoveryRequiresIntParameter; up to 13: xlog.c, which says it in one line. */
const lower =
  /\b(\w+) = (\d+) is a lower setting than on the (?:primary|master) server(?:, where its value was | \(its value was )(\d+)/;

/** Certain: the reader fails at each start, until it once starts with at least the value that its log names. */
export function readerBelowWriter(snapshot: Snapshot): FoundCause | null {
  const crash = crashSaying(snapshot, (text) => lower.test(text));
  if (crash?.role !== 'reader') return null;
  const [, name = '', has = '', was = ''] = lower.exec(crash.line) ?? [];
  const {pod} = crash;
  return {
    certain: isCurrent(snapshot, crash, crash.ended.finishedAt),
    cause: cause(
      'CRASH_LOOP',
      `${capitalised(nameOf(crash))} does not start: its ${name} is ${has}, and the writer's was ${was} in what it ` +
        'replayed last. The writer is not affected.',
      {
        object: refTo('Pod', pod.metadata, snapshot),
        firstSeen: crash.ended.finishedAt ?? null,
        evidence: evidence(...wordsOf(snapshot, pod).slice(-5), crash.line),
        remedies: [
          propose(`Have it start with ${was} once, follow the writer, and then restart with what is wanted`, {
            kind: 'recover',
            ...releaseRef(snapshot.target),
          }),
          ...cloneAgain(snapshot, pod),
        ],
      },
    ),
  };
}

/** The settings that the writer had, according to readers that are not Ready: the highest value of each. */
export function requiredByReaders(snapshot: Snapshot): RequiredSettings {
  const said = viewOf(snapshot)
    .readerPods.filter((pod) => !isReady(pod))
    .flatMap((pod) => requiredValues(snapshot, pod));
  return Object.fromEntries(
    requiredSettings.flatMap((name) => {
      const values = said.flatMap(([setting, value]) => (setting === name ? [value] : []));
      return values.length > 0 ? [[name, Math.max(...values)]] : [];
    }),
  );
}

function requiredValues(snapshot: Snapshot, pod: Pod): readonly (readonly [string, number])[] {
  return wordsOf(snapshot, pod).flatMap((text) => {
    const [, name, , was] = lower.exec(text) ?? [];
    return name === undefined ? [] : [[name, Number(was)] as const];
  });
}
