// What `helm template | kubectl apply` made, read from the objects themselves: which values they say, and the manifest
// that helm would have recorded of them.
import {chartVersionOf, componentLabels, databaseChart, fullnameOf, labelKeys} from '../chart/names.ts';
import {at, isObject, listAt, mergeValues, objectAt, textAt, type Path, type Values} from '../chart/tree.ts';
import {isOfImage} from './adoption-losses.ts';
import {environmentIn} from './manifests.ts';

/** An object as it is, and what kubectl noted of how it was applied last. */
export interface AppliedObject {
  readonly kind: string;
  readonly name: string;
  readonly live: Values;
  /** Null: kubectl noted nothing, because it was made by `create` or applied by the server. */
  readonly applied: Values | null;
}

/** What is recorded as if helm had made it. */
export interface AppliedRelease {
  readonly chartVersion: string;
  readonly appVersion: string;
  /** As far as the objects say them. No password is among them. */
  readonly values: Values;
  /** All objects but Secrets: the parts that were applied, as they are now. */
  readonly objects: readonly Values[];
}

const label = (name: string) => ['metadata', 'labels', name];

/** @returns why it cannot be read, to follow "because" */
export function appliedRelease(objects: readonly AppliedObject[], release: string): AppliedRelease | string {
  // Somebody's application may have the same label of a release.
  const others = objects.filter(
    ({kind, live}) => kind !== 'Secret' && valueText(live, label(labelKeys.chart)).startsWith(`${databaseChart}-`),
  );
  const unnoted = others.find(({applied}) => applied === null);
  if (unnoted) return notNoted(unnoted.kind, unnoted.name);
  const sets = others.filter(({kind}) => kind === 'StatefulSet').map(({live}) => live);
  const chart = valueText(sets[0], label(labelKeys.chart));
  const problem = appliedChartProblem(chart);
  if (problem !== null) return problem;
  const values = valuesIn(sets, others, release);
  if (typeof values === 'string') return values;
  return {
    chartVersion: chartVersionOf(objectAt(sets[0], ['metadata', 'labels'])) ?? '',
    appVersion: valueText(sets[0], label(labelKeys.version)),
    values,
    objects: others.flatMap(({live, applied}) => {
      const seen = asApplied(live, applied);
      return isObject(seen) ? [seen] : [];
    }),
  };
}

/** @param chart as the label has it */
export function appliedChartProblem(chart: string | undefined): string | null {
  const major = Number(/^(\d+)\.\d+\.\d+$/.exec(chartVersionOf({[labelKeys.chart]: chart}) ?? '')?.[1]);
  if (Number.isNaN(major)) return `no label ${labelKeys.chart} says which chart it was rendered of`;
  return major >= 11 && major <= 16 ? null : `its chart is ${chart}, and 11 to 16 are known here`;
}

export function notNoted(kind: string, name: string): string {
  return `kubectl noted nothing at ${kind} ${name}, so what was applied is not known`;
}

/**
 * What was applied, as it is now: what somebody changed since counts as changed, what the cluster added is left out.
 * @param applied null and empty parts of it say nothing
 */
export function asApplied(live: unknown, applied: unknown): unknown {
  if (Array.isArray(applied) && Array.isArray(live)) return listAsApplied(live, applied);
  if (!isObject(applied) || !isObject(live)) return live;
  return Object.fromEntries(
    Object.entries(applied).flatMap(([key, one]) =>
      live[key] === undefined || live[key] === null ? [] : [[key, asApplied(live[key], one)] as const],
    ),
  );
}

/** Keys by which the API server merges lists of a pod. One volume may have several mounts, so the path comes first. */
const keys = ['mountPath', 'name', 'containerPort', 'port'] as const;

function listAsApplied(live: readonly unknown[], applied: readonly unknown[]): readonly unknown[] {
  const key = keys.find((one) => [...live, ...applied].every((item) => isObject(item) && item[one] !== undefined));
  if (key === undefined) return live.map((item, index) => asApplied(item, applied[index] ?? item));
  return applied.flatMap((item) => {
    const same = live.find((one) => at(one, [key]) === at(item, [key]));
    return same === undefined ? [] : [asApplied(same, item)];
  });
}

function valuesIn(sets: readonly Values[], objects: readonly AppliedObject[], release: string): Values | string {
  const component = (set: Values) => valueText(set, label(labelKeys.component));
  const writer = sets.find((set) => component(set) === componentLabels.writer);
  const reader = sets.find((set) => component(set) === componentLabels.reader);
  if (writer === undefined) return `no StatefulSet has the label ${labelKeys.component}=${componentLabels.writer}`;
  const names = namesIn(writer, reader, release);
  if (names === null) return 'its StatefulSets are not called as the chart calls them';
  const parts = [
    {primary: componentIn(writer, objects)},
    ...(reader ? [{readReplicas: componentIn(reader, objects)}] : []),
  ];
  const common = mergeValues(ofBoth(writer, names.fullname), synchronousIn(writer));
  return parts.reduce<Values>(mergeValues, mergeValues(names.values, common));
}

interface Names {
  readonly fullname: string;
  readonly values: Values;
}

function namesIn(writer: Values, reader: Values | undefined, release: string): Names | null {
  const own = nameOf(writer);
  const nameOverride = valueText(writer, label(labelKeys.name));
  const architecture = reader ? 'replication' : 'standalone';
  const fullname = reader ? own.replace(/-primary$/, '') : own;
  if (reader && (fullname === own || nameOf(reader) !== `${fullname}-read`)) return null;
  const given = nameOverride === databaseChart ? {} : {nameOverride};
  const isUsual = fullnameOf(release, given) === fullname;
  return {fullname, values: {architecture, ...given, ...(isUsual ? {} : {fullnameOverride: fullname})}};
}

