// Whether volumes can be made, whether they grow, and whether they are encrypted.
import {compareQuantities} from '../../parameters/quantity.ts';
import {diskSizesOf} from '../../parameters/readers.ts';
import type {PersistentVolume, StorageClass} from '../kubernetes.ts';
import {refuse, warn, type CheckRule, type Finding, type CheckContext, type InstallContext} from './rule.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {counted, listed} from './messages.ts';

export type Encryption = 'yes' | 'no' | 'unknown';

const ebs = new Set(['ebs.csi.aws.com', 'ebs.csi.eks.amazonaws.com', 'kubernetes.io/aws-ebs']);
/** Google and Azure encrypt every disk at rest, and it cannot be turned off. */
const alwaysEncrypted = new Set([
  'pd.csi.storage.gke.io',
  'kubernetes.io/gce-pd',
  'disk.csi.azure.com',
  'kubernetes.io/azure-disk',
]);

/**
 * What the class itself says. An EBS class that says nothing follows a setting of the AWS account, which the cluster
 * does not show.
 */
export function encryptionOf({provisioner, parameters = {}}: StorageClass): Encryption {
  if (alwaysEncrypted.has(provisioner)) return 'yes';
  if (!ebs.has(provisioner)) return 'unknown';
  const lower = Object.fromEntries(Object.entries(parameters).map(([key, value]) => [key.toLowerCase(), value]));
  if (lower['kmskeyid'] || lower['encrypted']?.toLowerCase() === 'true') return 'yes';
  return lower['encrypted']?.toLowerCase() === 'false' ? 'no' : 'unknown';
}

/** Kubernetes API: a claim may ask for more later only where its class says so. */
export function canGrow({allowVolumeExpansion}: StorageClass): boolean {
  return allowVolumeExpansion === true;
}

export const storageClass: CheckRule<InstallContext> = ({storageClasses, preparedVolumes}, desired) => {
  const name = desired.parameters.storageClass;
  if (storageClasses === null) {
    return desired.requireEncryption
      ? [
          notEncrypted(
            'Whether the volumes would be encrypted is not known: this user may not list storage classes.',
            desired,
          ),
        ]
      : [warn('NOT_CHECKED', 'The storage class is not checked: this user may not list storage classes.')];
  }
  const found = storageClasses.find(({metadata}) => metadata.name === name);
  if (found !== undefined) return judged(found, desired);
  return preparedVolumes?.length ? ofPrepared(preparedVolumes, desired) : [noClass(storageClasses, desired)];
};

/** Kubernetes documentation, Persistent Volumes, Static: a class may be just a name that volume and claim share. */
function ofPrepared(volumes: readonly PersistentVolume[], desired: InstallContext): readonly Finding[] {
  const {storageClass: name, readReplicaCount} = desired.parameters;
  const {writer, readers} = diskSizesOf(desired.parameters);
  const storageSize = compareQuantities(writer, readers) < 0 ? readers : writer;
  const fitting = volumes.filter(
    ({spec, status}) =>
      status?.phase === 'Available' && compareQuantities(spec.capacity?.['storage'] ?? '0', storageSize) >= 0,
  );
  const needed = 1 + readReplicaCount;
  const made = `${counted(volumes.length, 'volume')} made by hand with the class ${name}`;
  if (fitting.length < needed && desired.existing === null) {
    return [
      refuse(
        'NO_STORAGE_CLASS',
        `There is no storage class ${name}. Of ${made}, ${fitting.length} wait for a claim and have ${storageSize}: ` +
          `${needed} are needed, one a pod.`,
        {
          object: {kind: 'StorageClass', namespace: null, name: name ?? ''},
          remedies: [
            {title: 'Make as many volumes as there are pods, or ask for fewer readers or a smaller --storage-size.'},
            {title: 'See which there are', command: kubectlHere(desired.target, 'get', 'pv')},
          ],
        },
      ),
    ];
  }
  const encryption = desired.requireEncryption
    ? [
        notEncrypted(
          `The volumes of class ${name} were made by hand: nothing says whether they are encrypted.`,
          desired,
        ),
      ]
    : [];
  return [
    ...encryption,
    warn('VOLUME_CANNOT_GROW', `The volumes of class ${name} were made by hand. They cannot grow, and none is added.`),
  ];
}

function noClass(classes: readonly StorageClass[], {parameters: {storageClass: name}}: CheckContext): Finding {
  const all = classes.map(({metadata}) => metadata.name).sort();
  const what =
    name === null
      ? 'The cluster has no default storage class, and none was named'
      : `There is no storage class ${name}`;
  return refuse(
    'NO_STORAGE_CLASS',
    `${what}: no volume would be made. ` +
      `${all.length === 0 ? 'The cluster has none at all.' : `There are: ${listed(all)}.`}`,
    {
      object: name === null ? null : {kind: 'StorageClass', namespace: null, name},
      remedies:
        all.length === 0
          ? [{title: 'Have an administrator of the cluster add a storage class.'}]
          : [{title: `Name one with --storage-class, such as --storage-class ${all[0]}.`}],
    },
  );
}

function judged(found: StorageClass, desired: InstallContext): readonly Finding[] {
  const {name} = found.metadata;
  const encryption = encryptionOf(found);
  const findings: Finding[] = [];
  if (desired.requireEncryption && encryption !== 'yes') {
    findings.push(
      notEncrypted(
        encryption === 'no'
          ? `Storage class ${name} does not encrypt its volumes.`
          : `Storage class ${name} does not say whether its volumes are encrypted.`,
        desired,
      ),
    );
  } else if (encryption === 'unknown') {
    findings.push(warn('ENCRYPTION_UNKNOWN', `Storage class ${name} does not say whether its volumes are encrypted.`));
  }
  if (!canGrow(found))
    findings.push(
      warn(
        'VOLUME_CANNOT_GROW',
        `Volumes of storage class ${name} cannot grow later: ${desired.parameters.storageSize} is what there will be.`,
      ),
    );
  return findings;
}

function notEncrypted(message: string, {parameters: {storageClass: name}}: CheckContext): Finding {
  return refuse('NOT_ENCRYPTED', message, {
    object: name === null ? null : {kind: 'StorageClass', namespace: null, name},
    remedies: [
      {title: 'Name a storage class that encrypts with --storage-class.'},
      {title: 'Leave --require-encryption away, when you know that the volumes are encrypted.'},
    ],
  });
}
