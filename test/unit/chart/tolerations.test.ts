// Tolerations of --toleration beside those of --values: each comes back as what it was.
import {describe, expect, it} from 'vitest';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import type {Parameters} from '../../../source/parameters/parameters.ts';
import {podPlacement} from '../../../source/observation/place.ts';
import {parametersWith} from '../../support/fakes/survey.ts';

const naming = {fullname: 'orders-postgresql'};
const database = {key: 'sku', operator: 'Equal', value: 'database', effect: 'NoSchedule'} as const;
const tolerations: Parameters['tolerations'] = [database];
const backup = {schedule: '0 3 * * *', size: '8Gi', keep: 7};
const both = (list: readonly object[]) => ({primary: {tolerations: list}, readReplicas: {tolerations: list}});
const effectsIn = (component: unknown) =>
  (component as {readonly tolerations?: readonly {readonly effect: string}[]}).tolerations?.map(({effect}) => effect);

describe('tolerations', () => {
  it('are those of writer and readers, and of the pods that make backups where there are some', () => {
    const values = toValues(parametersWith({tolerations}), naming);
    expect(effectsIn(values['primary'])).toEqual([expect.stringMatching(/^NoSchedule\{\{/)]);
    expect(values['readReplicas']).toMatchObject({tolerations: [{key: 'sku', operator: 'Equal', value: 'database'}]});
    expect(values['backup']).toBeUndefined();
    expect(toValues(parametersWith({tolerations, backup}), naming)).toMatchObject({
      backup: {cronjob: {tolerations: [{key: 'sku'}]}},
    });
  });

  it.each<[string, Parameters['extraValues']]>([
    ['the same', both([database])],
    ['others', both([{key: 'gpu', operator: 'Exists'}])],
    ['those of the writer alone', {primary: {tolerations: [{operator: 'Exists'}]}}],
    ['none', {}],
  ])('are told apart from what --values says: %s', (_what, extraValues) => {
    for (const own of [tolerations, []]) {
      const wanted = parametersWith({tolerations: own, extraValues, backup});
      expect(fromValues(toValues(wanted, naming))).toEqual(wanted);
    }
  });

  it('count with those of --values in what fits', () => {
    const gpu = {key: 'gpu', operator: 'Exists'};
    expect(podPlacement(parametersWith({tolerations, extraValues: both([gpu])})).tolerations).toEqual([database, gpu]);
    expect(podPlacement(parametersWith()).tolerations).toEqual([]);
  });
});
