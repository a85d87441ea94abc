// What a release that plain helm or kubectl made has in its manifest and would not have in ours. No such thing may be
// lost: many values have no parameter here, and not all of them are carried over.
import {labelKeys, settingsConfigMap} from '../chart/names.ts';
import {canonical} from '../chart/same-values.ts';
import {at, isObject, listAt, objectAt, textAt, type Path, type Values} from '../chart/tree.ts';
import {databaseInManifest, environmentIn, objectsNamedIn, objectsOfKind} from './manifests.ts';

/** Variables of the database's environment that the chart and the image know. */
const ofTheImage = /^(POSTGRES|POSTGRESQL|PG|BITNAMI|NAMI)[A-Z_0-9]*$|^POD_|^ALLOW_EMPTY_PASSWORD$/;
export function isOfImage(variable: string): boolean {
  return ofTheImage.test(variable);
}

/** Variables that the installer decides itself, that a parameter says, or that only say how the image is told. */
const decidedHere: ReadonlySet<string> = new Set([
  'BITNAMI_DEBUG',
  'POSTGRES_CLUSTER_APP_NAME',
  'POSTGRES_MASTER_HOST',
  'POSTGRES_NUM_SYNCHRONOUS_REPLICAS',
  'POSTGRES_REPLICATION_USER',
]);

/** Chart 11 says the database by another name that the image has for it. Source: postgresql-env.sh */
const otherNames: ReadonlyMap<string, string> = new Map([['POSTGRES_DB', 'POSTGRES_DATABASE']]);

/** Parts of the database's container that stand for nothing that a parameter says. */
const ofContainer = ['command', 'args', 'lifecycle', 'envFrom', 'ports'] as const;

/** Kubernetes has publishNotReadyAddresses instead, since 1.9; charts before 14 say both. */
const outdatedAnnotation = 'service.alpha.kubernetes.io/tolerate-unready-endpoints';
/** Keys of a pod template that are compared part by part, or that the installer decides with a parameter. */
const comparedApart: readonly string[] = [
  ...['containers', 'initContainers', 'volumes', 'affinity', 'securityContext', 'serviceAccountName'],
];

/**
 * What would be lost, such as `the container backup of StatefulSet orders-postgresql`; empty where nothing would.
 * Secrets are not among it: they stay.
 * @param was the manifest that helm has applied, or what kubectl has
 * @param will what helm would apply
 */
export function adoptionLosses(was: string, will: string): readonly string[] {
  const there = objectsNamedIn(will);
  const gone = [...objectsNamedIn(was)].filter((name) => !there.has(name));
  return [
    ...gone,
    ...inEach('StatefulSet', was, will, templateLosses),
    ...inEach('Service', was, will, serviceLosses),
    ...inEach('NetworkPolicy', was, will, (is, becomes) => (isSame(is, becomes, ['spec']) ? [] : ['the rules'])),
    ...inEach('ConfigMap', was, will, configLosses),
  ];
}

type Losses = (is: Values, becomes: Values) => readonly string[];

/** The losses of objects that are in both manifests, each followed by the object's name. */
function inEach(kind: string, was: string, will: string, losses: Losses): readonly string[] {
  const rendered = objectsOfKind(will, kind);
  return objectsOfKind(was, kind).flatMap((is) => {
    const name = nameOf(at(is, ['metadata']));
    const becomes = rendered.find((one) => nameOf(at(one, ['metadata'])) === name);
    return becomes === undefined ? [] : losses(is, becomes).map((what) => `${what} of ${kind} ${name}`);
  });
}

