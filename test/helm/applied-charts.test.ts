// What charts 11 to 16 rendered and kubectl applied says enough of itself to be adopted: rendered by the real helm,
// held against what those charts rendered.
import {execa} from 'execa';
import {expect, it} from 'vitest';
import {namingIn} from '../../source/chart/naming-values.ts';
import {toValues} from '../../source/chart/values.ts';
import {adoptable} from '../../source/plan/adoption.ts';
import {adoptionLosses} from '../../source/plan/adoption-losses.ts';
import {appliedRelease} from '../../source/plan/applied-objects.ts';
import {replacedObjects} from '../../source/plan/replaced-objects.ts';
import {appliedObjects, recordedCharts, snapshotOf} from '../support/recorded-charts.ts';
import {helm3, realChart, smallChart} from '../support/paths.ts';
import {noRealHelm} from './support.ts';

const asIs = {cpu: null, memory: null, readReplicas: null, readers: {cpu: null, memory: null}};
const chart = realChart ?? smallChart;

it.skipIf(noRealHelm).each(recordedCharts.map((one) => [one.title, one] as const))('%s', async (_, recorded) => {
  const applied = appliedRelease(appliedObjects(recorded), 'orders');
  if (typeof applied === 'string') return expect.fail(applied);
  const seen = snapshotOf(recorded);
  const target = {...seen.target, ...namingIn(applied.values, 'orders')};
  expect(target).toEqual(seen.target);
  const snapshot = {...seen, target, release: {...seen.release, values: applied.values}};
  const found = adoptable(snapshot, recorded.manifest, {username: 'app', database: 'shop'}, asIs);
  if ('code' in found) return expect.fail(found.message);
  const values = JSON.stringify(toValues(found.parameters, target));
  const {stdout} = await execa(helm3, ['template', 'orders', chart, '-n', 'NAMESPACE', '-f', '-'], {input: values});
  expect(replacedObjects(snapshot, stdout, true)).toBeNull();
  expect(adoptionLosses(recorded.manifest, stdout)).toEqual([]);
});
