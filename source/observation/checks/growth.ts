// Whether the existing volumes can grow to the desired size. It is checked before anything changes, because afterwards
// there is no way back.
import {bytesOf, compareQuantities, formatBytes} from '../../parameters/quantity.ts';
import {diskSizesOf, type DiskSizes} from '../../parameters/readers.ts';
import type {PersistentVolumeClaim} from '../kubernetes.ts';
import type {Survey} from '../survey.ts';
import {refuse, type CheckRule, type Finding, type CheckContext} from './rule.ts';
import {canGrow} from './storage-class.ts';
import {requestedBytes, takenClaims} from './claims.ts';
import {object} from './messages.ts';

const elsewhere = {
  title:
    'To have another size all the same: install a release under another name with that --storage-size, copy the ' +
    'data there (pg_dump, psql), and switch the clients over.',
};

/** The cluster itself is asked as well, where it may be: see growClaims in operations/steps/storage-steps.ts. */
export const growth: CheckRule = (survey, desired) => {
  const {parameters, existing} = desired;
  const taken = takenClaims(survey, desired);
  const [is, will] = [existing && diskSizesOf(existing), diskSizesOf(parameters)];
  const roles: readonly Role[] = [
    {who: 'writer', claims: taken?.writer ? [taken.writer] : [], flag: '--storage-size'},
    {
      who: 'readers',
      claims: taken?.readers ?? [],
      flag: parameters.readers?.storageSize === undefined ? '--storage-size' : '--reader-storage-size',
    },
  ];
  const changed = roles.filter(({who}) => is === null || compareQuantities(will[who], is[who]) !== 0);
  const [shrinking] = changed.flatMap(({who, claims, flag}) => {
    const largest = Math.max(is ? bytesOf(is[who]) : 0, ...claims.map(requestedBytes));
    return bytesOf(will[who]) < largest ? [shrinks(largest, will[who], flag, desired)] : [];
  });
  if (shrinking) return [shrinking];
  const stuck = changed.flatMap(({who, claims}) =>
    claims
      .filter(
        (claim) =>
          requestedBytes(claim) > 0 && requestedBytes(claim) < bytesOf(will[who]) && classOf(survey, claim) === 'fixed',
      )
      .map((claim) => ({claim, size: will[who]})),
  );
  return stuck.length === 0 ? [] : [cannotGrow(stuck, desired)];
};

interface Role {
  readonly who: keyof DiskSizes;
  readonly claims: readonly PersistentVolumeClaim[];
  readonly flag: string;
}

function classOf({storageClasses}: Survey, {spec}: PersistentVolumeClaim): 'grows' | 'fixed' | 'unknown' {
  const found = storageClasses?.find(({metadata}) => metadata.name === spec.storageClassName);
  return found === undefined ? 'unknown' : canGrow(found) ? 'grows' : 'fixed';
}

function shrinks(is: number, will: string, flag: string, {target}: CheckContext): Finding {
  return refuse(
    'STORAGE_SHRINK',
    `The volumes of ${target.release} have ${formatBytes(is)}, and ${will} is less. A volume ` +
      'can grow, never shrink. Nothing was changed.',
    {
      object: object('Release', target, target.release),
      remedies: [{title: `Ask for at least ${formatBytes(is)}, or leave ${flag} away.`}, elsewhere],
    },
  );
}

interface Stuck {
  readonly claim: PersistentVolumeClaim;
  /** What it is to have. */
  readonly size: string;
}

function cannotGrow(stuck: readonly Stuck[], {target}: CheckContext): Finding {
  const name = stuck[0]?.claim.spec.storageClassName ?? 'its class';
  const sizes = [...new Set(stuck.map(({size}) => size))].join(' and ');
  return refuse(
    'STORAGE_CANNOT_GROW',
    `The volumes of ${target.release} are of the storage class ${name}, which does not let volumes grow ` +
      `(allowVolumeExpansion), so ${sizes} cannot be had. Nothing was changed.`,
    {
      object: {kind: 'StorageClass', namespace: null, name},
      evidence: stuck.map(
        ({claim: {metadata, spec}}) =>
          `${metadata.name}: ${spec.resources?.requests?.['storage'] ?? '?'} of class ${spec.storageClassName ?? '?'}`,
      ),
      remedies: [
        {title: 'Have an administrator of the cluster allow it in the class, where its driver can do it.'},
        elsewhere,
      ],
    },
  );
}
