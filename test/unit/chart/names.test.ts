// What the names and labels of objects say of a release.
import {expect, it} from 'vitest';
import {chartVersionOf} from '../../../source/chart/names.ts';

it('the chart says its version in a label, and no other chart does', () => {
  const versionIn = (label: string) => chartVersionOf({'helm.sh/chart': label});
  expect(['postgresql-16.7.26', 'postgresql-ha-14.0.0', 'redis-1.0.0'].map(versionIn)).toEqual(['16.7.26', null, null]);
  expect([chartVersionOf({}), chartVersionOf()]).toEqual([null, null]);
});
