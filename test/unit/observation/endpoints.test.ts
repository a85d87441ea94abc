// Where clients connect: inside, outside, and what was proven about it.
import {describe, expect, it} from 'vitest';
import {endpointsOf, externalAddress} from '../../../source/observation/endpoints.ts';
import type {Service} from '../../../source/observation/kubernetes.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {proof, serviceOf} from '../../support/fakes/fake-objects.ts';
import {recorded} from './recorded.ts';

const healthy = recorded('healthy');
const service = (spec: Partial<Service['spec']>, status?: Service['status']): Service => ({
  ...serviceOf('orders-postgresql-primary'),
  spec: {ports: [{port: 5432, nodePort: 31_000}], ...spec},
  ...(status ? {status} : {}),
});
const told = (address: string, spec: Partial<Service['spec']>): Service => {
  const plain = service(spec);
  return {...plain, metadata: {...plain.metadata, annotations: {'pg-helm-install/reachable-at': address}}};
};
const balanced = (ingress: {ip?: string; hostname?: string}[]) =>
  service({type: 'LoadBalancer'}, {loadBalancer: {ingress}});

describe('the address outside', () => {
  it.each([
    ['of a cluster IP', service({type: 'ClusterIP'}), '10.0.0.7', null],
    ['of a load balancer that waits', balanced([]), '10.0.0.7', null],
    [
      'of a load balancer with a name',
      balanced([{hostname: 'a1b2.elb.example'}]),
      null,
      {host: 'a1b2.elb.example', port: 5432},
    ],
    ['of a load balancer with an address', balanced([{ip: '198.51.100.7'}]), null, {host: '198.51.100.7', port: 5432}],
    ['of a node port', service({type: 'NodePort'}), '10.0.0.7', {host: '10.0.0.7', port: 31_000}],
    ['of a node port on nodes that may not be read', service({type: 'NodePort'}), null, null],
    ['of no Service', null, '10.0.0.7', null],
    [
      'of a cluster IP of this machine',
      service({type: 'ClusterIP', clusterIP: '127.42.7.20'}),
      null,
      {host: '127.42.7.20', port: 5432},
    ],
    [
      'of a cluster IP that answers elsewhere',
      told('127.0.0.1:41233', {clusterIP: '10.96.0.7'}),
      null,
      {host: '127.0.0.1', port: 41_233},
    ],
    ['of a Service that sends us to another machine', told('198.51.100.7:5432', {clusterIP: '10.96.0.7'}), null, null],
    [
      'of a load balancer that waits on this machine',
      service({type: 'LoadBalancer', clusterIP: '127.42.7.20'}, {loadBalancer: {}}),
      null,
      null,
    ],
  ])('%s', (_name, of, node, address) => {
    expect(externalAddress(of, node)).toEqual(address);
  });
});

describe('endpoints', () => {
  it('are none before their Services', () => {
    expect(endpointsOf({...healthy, services: []})).toBeNull();
    expect(endpointsOf({...healthy, services: healthy.services.slice(0, 1)})).toBeNull();
  });

  it('say what was proven, from where, when and how fast', () => {
    const at = Date.parse('2026-01-02T03:04:05Z');
    const database: Snapshot['database'] = [{...proof('writer', at), from: 'here'} as Snapshot['database'][number]];
    expect(endpointsOf({...healthy, database})).toMatchObject({
      writer: {
        proven: true,
        provenFrom: 'here',
        provenAt: '2026-01-02T03:04:05.000Z',
        latencyMs: 2,
        role: 'writer',
        port: 5432,
      },
      reader: {
        proven: false,
        provenFrom: null,
        provenAt: null,
        latencyMs: null,
        role: 'reader',
        streaming: 0,
        maxLagBytes: null,
      },
    });
  });

  it('count the reader that is farthest behind', () => {
    const streams = [120, null, 4096].map((lagBytes, index) => ({
      pod: `orders-postgresql-read-${index}`,
      state: 'streaming',
      lagBytes,
      lagMs: null,
      sync: 'async',
    }));
    expect(endpointsOf({...healthy, database: [{kind: 'replication', at: 0, streams}]})?.reader).toMatchObject({
      streaming: 2,
      maxLagBytes: 4096,
    });
  });

  it.each(['writer', 'reader'] as const)('a %s that answers as the other one is not proven', (role) => {
    const {at, result} = {
      at: 0,
      result: {answered: true, inRecovery: role === 'writer', serverVersion: '17.6', latencyMs: 1} as const,
    };
    expect(
      endpointsOf({...healthy, database: [{kind: 'endpoint', role, from: 'cluster', at, result}]})?.[role].proven,
    ).toBe(false);
  });
});
