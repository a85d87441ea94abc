// What an uninstall removes and what it leaves, in sentences. Pure.
import {readerOfClaim} from '../chart/names.ts';
import type {Cause} from '../core/cause.ts';
import {listed} from '../observation/checks/messages.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {Consequence, LedgerEntry} from './progress.ts';
import {inBrackets} from './volumes.ts';

/** What becomes of volumes that stay, said once for them all. */
export function waysOn({claims, target}: Snapshot, deleteData: boolean): Consequence[] {
  if (deleteData || claims.length === 0) return [];
  return [
    {
      code: 'DATA_KEPT',
      object: `Release/${target.release}`,
      sentence: `An install named ${target.release} takes the volumes up again. --delete-data deletes them, later too.`,
    },
  ];
}

/** Where the writer serves another database, what goes with the readers' volumes may be nowhere else. */
export function onlyCopies({target, claims}: Snapshot, problem: Cause | null): Consequence[] {
  const names = claims.map(({metadata}) => metadata.name).filter((name) => readerOfClaim(target, name) !== null);
  if (!problem || names.length === 0) return [];
  return [
    {
      code: 'DATA_DELETED',
      object: `Release/${target.release}`,
      sentence:
        `${listed(names)} may hold the only copy of an earlier database, and ${names.length === 1 ? 'goes' : 'go'} ` +
        `too: ${problem.message}`,
    },
  ];
}

export function deletedObjects({statefulSets}: Snapshot): Consequence[] {
  return statefulSets.map(({metadata}) => ({
    code: 'REMOVE',
    object: `StatefulSet/${metadata.name}`,
    sentence: `${metadata.name} stops, and its endpoint goes.`,
  }));
}

export function dumpConsequence({path, whole}: {readonly path: string; readonly whole: unknown}): Consequence {
  return {
    code: 'DATA_KEPT',
    object: `File/${path}`,
    sentence:
      whole === null
        ? `First all databases and roles are dumped to ${path}. What is written after that has begun is not in it; ` +
          'without it nothing is removed.'
        : `The dump of the interrupted run stays at ${path}.`,
  };
}

/** A volume that outlives its claim has a sentence of its own. */
export function consequenceOf({kind, name, fate, bytes, remove}: LedgerEntry): Consequence[] {
  if (kind === 'PersistentVolume') return [];
  const what = `${kind === 'PersistentVolumeClaim' ? 'Volume' : kind} ${name}${inBrackets(bytes)}`;
  const later = remove === undefined ? '' : ` To remove it: ${remove}`;
  return fate === 'kept'
    ? [{code: 'DATA_KEPT', object: `${kind}/${name}`, sentence: `${what} stays.${later}`}]
    : [{code: 'DATA_DELETED', object: `${kind}/${name}`, sentence: `${what} is deleted, with what is in it.`}];
}
