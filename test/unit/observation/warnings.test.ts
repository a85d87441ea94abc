// Warnings are said where they apply and nowhere else.
import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {findWarnings} from '../../../source/observation/warnings.ts';
import type {Parameters} from '../../../source/parameters/parameters.ts';
import {ordinary} from '../../support/arbitrary-parameters.ts';

const load = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../snapshots/${name}.json`, import.meta.url), 'utf8')) as Snapshot;
const healthy = load('healthy');
const parameters: Parameters = {
  ...ordinary,
  instanceType: 'any',
  storageSize: '1Gi',
  storageClass: null,
  cpu: '100m',
  memory: '256Mi',
  images: {source: 'mirror:registry.example/pg', tag: '17.6.0-debian-12-r4', digest: null, pullSecret: null},
};
const codesOf = (snapshot: Snapshot, change: Partial<Parameters> = {}) =>
  findWarnings(snapshot, {...parameters, ...change}).map(({code}) => code);

describe('findWarnings', () => {
  it('says once that readers do not take over', () => {
    expect(codesOf(healthy)).toEqual(['NO_HIGH_AVAILABILITY']);
  });

  it('says instead that there are no readers', () => {
    expect(codesOf(healthy, {readReplicaCount: 0})).toEqual(['NO_READERS']);
  });

  it('says where the images are frozen, and the command that ends it', () => {
    const images = {...parameters.images, source: 'bitnamilegacy'} as const;
    const frozen = findWarnings(healthy, {...parameters, images}).find(({code}) => code === 'IMAGES_FROZEN');
    expect(frozen?.message).toMatch(/: pg-helm-install upgrade orders -n \S+ --context \S+ --image-source official$/);
  });

  it('says that everybody is let in, when a load balancer does', () => {
    expect(codesOf(healthy, {exposure: 'load-balancer', allowFrom: {kind: 'public'}})).toContain('PUBLIC_ENDPOINT');
    expect(
      codesOf(healthy, {exposure: 'load-balancer', allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8']}}),
    ).not.toContain('PUBLIC_ENDPOINT');
    expect(codesOf(healthy, {exposure: 'load-balancer', allowFrom: {kind: 'cidrs', cidrs: ['0.0.0.0/0']}})).toContain(
      'PUBLIC_ENDPOINT',
    );
    expect(codesOf(healthy, {exposure: 'node-port'})).toContain('PUBLIC_ENDPOINT');
    expect(codesOf(healthy, {exposure: 'cluster', allowFrom: {kind: 'public'}})).not.toContain('PUBLIC_ENDPOINT');
  });

  it('names each load balancer that has no address', () => {
    const pending = load('load-balancer-pending');
    const messages = findWarnings(pending, parameters).filter(({code}) => code === 'LOAD_BALANCER_PENDING');
    expect(messages.map(({message}) => /Service (\S+)/.exec(message)?.[1])).toEqual([
      'orders-postgresql-primary',
      'orders-postgresql-read',
    ]);
    const services = pending.services.map((service) => ({
      ...service,
      status: {loadBalancer: {ingress: [{ip: '10.99.1.1'}]}},
    }));
    expect(codesOf({...pending, services})).not.toContain('LOAD_BALANCER_PENDING');
  });

  it('says why a load balancer has no address, in the words of the cluster', () => {
    const pending = load('load-balancer-pending');
    const [service] = pending.services.filter(({metadata}) => metadata.name === 'orders-postgresql-primary');
    const event = (message: string, secondsAgo: number, rest: object = {}) => ({
      metadata: {name: `event-${secondsAgo}`},
      involvedObject: {kind: 'Service', name: 'orders-postgresql-primary', uid: service?.metadata.uid ?? ''},
      type: 'Warning',
      reason: 'SyncLoadBalancerFailed',
      message,
      lastTimestamp: new Date(pending.takenAt - secondsAgo * 1000).toISOString(),
      ...rest,
    });
    const said = (...events: Snapshot['events']) =>
      findWarnings({...pending, events, clusterAheadMs: 0}, parameters).flatMap(({code, message}) =>
        code === 'LOAD_BALANCER_PENDING' ? [/The cluster says of it: (.*)$/.exec(message)?.[1] ?? null] : [],
      );
    const quota = 'Error syncing load balancer: failed to ensure load balancer: quota exceeded';
    expect(said(event('another reason', 90), event(`${quota}.`, 30))).toEqual([
      `SyncLoadBalancerFailed: ${quota}.`,
      null,
    ]);
    expect(said(event(quota, 3600)), 'an old one').toEqual([null, null]);
    expect(said(event(quota, 30, {type: 'Normal'})), 'no warning').toEqual([null, null]);
    expect(said(event('\u001b[31mred\u0007\nand more', 30)), 'nothing that a terminal obeys').toEqual([
      'SyncLoadBalancerFailed: red and more.',
      null,
    ]);
  });

  it('names the pods that were made from an older pod template, once the controller knows', () => {
    const [writer, ...others] = healthy.statefulSets;
    if (!writer) throw new Error('recorded without a StatefulSet');
    const newer = {
      ...writer,
      metadata: {...writer.metadata, generation: 2},
      status: {...writer.status, updateRevision: 'newer', observedGeneration: 2},
    };
    const [warning] = findWarnings({...healthy, statefulSets: [newer, ...others]}, parameters);
    expect(warning).toMatchObject({
      code: 'DEFINITION_PENDING',
      message: expect.stringContaining('orders-postgresql-primary-0 runs') as string,
    });
    expect(warning?.message).toMatch(/: pg-helm-install restart orders /);
    const left = {
      kind: 'resize',
      holder: '',
      holderIsAlive: false,
      startedAt: '',
      renewedAt: '',
      wanted: null,
    } as const;
    const [ofLeft] = findWarnings({...healthy, statefulSets: [newer, ...others], operation: left}, parameters);
    expect(ofLeft?.message).toMatch(/: pg-helm-install recover orders /);
    const unseen = {...newer, status: {...newer.status, observedGeneration: 1}};
    expect(codesOf({...healthy, statefulSets: [unseen, ...others]})).not.toContain('DEFINITION_PENDING');
  });

  it('judges what the cluster shows when the parameters cannot be read back', () => {
    expect(findWarnings(healthy, null).map(({code}) => code)).toEqual(['NO_HIGH_AVAILABILITY']);
    const alone = {
      ...healthy,
      statefulSets: healthy.statefulSets.map((set) => ({...set, spec: {...set.spec, replicas: 0}})),
    };
    expect(findWarnings(alone, null).map(({code}) => code)).toEqual(['NO_READERS']);
    expect(findWarnings({...healthy, statefulSets: []}, null)).toEqual([]);
  });
});
