// What a failover leaves behind: with the volume of the earlier writer, and with readers that an earlier move of the
// role left behind. Pure.
import {objectNames} from '../chart/names.ts';
import {toTheSecond} from '../core/time.ts';
import {listed} from '../observation/checks/messages.ts';
import type {ReaderPosition} from '../observation/role/failover.ts';
import type {RoleMove} from '../observation/role/role-moves.ts';
import type {Target} from '../observation/snapshot.ts';
import type {FailoverConsequence} from './failover.ts';
import {emptied, settingsOfDatabase, type ServerFacts, type UnloggedTables} from './switchover.ts';

export interface LeftBehind {
  readonly target: Target;
  readonly chosen: ReaderPosition;
  /** The timeline of the earlier writer. */
  readonly timeline: number;
  /** When its role moved last; null: never, as far as is known. */
  readonly moved: RoleMove | null;
  /** Where each reader is that answered. */
  readonly positions: readonly ReaderPosition[];
  /** The release's unlogged tables, as a reader knows them; null: none could be asked in time. */
  readonly unlogged: UnloggedTables | null;
  /** What the chosen reader says of itself; null: it could not be asked. */
  readonly reader: ServerFacts | null;
}

export function leftBehindConsequences(facts: LeftBehind): readonly FailoverConsequence[] {
  return [...givenUp(facts), ...readersLeft(facts), ...unloggedEmptied(facts), ...settingsStay(facts)];
}

function sinceText({moved, timeline}: LeftBehind): string {
  return moved?.timeline.after === timeline ? `since the ${moved.kind} at ${toTheSecond(moved.at)}` : 'since';
}

/** Somebody asked for a reader of an earlier timeline. */
function givenUp(facts: LeftBehind): readonly FailoverConsequence[] {
  const {target, chosen, timeline} = facts;
  if (chosen.timeline === timeline) return [];
  const sentence =
    `${chosen.pod} is on timeline ${chosen.timeline}, and the writer's was ${timeline}: all that was written ` +
    `${sinceText(facts)} is lost.`;
  return [{code: 'WRITES_AT_RISK', object: `StatefulSet/${objectNames(target).writer}`, sentence}];
}

function readersLeft(facts: LeftBehind): readonly FailoverConsequence[] {
  const {target, positions, chosen, timeline} = facts;
  const left = positions.filter((one) => one.timeline !== timeline && one.pod !== chosen.pod);
  if (left.length === 0) return [];
  const names = listed(left.map((one) => `${one.pod} (timeline ${one.timeline})`));
  const sentence =
    `${names} ${left.length === 1 ? 'has' : 'have'} nothing of what was written ${sinceText(facts)}, on timeline ` +
    `${timeline}, so ${left.length === 1 ? 'it does' : 'they do'} not become the writer. Where one cannot follow the ` +
    'new writer, status says so, and how it is copied again.';
  return [{code: 'NO_CHANGE', object: `StatefulSet/${objectNames(target).reader}`, sentence}];
}

function unloggedEmptied({target, unlogged}: LeftBehind): readonly FailoverConsequence[] {
  const object = `StatefulSet/${objectNames(target).writer}`;
  if (unlogged === null) {
    const sentence = 'Unlogged tables will be empty, if there are any: no reader could be asked for them in time.';
    return [{code: 'WRITES_AT_RISK', object, sentence}];
  }
  return unlogged.length === 0 ? [] : [{code: 'DATA_DELETED', object, sentence: emptied(unlogged)}];
}

/** The earlier writer cannot be asked, so that what it had is not known. */
function settingsStay({target, chosen, reader}: LeftBehind): readonly FailoverConsequence[] {
  const own = Object.keys(settingsOfDatabase(reader?.settings ?? {})).sort();
  const slots = reader?.walLevel === 'logical' ? ', and so do its logical replication slots' : '';
  const sentence =
    `What ALTER SYSTEM had set on the earlier writer stays on its volume${slots}: nobody can ask it now.` +
    (own.length > 0 ? ` What ALTER SYSTEM has set on ${chosen.pod} holds for the new writer: ${listed(own)}.` : '');
  return [{code: 'SETTINGS_MOVE', object: `StatefulSet/${objectNames(target).writer}`, sentence}];
}
