// Whether the names of the backup objects fit, and whether an existing backup volume can get the desired size.
import {fullnameOf, longestFullnameWithBackups} from '../../chart/names.ts';
import {backupFlags} from '../../parameters/descriptors/backup.ts';
import {bytesOf, formatBytes} from '../../parameters/quantity.ts';
import type {PersistentVolumeClaim} from '../kubernetes.ts';
import type {Survey} from '../survey.ts';
import {object} from './messages.ts';
import {canGrow} from './storage-class.ts';
import {refuse, type CheckContext, type CheckRule, type Finding} from './rule.ts';

/** Backups stay when a release goes, and when their schedule is taken away: their volume may be there already. */
export const backup: CheckRule = (survey, desired) => {
  const {parameters, target} = desired;
  if (parameters.backup.schedule === null) return [];
  const excess = target.fullname.length - longestFullnameWithBackups;
  const {backupClaim} = survey;
  return [
    ...(excess > 0 ? [nameTooLong(desired, excess)] : []),
    ...(backupClaim ? volumeFindings(survey, desired, backupClaim) : []),
  ];
};

function nameTooLong({target}: CheckContext, excess: number): Finding {
  const {release} = target;
  return refuse(
    'NAME_TOO_LONG',
    `The release name ${release} is too long for backups: their CronJob starts with ${fullnameOf(release)}, ` +
      `${target.fullname.length} characters, and Kubernetes takes ${longestFullnameWithBackups} of them. ` +
      'Nothing was changed.',
    {
      object: object('Release', target, release),
      remedies: [{title: `Shorten the name by ${excess}, or leave ${backupFlags.schedule} away`}],
    },
  );
}

function volumeFindings(survey: Survey, {parameters, target}: CheckContext, claim: PersistentVolumeClaim): Finding[] {
  const {size} = parameters.backup;
  const {name} = claim.metadata;
  const is = bytesOf(claim.spec.resources?.requests?.['storage'] ?? '0');
  if (bytesOf(size) === is) return [];
  const where = {object: object('PersistentVolumeClaim', target, name)};
  if (bytesOf(size) < is)
    return [
      refuse(
        'STORAGE_SHRINK',
        `The volume of the backups, ${name}, has ${formatBytes(is)}, and ${size} is less. A volume can grow, never ` +
          'shrink. Nothing was changed.',
        {...where, remedies: [{title: `Add ${backupFlags.size} ${formatBytes(is)}`}]},
      ),
    ];
  const storageClass = survey.storageClasses?.find(({metadata}) => metadata.name === claim.spec.storageClassName);
  if (!storageClass || canGrow(storageClass)) return [];
  return [
    refuse(
      'STORAGE_CANNOT_GROW',
      `The volume of the backups, ${name}, has ${formatBytes(is)} of the storage class ` +
        `${storageClass.metadata.name}, which does not let volumes grow, so ${size} cannot be had. Nothing was ` +
        'changed.',
      {...where, remedies: [{title: `Leave ${backupFlags.size} as it is, or keep fewer backups: ${backupFlags.keep}`}]},
    ),
  ];
}
