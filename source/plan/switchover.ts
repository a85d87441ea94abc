// What moving the writer's role to a reader means, and what has to be known before. Pure.
import {objectNames, slotPrefix, type Naming} from '../chart/names.ts';
import {at} from '../chart/tree.ts';
import {counted, listed} from '../observation/checks/messages.ts';
import type {SwitchoverRecord} from '../observation/role/switchover.ts';
import type {Target} from '../observation/snapshot.ts';
import {compareQuantities} from '../parameters/quantity.ts';
import {replayWaitText, type ReplaySpeed} from './catch-up.ts';

/** Each as `database: table`. */
export type UnloggedTables = readonly string[];

export interface ServerFacts {
  /** Timeline of the WAL that the server writes, or replays. */
  readonly timeline: number;
  readonly isReader: boolean;
  /** A commit is acknowledged only when readers have it. */
  readonly isSynchronous: boolean;
  /** What ALTER SYSTEM has set, by name. */
  readonly settings: Readonly<Record<string, string>>;
  readonly slots: readonly {readonly name: string; readonly type: 'physical' | 'logical'}[];
  /** `logical`: the server may have logical replication slots. Absent: not asked. */
  readonly walLevel?: string;
}

export interface SwitchoverFacts {
  readonly target: Target;
  readonly record: SwitchoverRecord;
  /** Where the pods are. */
  readonly nodes: {readonly writer: string; readonly reader: string};
  readonly otherReaders: readonly string[];
  readonly unlogged: UnloggedTables;
  readonly writer: ServerFacts;
  readonly reader: ServerFacts;
  /** How fast the reader replays, where it is noticeably behind; null, or absent: it is not, or does not say. */
  readonly speed?: ReplaySpeed | null;
  /** Why the reader that moves to the writer's node waits there; null: it starts. */
  readonly oldPlace: 'takes no pods' | 'has no room' | null;
}

export interface SwitchoverConsequence {
  readonly code: 'ROLE_CHANGE' | 'REPLICA_RESTART' | 'DATA_DELETED' | 'SLOTS_LOST' | 'SETTINGS_MOVE' | 'NO_CHANGE';
  readonly object: string;
  readonly sentence: string;
}

export function switchoverConsequences(facts: SwitchoverFacts): readonly SwitchoverConsequence[] {
  const {target, record, nodes, otherReaders, oldPlace, speed = null} = facts;
  const {writer, reader} = objectNames(target);
  const [writerPod, readerPod] = [`${writer}-0`, record.pod.name];
  const waits =
    oldPlace === null
      ? ''
      : ` ${nodes.writer} ${oldPlace} now: ${readerPod} waits until it ${oldPlace === 'has no room' ? 'has' : 'does'}.`;
  return [
    {
      code: 'ROLE_CHANGE',
      object: `StatefulSet/${writer}`,
      sentence:
        `The writer ${writerPod} stops, and starts on ${nodes.reader} with the volume that ${readerPod} has now: ` +
        'every row that was acknowledged is in it. For about 3 seconds nothing can be written, and open sessions ' +
        `end.${replayWaitText(readerPod, speed)}${disksText(record)}`,
    },
    {
      code: 'REPLICA_RESTART',
      object: `StatefulSet/${reader}`,
      sentence:
        `${readerPod} restarts on ${nodes.writer} with the volume that the writer has now, and follows without a ` +
        `copy.${waits}`,
    },
    ...(otherReaders.length > 0 ? [{...stays(target, otherReaders)}] : []),
    ...unloggedEmptied(facts),
    ...settingsMove(facts),
    ...slotsGo(facts),
    {
      code: 'NO_CHANGE',
      object: `Release/${target.release}`,
      sentence: 'Names, Services, passwords and what helm has recorded stay as they are.',
    },
  ];
}

/** Writer and readers may have disks of different sizes: they move with their data. */
function disksText({writer, reader}: SwitchoverRecord): string {
  const [is, will] = [writer, reader].map(({volume}) => at(volume.spec, ['resources', 'requests', 'storage']));
  const isOther = typeof is === 'string' && typeof will === 'string' && compareQuantities(is, will) !== 0;
  return isOther ? ` The writer's disk has ${will} then instead of ${is}, and that reader's the other way round.` : '';
}

