import {expect, test} from 'vitest';
import {
  canGrow,
  encryptionOf,
  storageClass,
  type Encryption,
} from '../../../../source/observation/checks/storage-class.ts';
import type {StorageClass} from '../../../../source/observation/kubernetes.ts';
import {codesOf, goodSurvey, storageClassNamed, textOf, wantedWith} from '../../../support/fakes/survey.ts';

const judge = (classes: readonly StorageClass[] | null, name: string | null = 'standard', requireEncryption = false) =>
  storageClass(
    goodSurvey({storageClasses: classes}),
    wantedWith({requireEncryption, parameters: {storageClass: name}}),
  );
const unknown = storageClassNamed('standard', {provisioner: 'rancher.io/local-path'});

test('a class that grows and encrypts', () =>
  expect(judge([storageClassNamed('standard')], 'standard', true)).toEqual([]));

test('the named class does not exist: those that do are listed', () => {
  const findings = judge([storageClassNamed('slow'), storageClassNamed('fast')], 'gp3');
  expect(codesOf(findings)).toEqual(['refuse NO_STORAGE_CLASS']);
  expect(textOf(findings)).toContain(
    'There is no storage class gp3: no volume would be made. There are: fast and slow.',
  );
});

test('none was named and there is no default', () => {
  expect(codesOf(judge([storageClassNamed('slow')], null))).toEqual(['refuse NO_STORAGE_CLASS']);
  expect(textOf(judge([], null))).toContain('The cluster has none at all.');
});

test('they may not be listed', () => {
  expect(codesOf(judge(null))).toEqual(['warn NOT_CHECKED']);
  expect(codesOf(judge(null, 'standard', true))).toEqual(['refuse NOT_ENCRYPTED']);
});

test('it cannot grow', () => {
  expect(codesOf(judge([storageClassNamed('standard', {allowVolumeExpansion: false})]))).toEqual([
    'warn VOLUME_CANNOT_GROW',
  ]);
  expect([canGrow({metadata: {name: 'x'}, provisioner: 'x'}), canGrow(storageClassNamed('x'))]).toEqual([false, true]);
});

test('nobody knows whether it encrypts: a warning, and a refusal where encryption is required', () => {
  expect(codesOf(judge([unknown]))).toEqual(['warn ENCRYPTION_UNKNOWN']);
  expect(codesOf(judge([unknown], 'standard', true))).toEqual(['refuse NOT_ENCRYPTED']);
});

test.each<[string, Readonly<Record<string, string>> | undefined, Encryption]>([
  ['ebs.csi.aws.com', {encrypted: 'true'}, 'yes'],
  ['ebs.csi.aws.com', {Encrypted: 'TRUE'}, 'yes'],
  ['kubernetes.io/aws-ebs', {kmsKeyId: 'arn:aws:kms:eu-west-1:1:key/2'}, 'yes'],
  ['ebs.csi.aws.com', {encrypted: 'false'}, 'no'],
  ['ebs.csi.aws.com', undefined, 'unknown'],
  ['ebs.csi.aws.com', {kmsKeyId: ''}, 'unknown'],
  ['pd.csi.storage.gke.io', undefined, 'yes'],
  ['disk.csi.azure.com', undefined, 'yes'],
  ['rancher.io/local-path', {encrypted: 'true'}, 'unknown'],
])('%s %j: %s', (provisioner, parameters, encryption) => {
  expect(encryptionOf({metadata: {name: 'x'}, provisioner, ...(parameters && {parameters})})).toBe(encryption);
});
