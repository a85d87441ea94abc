// Legitimate places: volumes made by hand, tainted nodes that the pods tolerate; and data under other names.
import {describe, expect, test} from 'vitest';
import {tolerationsIn} from '../../../../source/chart/placement.ts';
import {claimsElsewhere} from '../../../../source/observation/checks/claims-elsewhere.ts';
import {storageClass} from '../../../../source/observation/checks/storage-class.ts';
import type {PersistentVolume} from '../../../../source/observation/kubernetes.ts';
import {fittingNodes, placeOf} from '../../../../source/observation/place.ts';
import {isTolerated} from '../../../../source/parameters/tolerations.ts';
import {
  claim,
  codesOf,
  goodSurvey,
  node,
  revision,
  storageClassNamed,
  textOf,
  wantedWith,
} from '../../../support/fakes/survey.ts';

describe('a class that is only a name', () => {
  const made = (name: string, phase = 'Available', storage = '20Gi'): PersistentVolume => ({
    metadata: {name},
    status: {phase},
    spec: {storageClassName: 'manual', capacity: {storage}},
  });
  const judge = (volumes: readonly PersistentVolume[], requireEncryption = false) =>
    storageClass(
      goodSurvey({storageClasses: [storageClassNamed('standard')], preparedVolumes: volumes}),
      wantedWith({requireEncryption, parameters: {storageClass: 'manual', readReplicaCount: 1}}),
    );

  test('with a volume for each pod', () => {
    expect(codesOf(judge([made('a'), made('b')]))).toEqual(['warn VOLUME_CANNOT_GROW']);
    expect(codesOf(judge([made('a'), made('b')], true))).toEqual(['refuse NOT_ENCRYPTED', 'warn VOLUME_CANNOT_GROW']);
  });

  test('with too few, too small or taken ones', () => {
    for (const volumes of [[made('a')], [made('a'), made('b', 'Bound')], [made('a'), made('b', 'Available', '1Gi')]]) {
      expect(codesOf(judge(volumes))).toEqual(['refuse NO_STORAGE_CLASS']);
      expect(textOf(judge(volumes))).toContain('2 are needed, one a pod');
    }
  });

  test('without any it is a name that is wrong', () => {
    expect(textOf(judge([]))).toContain('There is no storage class manual: no volume would be made.');
  });
});

describe('tainted nodes', () => {
  const taint = {key: 'dedicated', value: 'database', effect: 'NoSchedule'};
  const nodes = [node('a', {taints: [taint]}), node('b')];
  const toleration = {key: 'dedicated', operator: 'Equal', value: 'database', effect: 'NoSchedule'};

  test('count where both components tolerate them', () => {
    expect(fittingNodes(nodes, 't3.medium')).toHaveLength(1);
    expect(fittingNodes(nodes, 't3.medium', {tolerations: [toleration]})).toHaveLength(2);
    expect(
      placeOf({nodes, storageClasses: []}, {tolerations: [toleration]}).nodes?.every(({takesPods}) => takesPods),
    ).toBe(true);
  });

  test('count only with the labels that the pods ask for', () => {
    const labelled = nodes.map((one) => ({
      ...one,
      metadata: {...one.metadata, labels: {...one.metadata.labels, a: 'b'}},
    }));
    expect(fittingNodes([...nodes, ...labelled], 't3.medium', {nodeSelector: {a: 'b'}})).toHaveLength(1);
    expect(fittingNodes(nodes, 't3.medium', {nodeSelector: {a: 'b'}})).toEqual([]);
  });

  test.each([
    [{key: 'dedicated', operator: 'Exists'}, true],
    [{operator: 'Exists'}, true],
    [{key: 'dedicated', value: 'database'}, true],
    [{key: 'dedicated', value: 'other'}, false],
    [{key: 'dedicated', operator: 'Exists', effect: 'NoExecute'}, false],
    [{key: 'other', operator: 'Exists'}, false],
  ])('%j', (one, is) => expect(isTolerated(taint, [one])).toBe(is));

  test('of one component alone say nothing of the other’s nodes', () => {
    expect(tolerationsIn({primary: {tolerations: [toleration]}})).toEqual([]);
    const both = {primary: {tolerations: [toleration]}, readReplicas: {tolerations: [toleration]}};
    expect(tolerationsIn(both)).toEqual([toleration]);
    expect(tolerationsIn({...both, readReplicas: {tolerations: []}})).toEqual([]);
  });
});

describe('data of a release of this name in another shape', () => {
  const old = claim('data-orders-postgresql-0');

  test('is found before an empty database is made beside it', () => {
    const findings = claimsElsewhere(goodSurvey({claimsElsewhere: [old]}), wantedWith());
    expect(codesOf(findings)).toEqual(['refuse LEFTOVER_VOLUME']);
    expect(textOf(findings)).toContain('data-orders-postgresql-0 (20Gi)');
    expect(textOf(findings)).toContain('empty database beside it');
  });

  test('says nothing of a release that is there, nor beside volumes of its own', () => {
    const existing = goodSurvey({claimsElsewhere: [old], release: {revisions: [revision()], values: {}}});
    expect(claimsElsewhere(existing, wantedWith())).toEqual([]);
    const beside = goodSurvey({claimsElsewhere: [old], claims: [claim('data-orders-postgresql-primary-0')]});
    expect(claimsElsewhere(beside, wantedWith())).toEqual([]);
    expect(claimsElsewhere(goodSurvey(), wantedWith())).toEqual([]);
  });
});