/** User and database, where the passwords are, and what pulls the image. */
function ofBoth(writer: Values, fullname: string): Values {
  const variable = (...names: readonly string[]) =>
    names.map((name) => valueText(environmentIn(writer).get(name), ['value'])).find((value) => value !== '');
  const username = variable('POSTGRES_USER', 'POSTGRESQL_USERNAME');
  const database = variable('POSTGRES_DATABASE', 'POSTGRESQL_DATABASE', 'POSTGRES_DB');
  const [pullSecret] = listAt(writer, [...podPath, 'imagePullSecrets']);
  return {
    auth: {
      ...(username === undefined ? {} : {username}),
      ...(database === undefined ? {} : {database}),
      ...secretIn(writer, fullname),
    },
    ...(pullSecret === undefined ? {} : {image: {pullSecrets: [valueText(pullSecret, ['name'])]}}),
    ...certificateIn(writer),
  };
}

/** How many readers a commit waits for. Charts 11 to 16.7.26, templates/primary/statefulset.yaml. */
function synchronousIn(writer: Values): Values {
  const count = Number(valueText(environmentIn(writer).get('POSTGRES_NUM_SYNCHRONOUS_REPLICAS'), ['value']));
  return count > 0 ? {replication: {numSynchronousReplicas: count}} : {};
}

/** The Secret of the certificate, whoever made it. Charts 11 to 16.7.26, templates/primary/statefulset.yaml. */
function certificateIn(writer: Values): Values {
  const env = environmentIn(writer);
  const volume = listAt(writer, [...podPath, 'volumes']).find((one) => nameIn(one) === 'raw-certificates');
  const certificatesSecret = valueText(volume, ['secret', 'secretName']);
  if (certificatesSecret === '') return {};
  const file = (variable: string) => valueText(env.get(variable), ['value']).split('/').at(-1) ?? '';
  const [certFilename, certKeyFilename] = [file('POSTGRESQL_TLS_CERT_FILE'), file('POSTGRESQL_TLS_KEY_FILE')];
  const certCAFilename = file('POSTGRESQL_TLS_CA_FILE');
  const ca = certCAFilename === '' ? {} : {certCAFilename};
  return {tls: {enabled: true, certificatesSecret, certFilename, certKeyFilename, ...ca}};
}

/** The operator's own Secret and its keys; empty where the chart's own Secret has the passwords. */
function secretIn(writer: Values, fullname: string): Values {
  const env = environmentIn(writer);
  const volume = listAt(writer, [...podPath, 'volumes']).find((one) => at(one, ['name']) === 'postgresql-password');
  const [first] = ['POSTGRES_PASSWORD', 'POSTGRES_POSTGRES_PASSWORD'].flatMap((name) => env.get(name) ?? []);
  const name = valueText(volume, ['secret', 'secretName']) || valueText(first, [...refPath, 'name']);
  if (name === '' || name === fullname) return {};
  const keyOf = (variable: string): string =>
    valueText(env.get(variable), [...refPath, 'key']) ||
    (valueText(env.get(`${variable}_FILE`), ['value'])
      .split('/')
      .at(-1) ??
      '');
  const [user, admin] = [keyOf('POSTGRES_PASSWORD'), keyOf('POSTGRES_POSTGRES_PASSWORD')];
  const replication = keyOf('POSTGRES_REPLICATION_PASSWORD');
  return {
    existingSecret: name,
    secretKeys: {
      adminPasswordKey: admin || user,
      ...(admin === '' ? {} : {userPasswordKey: user}),
      ...(replication === '' ? {} : {replicationPasswordKey: replication}),
    },
  };
}

const podPath: Path = ['spec', 'template', 'spec'];
const refPath: Path = ['valueFrom', 'secretKeyRef'];
/** What the chart puts into the pod as it is given. Charts 11 to 16.7.26, templates/primary/statefulset.yaml. */
const asGiven = [
  'nodeSelector',
  'tolerations',
  'topologySpreadConstraints',
  'priorityClassName',
  'schedulerName',
  'runtimeClassName',
];

/** The values of one component as its StatefulSet says them, and its file of settings. */
function componentIn(set: Values, objects: readonly AppliedObject[]): Values {
  const pod = at(set, podPath);
  const settings = objects.find(
    ({kind, name}) => kind === 'ConfigMap' && name === `${nameOf(set)}-extended-configuration`,
  );
  const text = valueText(settings?.live, ['data', 'override.conf']);
  const claim = listAt(pod, ['volumes']).map((one) => valueText(one, ['persistentVolumeClaim', 'claimName']));
  const annotations = Object.entries(objectAt(set, ['spec', 'template', 'metadata', 'annotations'])).filter(
    ([key]) => !key.startsWith('checksum/') && !key.startsWith('kubectl.kubernetes.io/'),
  );
  const existingClaim = claim.find((name) => name !== '');
  const extra = [...environmentIn(set).values()].filter((one) => !isOfImage(nameIn(one)));
  return {
    ...Object.fromEntries(asGiven.flatMap((key) => (isSet(at(pod, [key])) ? [[key, at(pod, [key])]] : []))),
    ...(text === '' ? {} : {extendedConfiguration: text}),
    ...(annotations.length === 0 ? {} : {podAnnotations: Object.fromEntries(annotations)}),
    ...(existingClaim === undefined ? {} : {persistence: {existingClaim}}),
    ...(extra.length === 0 ? {} : {extraEnvVars: extra}),
  };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== 'default-scheduler';
}

const nameOf = (object: unknown) => valueText(object, ['metadata', 'name']);
const nameIn = (item: unknown) => valueText(item, ['name']);

/** Empty where there is none. */
function valueText(from: unknown, path: Path): string {
  return textAt(from, path) ?? '';
}