function stays(target: Target, pods: readonly string[]): SwitchoverConsequence {
  return {
    code: 'NO_CHANGE',
    object: `StatefulSet/${objectNames(target).reader}`,
    sentence: `${listed(pods)} ${pods.length === 1 ? 'follows' : 'follow'} the new writer without a restart.`,
  };
}

function unloggedEmptied({target, unlogged}: SwitchoverFacts): readonly SwitchoverConsequence[] {
  if (unlogged.length === 0) return [];
  return [{code: 'DATA_DELETED', object: `StatefulSet/${objectNames(target).writer}`, sentence: emptied(unlogged)}];
}

/** Told in the plan, and as a warning where nobody reads the plan. */
export function emptied(unlogged: UnloggedTables): string {
  const shown = unlogged.slice(0, 5);
  const more = unlogged.length > shown.length ? `, and ${unlogged.length - shown.length} more` : '';
  return (
    `${counted(unlogged.length, 'unlogged table')} will be empty, because no reader has rows of ` +
    `${unlogged.length === 1 ? 'it' : 'them'}: ${shown.join(', ')}${more}.`
  );
}

function settingsMove(facts: SwitchoverFacts): readonly SwitchoverConsequence[] {
  const {target} = facts;
  const names = Object.keys(settingsToMove(facts));
  const left = settingsLeft(facts);
  const object = `StatefulSet/${objectNames(target).writer}`;
  const moved = `What ALTER SYSTEM has set on the writer is set on the new one too: ${listed(names)}.`;
  const stay =
    `What ALTER SYSTEM has set differs, and stays with the volume: ${listed(left)}. Set it again on the new writer, ` +
    'or keep it in the release: set --postgres-config.';
  return [
    ...(names.length > 0 ? [{code: 'SETTINGS_MOVE', object, sentence: moved} as const] : []),
    ...(left.length > 0 ? [{code: 'SETTINGS_MOVE', object, sentence: stay} as const] : []),
  ];
}

/** The slots of others: logical ones, and physical ones that no reader of the release streams from. */
function slotsGo({target, writer}: SwitchoverFacts): readonly SwitchoverConsequence[] {
  const own = readerSlots(target, writer);
  const names = writer.slots.filter(({name}) => !own.includes(name)).map(({name}) => name);
  if (names.length === 0) return [];
  const sentence =
    `Replication slots that are not of the release's readers do not move: ${listed(names)}. Whoever reads changes or ` +
    'WAL from them has to begin again.';
  return [{code: 'SLOTS_LOST', object: `StatefulSet/${objectNames(target).writer}`, sentence}];
}

/** Settings that say how a reader finds its writer, not what the database is to be like. */
const ofReaders = /^(primary_|recovery_|restore_command$|promote_trigger_file$|archive_cleanup_command$)/;
/** Lists, of which each element would have to be quoted apart. */
const lists = [
  'search_path',
  'temp_tablespaces',
  'unix_socket_directories',
  'synchronous_standby_names',
  'shared_preload_libraries',
  'session_preload_libraries',
  'local_preload_libraries',
];

type BothServers = Pick<SwitchoverFacts, 'writer' | 'reader'>;

function differing({writer, reader}: BothServers): readonly string[] {
  return Object.keys(settingsOfDatabase({...writer.settings, ...reader.settings}))
    .filter((name) => writer.settings[name] !== reader.settings[name])
    .sort();
}

/** Without those that say how a reader finds its writer. */
export function settingsOfDatabase(settings: ServerFacts['settings']): ServerFacts['settings'] {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !ofReaders.test(name)));
}

/** What the new writer is given of what ALTER SYSTEM has set on the old one. */
export function settingsToMove(servers: BothServers): Readonly<Record<string, string>> {
  const {settings} = servers.writer;
  return Object.fromEntries(
    differing(servers).flatMap((name) =>
      settings[name] === undefined || lists.includes(name) ? [] : [[name, settings[name]]],
    ),
  );
}

/** Settings that stay different, which has to be said. */
export function settingsLeft(servers: BothServers): readonly string[] {
  const moved = settingsToMove(servers);
  return differing(servers).filter((name) => moved[name] === undefined);
}

/** The slots by which the release's readers stream from the writer: the new one must have them. */
export function readerSlots(naming: Naming, {slots}: ServerFacts): readonly string[] {
  const prefix = slotPrefix(naming);
  return slots.filter(({name, type}) => type === 'physical' && name.startsWith(prefix)).map(({name}) => name);
}
