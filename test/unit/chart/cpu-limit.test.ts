// A quota of limits.cpu demands a CPU limit of each container of the namespace, not of the database's alone.
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {isObject, type Values} from '../../../source/chart/tree.ts';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import {compareQuantities} from '../../../source/parameters/quantity.ts';
import {parameters} from '../../support/arbitrary-parameters.ts';
import {wantedWith} from '../../support/fakes/survey.ts';

const naming = {fullname: 'orders-postgresql'};
interface Stated {
  readonly path: string;
  readonly requests?: {readonly cpu?: string};
  readonly limits?: {readonly cpu?: string};
}

/** Each `resources` of the values that requests CPU, which is one for each kind of container. */
function statedIn(values: Values, path = ''): readonly Stated[] {
  return Object.entries(values).flatMap(([key, value]): readonly Stated[] => {
    if (!isObject(value)) return [];
    const here = `${path}${key}`;
    const {requests, limits} = value as Omit<Stated, 'path'>;
    if (key !== 'resources' || requests?.cpu === undefined) return statedIn(value, `${here}.`);
    return [{path: here, requests, ...(limits ? {limits} : {})}];
  });
}

const everything = {
  metrics: 'exporter',
  backup: {schedule: '0 3 * * *', size: '8Gi', keep: 7},
  readReplicaCount: 1,
  extraValues: {},
} as const;
const containers = ['primary.resources', 'readReplicas.resources', 'metrics.resources', 'backup.cronjob.resources'];

test('with --cpu-limit, each container that the values size has one, and none below what it requests', () => {
  const {parameters: wanted} = wantedWith({parameters: {...everything, cpuLimit: '64', cpu: '10m'}});
  expect(
    statedIn(toValues(wanted, naming))
      .map(({path}) => path)
      .sort(),
  ).toEqual([...containers].sort());
  fc.assert(
    fc.property(parameters, fc.constantFrom('10m', '64m', '500m', '2'), (any, cpuLimit) => {
      const values = toValues({...any, ...everything, cpuLimit, cpu: '10m', readers: {}}, naming);
      for (const {path, requests, limits} of statedIn(values)) {
        expect(compareQuantities(limits?.cpu ?? '0', requests?.cpu ?? '0'), path).toBeGreaterThanOrEqual(0);
      }
    }),
    {numRuns: 50},
  );
});

test('readers alone with a limit of their own: what stands beside them has one too', () => {
  const {parameters: wanted} = wantedWith({parameters: {...everything, cpuLimit: null, readers: {cpuLimit: '1'}}});
  const unlimited = statedIn(toValues(wanted, naming)).filter(({limits}) => limits?.cpu === undefined);
  expect(unlimited.map(({path}) => path)).toEqual(['primary.resources']);
});

test('without it, none has one', () => {
  const {parameters: wanted} = wantedWith({parameters: {...everything, cpuLimit: null}});
  expect(statedIn(toValues(wanted, naming)).map(({limits}) => limits?.cpu)).toEqual(containers.map(() => undefined));
});

test('it is read back, and the limits beside it are no extra values', () => {
  const {parameters: wanted} = wantedWith({parameters: {...everything, cpuLimit: '2'}});
  expect(fromValues(toValues(wanted, naming))).toMatchObject({cpuLimit: '2', extraValues: {}});
});
