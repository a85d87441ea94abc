// What an adoption suggests as the limit of memory where the release sets none.
import {expect, it} from 'vitest';
import {memoryAsked} from '../../../../source/observation/pods/memory-asked.ts';
import type {StatefulSet} from '../../../../source/observation/kubernetes.ts';
import type {Snapshot} from '../../../../source/observation/snapshot.ts';

const mebibyte = 2 ** 20;

function setOf(name: string, resources: object = {}): StatefulSet {
  return {metadata: {name}, spec: {template: {spec: {containers: [{name: 'postgresql', resources}]}}}};
}

function seen(
  statefulSets: readonly StatefulSet[],
  usedBytes: Readonly<Record<string, number>> | null = null,
): Pick<Snapshot, 'statefulSets' | 'database'> {
  return {statefulSets, database: usedBytes === null ? [] : [{kind: 'memory', at: 0, usedBytes}]};
}

it('nothing is asked where each database has a limit, and where there is none', () => {
  expect(memoryAsked(seen([setOf('orders-postgresql', {limits: {memory: '1Gi'}})]))).toBeNull();
  expect(memoryAsked(seen([]))).toBeNull();
});

// Charts 11 to 14 request this much, and limit nothing.
const usual = {requests: {cpu: '250m', memory: '256Mi'}};

it.each([
  ['twice what is used, in steps of 256Mi', usual, {'orders-postgresql-0': 210 * mebibyte}, '512Mi'],
  ['twice what is used', usual, {'orders-postgresql-0': 1500 * mebibyte}, '3Gi'],
  ['no less than what is requested', {requests: {memory: '2Gi'}}, {'orders-postgresql-0': 300 * mebibyte}, '2Gi'],
  ['what is usual where no use is known', usual, null, '512Mi'],
  ['what is requested where that is more, and no use is known', {requests: {memory: '900Mi'}}, null, '1Gi'],
  ['what another pod uses is no matter', usual, {'shop-0': 9000 * mebibyte}, '512Mi'],
] as const)('%s', (_, resources, used, suggestion) => {
  expect(memoryAsked(seen([setOf('orders-postgresql', resources)], used))?.suggestion).toBe(suggestion);
});

it('the container of chart 10, which has the name of its StatefulSet, is known by what it requests', () => {
  const {metadata, spec} = setOf('orders-postgresql', {requests: {memory: '900Mi'}});
  const containers = spec.template.spec.containers.map((one) => ({...one, name: 'orders-postgresql'}));
  const named = {metadata, spec: {...spec, template: {spec: {containers}}}};
  const selecting = {...named, spec: {...named.spec, selector: {matchLabels: {role: 'primary'}}}};
  expect(memoryAsked(seen([selecting]))?.suggestion).toBe('1Gi');
  expect(memoryAsked(seen([named]))).toBeNull();
});

it('the limit is one for all pods: none gets less than it has', () => {
  const sets = [
    setOf('orders-postgresql-primary', {limits: {memory: '4Gi'}}),
    setOf('orders-postgresql-read', {requests: {memory: '256Mi'}}),
  ];
  expect(memoryAsked(seen(sets))?.suggestion).toBe('4Gi');
});

it('says what is known, and what is not', () => {
  const set = setOf('orders-postgresql', usual);
  expect(memoryAsked(seen([set], {'orders-postgresql-0': 210 * mebibyte}))?.why).toBe(
    'orders-postgresql-0 uses 210 MiB now and requests 256Mi',
  );
  expect(memoryAsked(seen([setOf('orders-postgresql')]))?.why).toBe(
    'orders-postgresql-0 requests none; what it uses is not known, because no metrics server says it',
  );
});