function templateLosses(is: Values, becomes: Values): readonly string[] {
  const path = ['spec', 'template', 'spec'];
  const [old, fresh] = [at(is, path), at(becomes, path)];
  const named = (key: string, what: string) =>
    missing(listAt(old, [key]), listAt(fresh, [key])).map((name) => what + name);
  return [
    ...named('containers', 'the container '),
    ...named('initContainers', 'the init container '),
    ...missing(
      listAt(old, ['volumes']).filter((volume) => at(volume, ['emptyDir']) === undefined),
      listAt(fresh, ['volumes']),
    ).map((name) => `the volume ${name}`),
    ...variables(is, becomes),
    ...containerLosses(is, becomes),
    ...nodeRules(old, fresh),
    ...(isKeptApartOtherwise(is) ? ['podAntiAffinity'] : []),
    ...changedKeys(old, fresh),
    ...(accountOf(old) === accountOf(fresh) ? [] : ['serviceAccountName']),
    ...(isSame(old, fresh, ['securityContext', 'fsGroup']) ? [] : ['securityContext.fsGroup']),
    ...labelLosses(is, becomes),
  ];
}

/** Kubernetes has `default` where none is named. */
function accountOf(spec: unknown): string {
  return textAt(spec, ['serviceAccountName']) || 'default';
}

/** What the image is told, but for how it gets its passwords: one that is in a file is the same password. */
function variables(is: Values, becomes: Values): readonly string[] {
  const [old, fresh] = [environmentIn(is), environmentIn(becomes)];
  const meaning = (one: unknown) => canonical(at(one, ['valueFrom']) ?? at(one, ['value']));
  const isDecided = (name: string, one: unknown) =>
    decidedHere.has(name) ||
    (isOfImage(name) && name.includes('PASSWORD')) ||
    (name === 'POSTGRES_SYNCHRONOUS_COMMIT_MODE' && (at(one, ['value']) === 'on' || !isSynchronous(old)));
  return [...old].flatMap(([name, one]): string[] => {
    if (isDecided(name, one)) return [];
    const will = fresh.get(otherNames.get(name) ?? name);
    // The operator's own variable may be empty, which is something else than absent.
    if (will === undefined && isOfImage(name) && meaning(one) === canonical(null)) return [];
    return will !== undefined && meaning(will) === meaning(one) ? [] : [`the variable ${name}`];
  });
}

/** The image sets synchronous_commit only where commits wait for readers. Source: Bitnami's libpostgresql.sh */
function isSynchronous(environment: ReadonlyMap<string, unknown>): boolean {
  return Number(at(environment.get('POSTGRES_NUM_SYNCHRONOUS_REPLICAS'), ['value']) ?? 0) > 0;
}

function containerLosses(is: Values, becomes: Values): readonly string[] {
  const [old, fresh] = [databaseInManifest(is), databaseInManifest(becomes)];
  const user = ['securityContext', 'runAsUser'];
  return [
    ...ofContainer.filter((key) => !isNothing(at(old, [key])) && !isSame(old, fresh, [key])),
    ...(['startupProbe', 'readinessProbe'] as const).filter((key) => isOperatorsProbe(at(old, [key]))),
    ...(isSame(old, fresh, user) ? [] : [user.join('.')]),
  ];
}

/** The chart's probes ask pg_isready, and ours take their place. Charts 11 to 16.7.26, templates/primary. */
function isOperatorsProbe(probe: unknown): boolean {
  return !isNothing(probe) && !canonical(probe).includes('pg_isready');
}

function labelLosses(is: Values, becomes: Values): readonly string[] {
  const of = (set: Values, what: string) => objectAt(set, ['spec', 'template', 'metadata', what]);
  return (['labels', 'annotations'] as const).flatMap((what) =>
    Object.entries(of(is, what))
      .filter(([key, value]) => !ofChart.test(key) && of(becomes, what)[key] !== value)
      .map(([key]) => `the ${what === 'labels' ? 'label' : 'annotation'} ${key}`),
  );
}

/** Labels for version and chart, which get other values, and checksums, which follow from other objects. */
const ofChart = /^(app\.kubernetes\.io\/(version|managed-by)|helm\.sh\/chart|checksum\/.*)$/;

