// What the names and labels of objects say of a release.
import {expect, it} from 'vitest';
import {chartVersionOf, isClaimOf, ownNames, readerOfClaim, readerOfPod} from '../../../source/chart/names.ts';

it('the chart says its version in a label, and no other chart does', () => {
  const versionIn = (label: string) => chartVersionOf({'helm.sh/chart': label});
  expect(['postgresql-16.7.26', 'postgresql-ha-14.0.0', 'redis-1.0.0'].map(versionIn)).toEqual(['16.7.26', null, null]);
  expect([chartVersionOf({}), chartVersionOf()]).toEqual([null, null]);
});

it('a reader has a number and nothing else after its name', () => {
  const naming = ownNames('orders');
  const reader = 'orders-postgresql-read';
  expect([`${reader}-0`, `${reader}-12`].map((pod) => readerOfPod(naming, pod))).toEqual([0, 12]);
  for (const rest of ['', 'a', '1a', '1e0', '-1', ' 1']) {
    expect(readerOfPod(naming, `${reader}-${rest}`)).toBeNull();
    expect(readerOfClaim(naming, `data-${reader}-${rest}`)).toBeNull();
    expect(isClaimOf(naming, `data-${reader}-${rest}`)).toBe(false);
  }
});
