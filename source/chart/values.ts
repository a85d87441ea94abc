// Parameters → the values that helm gets for chart 16.7.26, and back.
import {descriptorOf, type Parameters} from '../parameters/parameters.ts';
import {nowhere} from '../parameters/place.ts';
import {objectNames, type Naming} from './names.ts';
import {secretKeysOf} from './secret-keys.ts';
import {namingValues, writtenNaming} from './naming-values.ts';
import {ownedPaths, refuseExcluded} from './owned.ts';
import {components, inBoth, merged} from './parameters/chart-parameter.ts';
import {chartEntries} from './parameters/index.ts';
import type {Values} from './tree.ts';
import {mergeShared, withoutWritten} from './shared.ts';
import {at, isObject, withoutPaths} from './tree.ts';

export type {Values};

/** Asks for a fast shutdown and does not wait: SIGTERM alone would wait for every open session. Always exits 0. */
const preStop = 'kill -INT "$(head -1 "$PGDATA/postmaster.pid")" || true';

/** What writer and readers get, whatever the parameters are. */
const componentValues = {
  // Kubernetes API: rollingUpdate is refused beside OnDelete, and the chart's default has one.
  updateStrategy: {type: 'OnDelete', rollingUpdate: null},
  // A day: a reader that copies a big database must not be killed by the liveness probe.
  startupProbe: {
    enabled: true,
    initialDelaySeconds: 0,
    periodSeconds: 1,
    timeoutSeconds: 5,
    failureThreshold: 86_400,
  },
  readinessProbe: {enabled: true, initialDelaySeconds: 0},
  lifecycleHooks: {preStop: {exec: {command: ['/bin/bash', '-c', preStop]}}},
};

/** The order in which a person reads the values, below the top and below a component. What is not here comes last. */
const topOrder = ['global', 'architecture', 'auth', 'image', 'volumePermissions', 'metrics', ...components];
const componentOrder = [
  'replicaCount',
  'resources',
  'persistence',
  'extendedConfiguration',
  'nodeSelector',
  'tolerations',
  'affinity',
  ...Object.keys(componentValues),
  'service',
];

/**
 * All values of a release, plain JSON. `naming` is the release's, see names.ts.
 * @throws UserError BAD_INPUT where the extra values contradict a parameter
 */
export function toValues(parameters: Parameters, naming: Naming): Values {
  const given: Readonly<Record<string, unknown>> = parameters;
  for (const [key, one] of chartEntries()) refuseExcluded(parameters.extraValues, one.excludes?.(given[key]) ?? []);
  const ours = merged(
    ...chartEntries().map(([key, one]) => one.write(given[key], naming, parameters)),
    inBoth(componentValues),
    {
      architecture: 'replication',
      auth: secretValues(naming),
    },
    namingValues(naming),
  );
  return mergeShared(readable(ours), parameters.extraValues);
}

function secretValues(naming: Naming): Values {
  const keys = secretKeysOf(naming);
  return {
    existingSecret: objectNames(naming).secret,
    secretKeys: {
      adminPasswordKey: keys.admin,
      userPasswordKey: keys.user,
      replicationPasswordKey: keys.replication,
    },
  };
}

function readable(values: Values): Values {
  const inComponents = components.map((component) => {
    const value = values[component];
    return [component, isObject(value) ? inOrder(value, componentOrder) : value] as const;
  });
  return inOrder({...values, ...Object.fromEntries(inComponents)}, topOrder);
}

function inOrder(values: Values, order: readonly string[]): Values {
  const rankOf = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => rankOf(a) - rankOf(b)));
}

/**
 * The parameters that an operation recorded which an earlier version of this program began: what that version did not
 * know yet is as in a release whose values say nothing of it.
 */
export function withLaterParameters(recorded: Partial<Parameters>): Parameters {
  const later = chartEntries()
    .filter(([key]) => !(key in recorded))
    .map(([key, one]) => [key, one.read({}) ?? descriptorOf(key).resolve(undefined, recorded, nowhere)] as const);
  return {extraValues: {}, ...recorded, ...Object.fromEntries(later)} as Parameters;
}

/**
 * The parameters of a release from its values; null when there are none, or they are not of the shape that toValues
 * gives.
 */
export function fromValues(values: Values | null): Parameters | null {
  if (values === null) return null;
  const known = readBefore.get(values);
  if (known !== undefined) return known;
  const parameters = parametersIn(values);
  readBefore.set(values, parameters);
  return parameters;
}

/** Values are never changed in place, and each look asks several times for the parameters of the same ones. */
const readBefore = new WeakMap<Values, Parameters | null>();

function parametersIn(values: Values): Parameters | null {
  if (at(values, ['architecture']) !== 'replication') return null;
  const secret = at(values, ['auth', 'existingSecret']);
  if (typeof secret !== 'string') return null;
  const read = chartEntries().map(([key, one]) => [key, one, one.read(values)] as const);
  if (read.some(([, , value]) => value === undefined)) return null;
  const notOwned = withoutPaths(
    values,
    [...ownedPaths, ...chartEntries().flatMap(([, one]) => one.ownsIn?.(values) ?? [])].map(({path}) => path),
  );
  const naming = writtenNaming(values, secret);
  const parameters = Object.fromEntries(read.map(([key, , value]) => [key, value])) as unknown as Parameters;
  const written = merged(...read.map(([, one, value]) => one.write(value, naming, parameters)));
  return {...parameters, extraValues: withoutWritten(notOwned, written)};
}
