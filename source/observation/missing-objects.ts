// What a release of ours cannot be without, and is not there although helm made it.
import {objectNames} from '../chart/names.ts';
import {isOfInstaller} from '../chart/naming-values.ts';
import {viewOf} from './release-view.ts';
import type {Snapshot} from './snapshot.ts';

export interface MissingObject {
  readonly kind: 'StatefulSet' | 'Service';
  readonly name: string;
}

/**
 * StatefulSets and Services of writer and readers. None where they may not be listed, or where the values are not of
 * the shape that the installer gives.
 */
export function missingObjects(snapshot: Snapshot): readonly MissingObject[] {
  const {release, target, unreadable} = snapshot;
  const {newest, writerSet, readerSet, writerService, readerService} = viewOf(snapshot);
  const names = objectNames(target);
  const isOurs = isOfInstaller(release.values, target);
  if (newest?.status !== 'deployed' || !isOurs) return [];
  // Where no pod could be made, that is what is wrong, and not a Service.
  const hasPods = snapshot.pods.length > 0;
  const absent = (kind: MissingObject['kind'], name: string, found: unknown): MissingObject[] =>
    found === null && !unreadable.includes(`${kind.toLowerCase()}s`) ? [{kind, name}] : [];
  return [
    ...absent('StatefulSet', names.writer, writerSet),
    ...absent('StatefulSet', names.reader, readerSet),
    ...(hasPods ? absent('Service', names.writer, writerService) : []),
    ...(hasPods ? absent('Service', names.reader, readerService) : []),
  ];
}
