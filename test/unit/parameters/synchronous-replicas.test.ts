// --synchronous-replicas: what may be said, and what the chart makes of it.
import {describe, expect, it} from 'vitest';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import {synchronousWarning} from '../../../source/observation/synchronous.ts';
import {synchronousReplicas} from '../../../source/parameters/descriptors/synchronous-replicas.ts';
import {parametersWith} from '../../support/survey.ts';

const nowhere = {nodes: null, storageClasses: null, cloud: null};
const resolved = (answer: number, others: Readonly<Record<string, unknown>>) =>
  synchronousReplicas.resolve(answer, others, nowhere);

describe('--synchronous-replicas', () => {
  it('is fewer than there are readers', () => {
    expect(resolved(1, {readReplicaCount: 2})).toBe(1);
    expect(() => resolved(2, {readReplicaCount: 2})).toThrow('--synchronous-replicas 2 needs 3 readers or more');
    expect(() => resolved(1, {})).toThrow('there are to be 0');
  });

  it('excludes what has commits wait for nobody, and settings of --values', () => {
    expect(() => resolved(1, {readReplicaCount: 2, postgresConfig: {synchronous_commit: 'Off'}})).toThrow(
      'synchronous_commit=off exclude each other',
    );
    expect(resolved(1, {readReplicaCount: 2, postgresConfig: {synchronous_commit: 'remote_apply'}})).toBe(1);
    const extraValues = {primary: {extendedConfiguration: 'work_mem = 4MB'}};
    expect(() => resolved(1, {readReplicaCount: 2, extraValues})).toThrow('primary.extendedConfiguration');
  });

  it('stands in the settings of the writer alone, and is read back', () => {
    for (const sizing of ['auto', 'off'] as const) {
      const wanted = parametersWith({readReplicaCount: 3, synchronousReplicas: 2, sizing});
      const values = toValues(wanted, {fullname: 'orders-postgresql'});
      expect(JSON.stringify(values['primary'])).toContain("synchronous_standby_names = 'ANY 2 (my_application)'");
      expect(JSON.stringify(values['readReplicas'])).not.toContain('synchronous');
      expect(fromValues(values)).toEqual(wanted);
    }
  });

  it.each([
    [0, 2, false],
    [1, 2, true],
    [1, 3, false],
    [2, 3, true],
  ])('%s of %s readers: a warning, %s', (count, readReplicaCount, isSaid) => {
    expect(synchronousWarning({synchronousReplicas: count, readReplicaCount})?.code).toBe(
      isSaid ? 'SYNC_MAY_BLOCK' : undefined,
    );
  });
});
