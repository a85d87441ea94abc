// --synchronous-replicas: what may be said, and what the chart makes of it.
import {describe, expect, it} from 'vitest';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import {commitsWaitWarning, synchronousWarning} from '../../../source/observation/synchronous.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {replication, setOf} from '../../support/fakes/fake-objects.ts';
import {synchronousReplicas} from '../../../source/parameters/descriptors/synchronous-replicas.ts';
import {parametersWith, targetFor} from '../../support/fakes/survey.ts';

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

describe('writes that wait for readers that are away', () => {
  const [first, second] = ['orders-postgresql-read-0', 'orders-postgresql-read-1'];
  const told = (streaming: readonly string[], needed: number, rest: object = {}) =>
    commitsWaitWarning(
      {
        target: targetFor('orders'),
        pods: [],
        services: [],
        claims: [],
        release: {revisions: []},
        statefulSets: [setOf('orders-postgresql-read', 2, 0)],
        database: [replication(streaming, 0, needed)],
        ...rest,
      } as unknown as Snapshot,
      {synchronousReplicas: needed},
    )?.message;

  it('are said, with how many confirm and the command that waits for no more', () => {
    expect(told([], 1)).toBe(
      'Every write waits: each commit is to be confirmed by 1 reader, and none streams. When that cannot be waited ' +
        'for: pg-helm-install set orders -n team-a --context prod-eu --synchronous-replicas 0',
    );
    expect(told([first], 2)).toContain('by 2 readers, and 1 streams');
    expect(told([first], 2)).toContain('--synchronous-replicas 1');
  });
  it('are none where enough confirm, where no commit waits, and where nobody has asked the writer', () => {
    expect(told([first, second], 2)).toBeUndefined();
    expect(told([first], 1)).toBeUndefined();
    expect(told([], 0)).toBeUndefined();
    expect(told([], 1, {database: []})).toBeUndefined();
  });
  it('what the writer says outweighs what was asked for and is not in force yet', () => {
    expect(told([first], 1, {database: [replication([first], 0, 0)]})).toBeUndefined();
  });
});
