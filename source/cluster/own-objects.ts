// What the installer made for a release beside the chart, without helm knowing of it: certificates, and pods and Jobs
// of backups that a killed run left behind. Beside these, the chart's Secret that an adoption had helm keep.
import {objectNames} from '../chart/names.ts';
import type {Metadata, ObjectMetadata} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import type {Api} from './api.ts';
import {restoreJobName} from '../observation/backups/backup.ts';
import {verifyPodName} from './backup-pods.ts';
import {findChartSecret} from './chart-secret.ts';
import {isOurs} from './own-secret.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';
import {trialStartName} from './trial-start.ts';

/** Finds each by its name and our label, and leaves out those that are being deleted. @throws ApiError */
export async function readOwnObjects(api: Api, target: Target): Promise<readonly ObjectMetadata[]> {
  const {namespace, ...naming} = target;
  const {certificate, certificateAuthority} = objectNames(naming);
  const {fullname} = naming;
  const named: readonly (readonly [kind: string, collection: string, name: string])[] = [
    ['Secret', paths.secrets(namespace), certificate],
    ['Secret', paths.secrets(namespace), certificateAuthority],
    ['Job', paths.jobs(namespace), restoreJobName(fullname)],
    ['Pod', paths.pods(namespace), verifyPodName(fullname)],
    ['Pod', paths.pods(namespace), trialStartName(fullname)],
  ];
  const [chartSecret, ...found] = await Promise.all([
    findChartSecret(api, target),
    ...named.map(async ([kind, collection, name]): Promise<readonly ObjectMetadata[]> => {
      const one = await ifAllowed(api.find<{readonly metadata: Metadata}>(`${collection}/${name}`));
      return one ? [{kind, metadata: one.metadata}] : [];
    }),
  ]);
  return [
    ...(chartSecret ? [{kind: 'Secret', metadata: chartSecret.metadata}] : []),
    ...found.flat().filter((one) => isOurs(one) && one.metadata.deletionTimestamp === undefined),
  ];
}