/** Where pods may run is not ours to change. */
function nodeRules(old: unknown, fresh: unknown): readonly string[] {
  return (['nodeAffinity', 'podAffinity'] as const).flatMap((rule) => {
    const asked = at(old, ['affinity', rule]);
    if (!isObject(asked) || Object.keys(asked).length === 0) return [];
    return canonical(asked) === canonical(at(fresh, ['affinity', rule]) ?? null) ? [] : [rule];
  });
}

/** Labels by which a rule means the pods of one release, or of one of its components. */
const ofRelease: readonly string[] = [labelKeys.instance, labelKeys.name, labelKeys.component];

/**
 * Whether its pods are kept apart in another way than on different nodes, or from other pods than its own: on different
 * nodes is what the parameter says.
 */
function isKeptApartOtherwise(set: Values): boolean {
  const rules = at(set, ['spec', 'template', 'spec', 'affinity', 'podAntiAffinity']);
  const terms = [
    ...listAt(rules, ['requiredDuringSchedulingIgnoredDuringExecution']),
    ...listAt(rules, ['preferredDuringSchedulingIgnoredDuringExecution']).map((one) => at(one, ['podAffinityTerm'])),
  ];
  const own = objectAt(set, ['spec', 'template', 'metadata', 'labels']);
  return !terms.every((term) => {
    const labels = objectAt(term, ['labelSelector', 'matchLabels']);
    const keys = [
      ...Object.keys(labels),
      ...listAt(term, ['labelSelector', 'matchExpressions']).map((one) => textAt(one, ['key']) ?? ''),
    ];
    return (
      at(term, ['topologyKey']) === 'kubernetes.io/hostname' &&
      at(term, ['namespaceSelector']) === undefined &&
      listAt(term, ['namespaces']).length <= 1 &&
      labels[labelKeys.instance] !== undefined &&
      keys.every((key) => ofRelease.includes(key)) &&
      Object.entries(labels).every(([key, value]) => own[key] === value)
    );
  });
}

function changedKeys(old: unknown, fresh: unknown): readonly string[] {
  if (!isObject(old)) return [];
  return Object.entries(old).flatMap(([key, value]) => {
    if (comparedApart.includes(key) || isNothing(value)) return [];
    return canonical(value) === canonical(at(fresh, [key]) ?? null) ? [] : [key];
  });
}

/** False and zero are what Kubernetes has anyway. */
function isNothing(value: unknown): boolean {
  const empty = isObject(value) ? Object.keys(value).length === 0 : Array.isArray(value) && value.length === 0;
  return empty || value === null || value === undefined || value === false || value === 0 || value === '';
}

function serviceLosses(is: unknown, becomes: unknown): readonly string[] {
  const annotations = at(is, ['metadata', 'annotations']);
  const kept = at(becomes, ['metadata', 'annotations']);
  const lost = isObject(annotations)
    ? Object.entries(annotations).filter(
        ([key, value]) => key !== outdatedAnnotation && canonical(value) !== canonical(at(kept, [key]) ?? null),
      )
    : [];
  return [...lost.map(([key]) => `the annotation ${key}`), ...changedKeys(at(is, ['spec']), at(becomes, ['spec']))];
}

/** The ConfigMap of the settings is left out, because it is read and written setting by setting. */
function configLosses(is: Values, becomes: Values): readonly string[] {
  if (textAt(is, ['metadata', 'name'])?.endsWith(settingsConfigMap(''))) return [];
  return isSame(is, becomes, ['data']) ? [] : ['the content'];
}

/** Whether both say the same at this path; parts that are null say nothing. */
function isSame(one: unknown, other: unknown, path: Path): boolean {
  return canonical(at(one, path)) === canonical(at(other, path));
}

function missing(were: readonly unknown[], are: readonly unknown[]): readonly string[] {
  const there = new Set(are.map(nameOf));
  return were.map(nameOf).filter((name) => !there.has(name));
}

function nameOf(from: unknown): string {
  return textAt(from, ['name']) ?? '';
}
