// What is known before anything is done with the backups of a release: the release, and what is on their volume.
import {imageReference} from '../../chart/image.ts';
import {databaseIn, objectNames} from '../../chart/names.ts';
import {fromValues} from '../../chart/values.ts';
import {cause, type Cause} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {template} from '../../commands/command-line.ts';
import type {BackupEntry, BackupListing} from '../../observation/backups/backup-list.ts';
import {object} from '../../observation/checks/messages.ts';
import type {Container, Pod} from '../../observation/kubernetes.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {images as imagesDescriptor, type Images} from '../../parameters/descriptors/images.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {nowhere} from '../../parameters/place.ts';
import type {BackupRuntime} from '../ports/backup.ts';

/** The image that the writer runs; of a release that is gone, the one that an install would take. */
export function runtimeOf(snapshot: Snapshot): BackupRuntime {
  const {writerSet, writerPod} = viewOf(snapshot);
  const parameters = fromValues(snapshot.release.values);
  const images = parameters ? parameters.images : imagesDescriptor.resolve(undefined, {}, nowhere);
  const spec = writerPod?.spec ?? writerSet?.spec.template.spec;
  const running = spec && databaseIn(spec.containers);
  return {
    image: running?.image ?? imageReference(images),
    pullSecrets: pullSecretsOf(writerPod, images),
    tolerations: writerPod?.spec.tolerations ?? [],
    cpuLimit: cpuLimitOf(running, parameters),
  };
}

function cpuLimitOf(running: Container | undefined, parameters: Parameters | null): string | null {
  return running?.resources?.limits?.['cpu'] ?? parameters?.cpuLimit ?? null;
}

function pullSecretsOf(pod: Pod | null, {pullSecret}: Images): readonly string[] {
  const named = (pod?.spec.imagePullSecrets ?? []).flatMap(({name}) => name ?? []);
  return [...new Set([...named, ...(pullSecret === null ? [] : [pullSecret])])];
}

/** Null: there is a volume, or it is not known. */
export function noBackups(snapshot: Snapshot): Cause | null {
  const {target, backup, unreadable} = snapshot;
  if (backup?.claim || unreadable.includes('persistentvolumeclaims')) return null;
  const isPlanned = (backup?.cronJob ?? null) !== null;
  return cause(
    'BACKUP_NOT_FOUND',
    isPlanned
      ? `The volume of the backups of ${target.release} is gone, and there are no backups without it.`
      : `${target.release} has no backups in namespace ${target.namespace}: there is no volume of them.`,
    {
      object: object('PersistentVolumeClaim', target, objectNames(target).backup),
      remedies: [
        {
          title: 'Have all databases dumped on a schedule',
          command: template('set', releaseRef(target), '--backup-schedule "0 3 * * *"'),
        },
      ],
    },
  );
}

/** @param name null: the newest */
export function backupNamed({target}: Snapshot, {backups}: BackupListing, name: string | null): BackupEntry | Cause {
  const found = name === null ? backups[0] : backups.find((one) => one.name === name);
  if (found) return found;
  const where = releaseRef(target);
  return cause(
    'BACKUP_NOT_FOUND',
    name === null
      ? `${target.release} has no backup yet.`
      : `${target.release} has no backup ${name}. Nothing was changed.`,
    {
      object: object('PersistentVolumeClaim', target, objectNames(target).backup),
      evidence: backups.length === 0 ? [] : [`There are: ${backups.map((one) => one.name).join(', ')}`],
      remedies: [
        name === null
          ? {title: 'Make one now', command: template('backup', where, 'run')}
          : {title: 'See which there are', command: template('backup', where, 'list')},
      ],
    },
  );
}
