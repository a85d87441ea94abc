// What happens to the running pods: which restart and why, and which get more or less CPU and memory while they run.
import {objectNames} from '../chart/names.ts';
import {resourcesText} from '../observation/pods/resources.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {compareQuantities} from '../parameters/quantity.ts';
import {ofReaders} from '../parameters/readers.ts';
import type {ChangeConsequence, ChangeFacts} from './change-facts.ts';
import {restarts, type PodUpdatePlan} from './pod-update-plan.ts';
import type {RestartOrder} from './restart-order.ts';

type Facts = Pick<ChangeFacts, 'before' | 'existing' | 'desired' | 'podUpdates' | 'order' | 'movesRole'>;

export function podConsequences(facts: Facts): ChangeConsequence[] {
  const {before, podUpdates, order} = facts;
  const names = objectNames(before.target);
  const readers = podUpdates.filter(({isWriter}) => !isWriter);
  const writer = podUpdates.find(({isWriter}) => isWriter);
  const found = [
    ...inOrder(
      order,
      order === 'in two steps'
        ? readersRestartTwice(facts.desired.readReplicaCount, names.reader)
        : readersRestart(readers.filter(restarts), order, names.reader),
      writer && restarts(writer) ? [writerRestarts(writer, order, names.writer)] : [],
    ),
    ...(facts.movesRole ? [roleMoves(names.writer)] : []),
    ...reloaded(facts),
    ...resized(facts),
  ];
  if (found.length > 0 || !podUpdates.some(({update}) => update === 'labels')) return found;
  const sentence = 'Nothing restarts: the pod templates differ in labels alone, and those are set on the running pods.';
  return [{code: 'NO_CHANGE', object: `Release/${before.target.release}`, sentence}];
}

function inOrder(
  order: RestartOrder,
  readers: readonly ChangeConsequence[],
  writer: readonly ChangeConsequence[],
): readonly ChangeConsequence[] {
  return order === 'writer first' ? [...writer, ...readers] : [...readers, ...writer];
}

/** PostgreSQL 17 manual, hot standby: settings that a reader may not have lower than its writer. */
function readersRestartTwice(count: number, set: string): ChangeConsequence[] {
  const who = count === 1 ? 'The reader restarts' : `The ${count} readers restart one after the other,`;
  const sentence =
    `${who} twice: first with settings as large as the writer has now and is to have, and when they have replayed ` +
    `the writer's restart, with what is wanted. Sessions on a reader end when it restarts.`;
  return [{code: 'REPLICA_RESTART', object: `StatefulSet/${set}`, sentence}];
}

function readersRestart(podUpdates: readonly PodUpdatePlan[], order: RestartOrder, set: string): ChangeConsequence[] {
  const [first] = podUpdates;
  if (!first) return [];
  const after = order === 'writer first' ? ', when they have replayed the restart of the writer' : '';
  const who =
    podUpdates.length === 1
      ? 'The reader restarts'
      : `The ${podUpdates.length} readers restart one after the other, each streaming again before the next`;
  return [
    {
      code: 'REPLICA_RESTART',
      object: `StatefulSet/${set}`,
      sentence: `${who}${after}${because(podUpdates)}. Sessions on a reader end when it restarts.`,
    },
  ];
}

/** This avoids waiting for a network disk, which Kubernetes may take minutes to move from one node to another. */
function roleMoves(set: string): ChangeConsequence {
  const sentence =
    'The writer cannot stay on its node. A reader that has what is wanted becomes the writer instead, and the writer ' +
    'becomes that reader (switchover): every acknowledged row moves, nothing can be written for about 3 seconds, and ' +
    'sessions end. With --switchover never the writer restarts, and its disk follows it to another node first.';
  return {code: 'ROLE_CHANGE', object: `StatefulSet/${set}`, sentence};
}

function writerRestarts(podUpdate: PodUpdatePlan, order: RestartOrder, set: string): ChangeConsequence {
  if (order === 'writer first') {
    const sentence =
      'The writer restarts once, first: a setting falls that readers may not have lower than it. It is out for a ' +
      'few seconds, and sessions end.';
    return {code: 'PRIMARY_RESTART', object: `StatefulSet/${set}`, sentence};
  }
  const sentence =
    podUpdate.update === 'image'
      ? 'The writer restarts once, last and in its pod: sessions end, and it is out for about a second. Its ' +
        'address stays.'
      : `The writer restarts once, last, in a new pod${because([podUpdate])}: sessions end, and it is out for a few ` +
        'seconds.';
  return {code: 'PRIMARY_RESTART', object: `StatefulSet/${set}`, sentence};
}

/** PostgreSQL 17 manual, pg_settings.context: all but `postmaster` follow the configuration when it is read again. */
function reloaded({before, podUpdates}: Facts): ChangeConsequence[] {
  const names = [...new Set(podUpdates.flatMap((podUpdate) => (restarts(podUpdate) ? [] : (podUpdate.reloads ?? []))))];
  if (names.length === 0) return [];
  const sentence = `The servers read their settings again, for ${names.join(', ')}: nothing restarts, no session ends.`;
  return [{code: 'SETTINGS_RELOAD', object: `Release/${before.target.release}`, sentence}];
}

function resized({before, existing, desired, podUpdates}: Facts): ChangeConsequence[] {
  const names = objectNames(before.target);
  // A pod whose container restarts for its image gets its resources first.
  const inPlace = podUpdates.filter(({update}) => update === 'resources');
  const [readers, writers] = [inPlace.filter(({isWriter}) => !isWriter), inPlace.filter(({isWriter}) => isWriter)];
  const get = (who: string, set: string, sizes: Parameters): ChangeConsequence => ({
    code: 'RESIZE_IN_PLACE',
    object: `StatefulSet/${set}`,
    sentence: `${who} ${resourcesText(sizes)} while running: nothing restarts, no session ends.`,
  });
  const differs = (is: Parameters, will: Parameters) => compareQuantities(is.memory, will.memory) !== 0;
  const isOtherMemory =
    existing !== null && (differs(existing, desired) || differs(ofReaders(existing), ofReaders(desired)));
  return [
    ...(readers.length > 0
      ? [
          get(
            readers.length === 1 ? 'The reader gets' : `The ${readers.length} readers get`,
            names.reader,
            ofReaders(desired),
          ),
        ]
      : []),
    ...(writers.length > 0 ? [get('The writer gets', names.writer, desired)] : []),
    ...(inPlace.length > 0 && isOtherMemory ? [restartToUse(before.target.release)] : []),
  ];
}

/**
 * PostgreSQL 17 documentation: shared_buffers can only be set at server start. Nothing derives it from the memory of
 * the container.
 */
function restartToUse(release: string): ChangeConsequence {
  const sentence =
    "Sessions and the operating system's cache have the new amount of memory at once. PostgreSQL's own cache " +
    '(shared_buffers) does not follow it: it stays what the settings say until they change and it restarts.';
  return {code: 'RESTART_TO_USE', object: `Release/${release}`, sentence};
}

function because(podUpdates: readonly PodUpdatePlan[]): string {
  const why = podUpdates.find((podUpdate) => podUpdate.why !== null)?.why;
  return why ? `, because ${why}` : '';
}
