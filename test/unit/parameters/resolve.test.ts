import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {UserError} from '../../../source/core/cause.ts';
import type {Node, StorageClass} from '../../../source/observation/kubernetes.ts';
import {placeOf} from '../../../source/observation/place.ts';
import type {Answers} from '../../../source/parameters/answers.ts';
import type {Place} from '../../../source/parameters/place.ts';
import {answersFrom, explicitKeys, resolve} from '../../../source/parameters/resolve.ts';
import {parameters} from '../../support/arbitrary-parameters.ts';

const nowhere: Place = {nodes: null, storageClasses: null, cloud: null};
const node = (type: string, spec: Node['spec'] = {}, status: Node['status'] = {}): Node => ({
  metadata: {name: `node-${type}`, labels: {'node.kubernetes.io/instance-type': type}},
  spec,
  status: {allocatable: {cpu: '2', memory: '4Gi'}, conditions: [{type: 'Ready', status: 'True'}], ...status},
});
const inNodes = (...nodes: Node[]): Place => placeOf({nodes, storageClasses: []});
const inClasses = (...storageClasses: StorageClass[]): Place => placeOf({nodes: null, storageClasses});
const storageClass = (name: string, creationTimestamp: string, isDefault = 'true'): StorageClass => ({
  metadata: {name, creationTimestamp, annotations: {'storageclass.kubernetes.io/is-default-class': isDefault}},
  provisioner: 'x',
});
const refusal = (answers: Answers, place: Place = nowhere): string => {
  try {
    resolve(answers, place);
  } catch (error) {
    if (error instanceof UserError && error.reason.code === 'BAD_INPUT') return error.message;
    throw error;
  }
  return 'nothing was refused';
};

