// What charts of the past rendered (scripts/record-charts.mjs): as a chart that makes the same release again, and as
// the snapshot of one.
import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {parse, parseAllDocuments} from 'yaml';
import type {ContainerEnvironment} from '../../source/chart/container-environment.ts';
import {objectNames} from '../../source/chart/names.ts';
import {namingIn} from '../../source/chart/naming-values.ts';
import {at, isObject, mergeValues, type Values} from '../../source/chart/tree.ts';
import type {PersistentVolumeClaim, Service, StatefulSet} from '../../source/observation/kubernetes.ts';
import type {AppliedObject} from '../../source/plan/applied-objects.ts';
import type {Snapshot} from '../../source/observation/snapshot.ts';
import {podOf} from './fakes/fake-objects.ts';
import {root} from './paths.ts';
import {targetFor} from './fakes/survey.ts';

const folder = join(root, 'test', 'recorded-charts');
type RecordedShape = 'standalone' | 'replication' | 'carried';

export interface RecordedChart {
  /** Such as `12.12.10 standalone`. */
  readonly title: string;
  readonly version: string;
  readonly appVersion: string;
  readonly shape: RecordedShape;
  /** The values that it was rendered with. */
  readonly values: Values;
  /** The manifest as helm records it, in the namespace NAMESPACE. */
  readonly manifest: string;
}

export const recordedCharts: readonly RecordedChart[] = readdirSync(folder)
  .filter((name) => /^\d/.test(name))
  .map(read);
/** A standalone of chart 10, whose labels and keys are others. */
export const chart10: RecordedChart = read(join('before-11', '10.16.3-standalone.yaml'));

function read(file: string): RecordedChart {
  const text = readFileSync(join(folder, file), 'utf8');
  const [head = '', ...rest] = text.split(/^---$/m);
  const {version, appVersion, shape} = parse(head) as Pick<RecordedChart, 'version' | 'appVersion' | 'shape'>;
  const {ofShape, beforeChart11} = parse(readFileSync(join(folder, 'values.yaml'), 'utf8')) as {
    readonly ofShape: Record<string, Values>;
    readonly beforeChart11: Values;
  };
  const isOld = Number(version.split('.')[0]) < 11;
  const values = isOld ? beforeChart11 : mergeValues(ofShape['all'] ?? {}, ofShape[shape] ?? {});
  const manifest = rest.map((one) => `---${one}`).join('');
  return {title: `${version} ${shape}`, version, appVersion, shape, values, manifest};
}

/** A chart whose release is that of the recorded one: the same objects, version and values. */
export function chartOf({version, appVersion, values, manifest}: RecordedChart, path: string): string {
  mkdirSync(join(path, 'templates'), {recursive: true});
  const about = {apiVersion: 'v2', name: 'postgresql', version, appVersion};
  writeFileSync(join(path, 'Chart.yaml'), JSON.stringify(about));
  writeFileSync(join(path, 'values.yaml'), JSON.stringify(values));
  writeFileSync(join(path, 'templates', 'all.yaml'), manifest.replaceAll('NAMESPACE', '{{ .Release.Namespace }}'));
  return path;
}

/** The objects as kubectl applies them, which nobody has changed since. */
export function appliedObjects(recorded: RecordedChart): readonly AppliedObject[] {
  return objectsIn(recorded)
    .filter(isObject)
    .map((live) => ({
      kind: String(live['kind']),
      name: String(at(live, ['metadata', 'name'])),
      live,
      applied: live,
    }));
}

/** The objects as the API server has them: without what is null. */
function objectsIn({manifest}: RecordedChart): readonly unknown[] {
  return parseAllDocuments(manifest).map((document) => withoutNulls(document.toJS()));
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === null ? [] : [[key, withoutNulls(one)] as const])),
  );
}

/** The snapshot of a release that runs as it was recorded. */
export function snapshotOf(recorded: RecordedChart): Snapshot {
  const {version: chartVersion, appVersion, values} = recorded;
  const of = <Kind>(kind: string) => objectsIn(recorded).filter((one) => at(one, ['kind']) === kind) as Kind[];
  const target = {...targetFor('orders'), ...namingIn(values, 'orders')};
  const {writer, secret} = objectNames(target);
  const given: PersistentVolumeClaim = {
    metadata: {name: 'shop-data'},
    spec: {resources: {requests: {storage: '5Gi'}}},
  };
  return {
    takenAt: 0,
    target,
    namespace: null,
    statefulSets: of<StatefulSet>('StatefulSet'),
    pods: [podOf(`${writer}-0`, true)],
    claims: [given],
    services: of<Service>('Service'),
    release: {
      revisions: [
        {
          revision: 1,
          status: 'deployed',
          updatedAt: null,
          chartVersion,
          chartName: 'postgresql',
          appVersion,
          description: '',
        } as const,
      ],
      values,
    },
    secret: target.given?.secret ? {name: secret, keys: Object.values(target.given.secret.keys), ours: false} : null,
    events: [],
    logTails: {},
    nodeAddress: null,
    database: [],
    operation: null,
    unreadable: [],
  };
}

/** The environment that the writer's container is started with: variables, and the files that they name. */
export function environmentOf(recorded: RecordedChart): ContainerEnvironment {
  const {writer} = objectNames(namingIn(recorded.values, 'orders'));
  const objects = objectsIn(recorded);
  const set = objects.find((one) => at(one, ['kind']) === 'StatefulSet' && at(one, ['metadata', 'name']) === writer);
  const containers = at(set, ['spec', 'template', 'spec', 'containers']) as readonly Values[];
  const env = at(
    containers.find((one) => one['name'] === 'postgresql'),
    ['env'],
  ) as readonly {name: string; value?: string; valueFrom?: {secretKeyRef: {name: string; key: string}}}[];
  const keyOf = (name: string, key: string): string => {
    const secret = objects.find((one) => at(one, ['kind']) === 'Secret' && at(one, ['metadata', 'name']) === name);
    const encoded = at(secret, ['data', key]);
    return typeof encoded === 'string' ? Buffer.from(encoded, 'base64').toString() : '';
  };
  return Object.fromEntries(
    env.flatMap(({name, value, valueFrom}): [string, string][] => {
      if (valueFrom) return [[name, keyOf(valueFrom.secretKeyRef.name, valueFrom.secretKeyRef.key)]];
      const key = (value ?? '').split('/').at(-1) ?? '';
      return name.endsWith('_FILE')
        ? [[name.slice(0, -'_FILE'.length), keyOf('orders-postgresql', key)]]
        : [[name, value ?? '']];
    }),
  );
}
