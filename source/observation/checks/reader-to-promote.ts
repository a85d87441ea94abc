// Which reader takes the role of a writer that is lost: one with the writer's last timeline, with the most WAL, where
// the writer can start.
import {claimOfPod, objectNames, podNames, readerOfPod} from '../../chart/names.ts';
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {cause, type Cause, type Remedy} from '../../core/cause.ts';
import {toTheSecond} from '../../core/time.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {formatBytes} from '../../parameters/quantity.ts';
import type {ReaderPosition} from '../role/failover.ts';
import {newestBackupText, restoreNewest} from '../backups/newest-backup.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot, Target} from '../snapshot.ts';
import {listed, object} from './messages.ts';
import {noPlaceForWriter, type Blocked} from './writer-place.ts';

const unchanged = 'Nothing was changed.';

/** The readers that have that timeline. `atLeast`: as for `writersTimeline`. */
export function onWritersTimeline(positions: readonly ReaderPosition[], atLeast: number): readonly ReaderPosition[] {
  const current = writersTimeline(positions, atLeast);
  return positions.filter(({timeline}) => timeline === current);
}

/**
 * The timeline that the lost writer wrote: that of the reader which heard from it last. `atLeast`: the one that began
 * when its role moved last. A reader that was silent then may have more WAL, of a history that was given up.
 */
export function writersTimeline(positions: readonly ReaderPosition[], atLeast: number): number {
  const [last] = positions
    .filter(({timeline}) => timeline >= atLeast)
    .sort((a, b) => heardAt(b) - heardAt(a) || b.timeline - a.timeline);
  return last?.timeline ?? atLeast;
}

function heardAt({receiver, replayedAt}: ReaderPosition): number {
  return Math.max(...[receiver?.lastMessageAt ?? null, replayedAt].map((at) => (at === null ? 0 : Date.parse(at))));
}

/** The timeline that began when the writer's role moved last; 1: it never did, as far as is known. */
export function movedTimeline({secret}: Snapshot): number {
  const moved = secret?.roleMoves?.at(-1)?.timeline;
  // Each move begins a timeline, also where nobody could note which.
  return moved ? (moved.after ?? moved.before + 1) : 1;
}

/**
 * The reader that is asked for, else the one with the most WAL; of equals the one with the highest number, so that
 * scaling to fewer readers stays possible. Null when none of them answers.
 */
export function mostWal(positions: readonly ReaderPosition[], to: string | null): ReaderPosition | null {
  return withMostWal(positions, to)[0] ?? null;
}

/** The reader of `mostWal`, and then those that have as much. */
function withMostWal(positions: readonly ReaderPosition[], to: string | null): readonly ReaderPosition[] {
  const sorted = positions
    .filter(({pod}) => to === null || pod === to)
    .sort((a, b) => b.bytes - a.bytes || ordinalOf(b.pod) - ordinalOf(a.pod));
  return sorted.filter(({bytes}) => bytes === sorted[0]?.bytes);
}

function ordinalOf(pod: string): number {
  return Number(/\d+$/.exec(pod)?.[0] ?? 0);
}

/**
 * The reader of `mostWal`, or one that has as much, without the `blocked` ones, where the writer could not start. Null
 * also where only those have the most WAL.
 */
export function mostWalOutside(
  positions: readonly ReaderPosition[],
  to: string | null,
  blocked: readonly string[],
): ReaderPosition | null {
  return withMostWal(positions, to).find(({pod}) => !blocked.includes(pod)) ?? null;
}

/** Whether that reader has WAL that the chosen one lacks, so that it cannot follow it. */
export function isAhead(one: ReaderPosition, chosen: ReaderPosition): boolean {
  return one.timeline === chosen.timeline ? one.bytes > chosen.bytes : one.timeline > chosen.timeline;
}

/** Why `to` cannot be asked for; null when it is a reader of the release, or when none is named. */
export function isNoReader(target: Target, to: string | null, desiredReaders: number): Cause | null {
  if (to === null) return null;
  const ordinal = readerOfPod(target, to);
  if (ordinal !== null && ordinal < desiredReaders) return null;
  const readers = podNames(target, desiredReaders).slice(1);
  const words = desiredReaders === 0 ? 'It has none.' : `Use ${listed(readers, 'or')}.`;
  return cause('BAD_INPUT', `--to: ${to} is not a reader of ${target.release}. ${words}`);
}

export interface Choice {
  readonly to: string | null;
  readonly nodeIsOff: boolean;
  /** Where each reader is that answered. */
  readonly positions: readonly ReaderPosition[];
  /** Those of them whose claims and volumes are whole. */
  readonly able: readonly ReaderPosition[];
  /** Readers whose volumes are bound to nodes where the writer could not start. */
  readonly blocked: readonly Blocked[];
  readonly parameters: Parameters;
  readonly evidence: readonly string[];
}