describe('resolve', () => {
  it('has defaults where nothing may be listed', () => {
    expect(resolve({}, nowhere)).toEqual({
      sizing: 'auto',
      cpuLimit: null,
      readers: {},
      nodeSelector: {},
      tolerations: [],
      priorityClass: null,
      zoneSpread: 'off',
      postgresConfig: {},
      allowNamespaces: null,
      serviceMesh: 'none',
      metrics: 'off',
      synchronousReplicas: 0,
      backup: {schedule: null, size: '8Gi', keep: 7},
      username: 'postgres',
      database: 'postgres',
      instanceType: 'any',
      storageSize: '20Gi',
      readReplicaCount: 0,
      storageClass: null,
      exposure: 'cluster',
      allowFrom: {kind: 'none'},
      hostname: null,
      tls: {certificate: 'off', required: false},
      cpu: '500m',
      memory: '512Mi',
      spread: 'preferred',
      images: {source: 'official', tag: '17.12-bookworm', digest: null, pullSecret: null},
      extraValues: {},
    });
  });

  it('prefers t3.medium where such a node could run the database', () => {
    expect(resolve({}, inNodes(node('t3.large'), node('t3.medium')))).toMatchObject({
      instanceType: 't3.medium',
      cpu: '1',
      memory: '2Gi',
      spread: 'required',
    });
    expect(resolve({}, inNodes(node('t3.large')))).toMatchObject({
      instanceType: 'any',
      cpu: '500m',
      memory: '512Mi',
      spread: 'required',
    });
    expect(resolve({}, inNodes(node('t3.medium', {unschedulable: true})))).toMatchObject({instanceType: 'any'});
  });

  it('halves the smallest node that fits, in steps, within bounds', () => {
    const of = (...allocatable: [string, string][]) =>
      resolve(
        {instanceType: 'x'},
        inNodes(...allocatable.map(([cpu, memory]) => node('x', {}, {allocatable: {cpu, memory}}))),
      );
    expect(of(['1930m', '3388340Ki'])).toMatchObject({cpu: '950m', memory: '1536Mi'});
    expect(of(['8', '4Gi'], ['1', '32Gi'])).toMatchObject({cpu: '500m', memory: '2Gi'});
    expect(of(['100m', '300Mi'])).toMatchObject({cpu: '100m', memory: '256Mi'});
    expect(of(['64', '512Gi'])).toMatchObject({cpu: '4', memory: '256Gi'});
    expect(resolve({instanceType: 'y'}, inNodes(node('x')))).toMatchObject({
      cpu: '500m',
      memory: '512Mi',
      spread: 'preferred',
    });
    expect(resolve({instanceType: 'x', cpu: '250m'}, inNodes(node('x')))).toMatchObject({cpu: '250m', memory: '2Gi'});
  });

  it('spreads strictly where a node for each pod fits', () => {
    const three = inNodes(
      node('t3.medium'),
      node('t3.medium'),
      node('t3.medium', {taints: [{key: 'a', effect: 'NoSchedule'}]}),
    );
    expect(resolve({readReplicaCount: 1}, three).spread).toBe('required');
    expect(resolve({readReplicaCount: 2}, three).spread).toBe('preferred');
    expect(resolve({readReplicaCount: 2, spread: 'required'}, three).spread).toBe('required');
  });

  it("takes the cluster's newest default class", () => {
    const pick = (...storageClasses: StorageClass[]) => resolve({}, inClasses(...storageClasses)).storageClass;
    const old = storageClass('old', '2024-01-01T00:00:00Z');
    const young = storageClass('young', '2025-01-01T00:00:00Z');
    expect(pick(old, young)).toBe('young');
    expect(pick(young, old)).toBe('young');
    expect(pick(old, storageClass('other', '2026-01-01T00:00:00Z', 'false'))).toBe('old');
    expect(pick({...old, metadata: {name: 'b'}})).toBeNull();
    expect(pick(storageClass('b', '2024-01-01T00:00:00Z'), storageClass('a', '2024-01-01T00:00:00Z'))).toBe('a');
    expect(resolve({storageClass: 'mine'}, inClasses(old)).storageClass).toBe('mine');
  });

  it('refuses what contradicts itself', () => {
    expect(refusal({exposure: 'load-balancer'})).toMatch(/--allow-from.*--internal.*--allow-public/);
    expect(refusal({exposure: 'load-balancer', allowFrom: {kind: 'internal'}})).toContain('--internal');
    expect(refusal({allowFrom: {kind: 'public'}})).toContain('--exposure load-balancer');
    expect(refusal({exposure: 'node-port', allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8']}})).toContain(
      '--exposure load-balancer',
    );
    expect(refusal({memory: '255Mi'})).toContain('--memory: 255Mi is too little');
    // Such a tag fitted the earlier default source.
    expect(refusal({images: {tag: '17.6.0-debian-12-r4'}})).toMatch(
      /^--image-source official: the image tag 17.6.0-debian-12-r4 .*--image-source bitnamilegacy.* 17.12-bookworm/,
    );
    expect(refusal({images: {source: 'bitnamilegacy', tag: '17.12-bookworm'}})).toContain('--image-source official');
  });

  it('gives each source of images a tag of its own', () => {
    expect(resolve({images: {source: 'bitnamilegacy'}}, nowhere).images.tag).toBe('17.6.0-debian-12-r0');
    expect(resolve({images: {source: 'mirror:r.example'}}, nowhere).images.tag).toBe('17.6.0-debian-12-r0');
    expect(resolve({images: {source: 'mirror:r.example', tag: '17.12-bookworm'}}, nowhere).images).toMatchObject({
      tag: '17.12-bookworm',
    });
  });

  it('knows how a load balancer becomes internal where the nodes say in which cloud they are', () => {
    const answers: Answers = {exposure: 'load-balancer', allowFrom: {kind: 'internal'}};
    expect(resolve(answers, {...nowhere, cloud: 'gcp'}).allowFrom).toEqual({kind: 'internal', cloud: 'gcp'});
  });

  it('gives the same again from what it gave', () => {
    fc.assert(
      fc.property(parameters, (wanted) => {
        const cloud = wanted.allowFrom.kind === 'internal' ? wanted.allowFrom.cloud : null;
        expect(resolve(answersFrom(wanted), {...nowhere, cloud})).toEqual(wanted);
      }),
    );
  });
});

describe('explicitKeys', () => {
  it('are those with an answer', () => {
    expect(explicitKeys({cpu: '1', readReplicaCount: 0})).toEqual(['cpu', 'readReplicaCount']);
  });
});
