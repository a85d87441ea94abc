// Whether data of a release of this name lies under other names: an install would make an empty database beside it.
import type {PersistentVolumeClaim} from '../kubernetes.ts';
import {releaseExists} from './existing-release.ts';
import {refuse, type CheckRule, type InstallContext} from './rule.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {anotherName, listed, object} from './messages.ts';

export const claimsElsewhere: CheckRule<InstallContext> = (survey, {target}) => {
  const {claims, claimsElsewhere: found} = survey;
  const [first] = found ?? [];
  // Next to claims of the release's own shape, which leftover-volume.ts judges, such data is of a still earlier
  // release.
  if (releaseExists(survey) || !first || !found || (claims?.length ?? 0) > 0) return [];
  return [
    refuse(
      'LEFTOVER_VOLUME',
      `An earlier release ${target.release} left ${listed(found.map(described))}: it was of another shape, such as a ` +
        'standalone database. A new one would not use that, and have an empty database beside it.',
      {
        object: object('PersistentVolumeClaim', target, first.metadata.name),
        remedies: [
          anotherName,
          {
            title:
              'See what it is. When its data is in a safe place, or is not needed: delete the claim, and install again',
            command: kubectlHere(target, 'get', 'pvc', ...found.map(({metadata}) => metadata.name)),
          },
        ],
      },
    ),
  ];
};

function described({metadata, spec, status}: PersistentVolumeClaim): string {
  const size = status?.capacity?.['storage'] ?? spec.resources?.requests?.['storage'] ?? '?';
  return `${metadata.name} (${size})`;
}