/** The reader that becomes the writer, or why none does. */
export function readerToPromote(before: Snapshot, choice: Choice): ReaderPosition | Cause {
  const {target} = before;
  const {to, able, blocked, parameters} = choice;
  const timeline = writersTimeline(choice.positions, movedTimeline(before));
  const current = able.filter((position) => position.timeline === timeline);
  if (to !== null && !able.some(({pod}) => pod === to)) return notAble(before, to, current, choice);
  // Whoever names a reader of an earlier timeline is told what that gives up.
  const furthest = withMostWal(to === null ? current : able, to);
  const [first] = furthest;
  if (!first) return noReaderToPromote(before, choice.evidence, {...choice, timeline});
  const names = blocked.map(({pod}) => pod);
  const open = furthest.find(({pod}) => !names.includes(pod));
  if (open) return open;
  const others = current.filter(({pod}) => !names.includes(pod));
  return noPlaceForWriter(target, parameters, {
    about: object('Pod', target, first.pod),
    blocked: blocked.filter(({pod}) => furthest.some((one) => one.pod === pod)),
    instead: withMostWal(others, null).map(({pod, bytes}) => {
      const less = formatBytes(Math.max(0, first.bytes - bytes));
      const title = `Or have ${pod} become the writer. It has ${less} of WAL less than ${first.pod}: that is lost too`;
      return propose(title, failoverTo(target, pod, choice));
    }),
  });
}

function failoverTo(target: Target, to: string | null, {nodeIsOff}: Pick<Choice, 'nodeIsOff'>) {
  return {kind: 'failover' as const, ...releaseRef(target), to, nodeIsOff};
}

/** The reader that was asked for cannot take the role; another one may be able to. */
function notAble(before: Snapshot, to: string, current: readonly ReaderPosition[], choice: Choice): Cause {
  const {target} = before;
  if (current.length === 0) return noReaderToPromote(before, choice.evidence);
  const answers = choice.positions.some(({pod}) => pod === to);
  const claim = claimOfPod(target, to);
  const why = answers ? `answers, but its claim ${claim} or the volume of it is not whole` : 'does not answer';
  const names = listed(current.map(({pod}) => pod));
  return cause(
    'NO_READER_TO_PROMOTE',
    `${to} ${why}, so it cannot become the writer. ${names} ${current.length === 1 ? 'answers' : 'answer'} and ` +
      `could. ${unchanged}`,
    {
      object: object('Pod', target, to),
      evidence: choice.evidence,
      remedies: [
        propose(
          current.length === 1 ? `Have ${names} become the writer` : 'Have the one with the most WAL become the writer',
          failoverTo(target, null, choice),
        ),
        propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)}),
      ],
    },
  );
}

interface LeftBehind {
  readonly able: readonly ReaderPosition[];
  readonly timeline: number;
  readonly nodeIsOff: boolean;
}

/**
 * Nobody can take the role: what is left is the newest backup. `left`: the readers that answer, and the writer's
 * timeline, which they do not have.
 */
export function noReaderToPromote(before: Snapshot, evidence: readonly string[], left?: LeftBehind): Cause {
  const {target} = before;
  const {desiredReaders} = viewOf(before);
  const earlier = left?.able ?? [];
  const who =
    earlier.length > 0
      ? `has no reader with what was written last: ${timelinesText(before, earlier, left?.timeline ?? 1)}`
      : desiredReaders === 0
        ? 'has no reader'
        : 'has no reader that answers';
  return cause(
    'NO_READER_TO_PROMOTE',
    `${target.release} ${who}, so none ${earlier.length > 0 ? 'becomes' : 'can become'} the writer. ` +
      `${newestBackupText(before)} ${unchanged}`,
    {
      object: object('StatefulSet', target, objectNames(target).reader),
      evidence,
      remedies: [
        {title: 'Bring back the node, or the disk, of the writer or of a reader'},
        ...giveUp(target, earlier, left),
        ...restoreNewest(before),
        propose('See what is wrong', {kind: 'doctor', ...releaseRef(target)}),
      ],
    },
  );
}

/** Such as `orders-postgresql-read-0 is on timeline 1, from before the failover at 2026-01-02T03:04:05Z`. */
function timelinesText({secret}: Snapshot, earlier: readonly ReaderPosition[], timeline: number): string {
  const moved = secret?.roleMoves?.at(-1);
  const since = moved?.timeline.after === timeline ? `, from before the ${moved.kind} at ${toTheSecond(moved.at)}` : '';
  const has = earlier.map((one) => `${one.pod} is on timeline ${one.timeline}`);
  return `${listed(has)}${since}, and the writer's was ${timeline}`;
}

function giveUp(target: Target, earlier: readonly ReaderPosition[], left: LeftBehind | undefined): readonly Remedy[] {
  const chosen = mostWal(earlier, null);
  if (!chosen || !left) return [];
  const title = `Or give up all that was written since, and have ${chosen.pod} become the writer`;
  return [propose(title, failoverTo(target, chosen.pod, left))];
}
