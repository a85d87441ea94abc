// What helm would apply to a release of charts 11 to 16 when it is adopted keeps its objects, volumes, Services and
// whatever somebody gave it: rendered by the real helm, held against what those charts rendered.
import {execa} from 'execa';
import {expect, it} from 'vitest';
import {toValues} from '../../source/chart/values.ts';
import {adoptable} from '../../source/plan/adoption.ts';
import {adoptionLosses} from '../../source/plan/adoption-losses.ts';
import {replacedObjects} from '../../source/plan/replaced-objects.ts';
import {helm3, realChart, smallChart} from '../support/paths.ts';
import {recordedCharts, snapshotOf} from '../support/recorded-charts.ts';
import {noRealHelm} from './support.ts';

const asIs = {cpu: null, memory: null, readReplicas: null, readers: {cpu: null, memory: null}};
const chart = realChart ?? smallChart;

it.skipIf(noRealHelm).each(recordedCharts.map((one) => [one.title, one] as const))(
  '%s keeps what it has',
  async (_, recorded) => {
    const snapshot = snapshotOf(recorded);
    const found = adoptable(snapshot, recorded.manifest, {username: 'app', database: 'shop'}, asIs);
    if ('code' in found) return expect.fail(found.message);
    const values = JSON.stringify(toValues(found.parameters, snapshot.target));
    const arguments_ = ['template', 'orders', chart, '-n', 'NAMESPACE', '-f', '-'];
    const {stdout} = await execa(helm3, arguments_, {input: values});
    expect(replacedObjects(snapshot, stdout, true)).toBeNull();
    expect(adoptionLosses(recorded.manifest, stdout)).toEqual([]);
  },
);
