// A change of a release as files: edits for the place where the release comes from, instead of a change on the cluster.
import {writeHelmYaml} from '../chart/helm-yaml.ts';
import {canonical} from '../chart/same-values.ts';
import {
  at,
  isObject,
  leaves,
  mergeValues,
  objectAt,
  textAt,
  withoutPaths,
  type Path,
  type Values,
} from '../chart/tree.ts';
import {cause, UserError, type Cause} from '../core/cause.ts';
import {chartSourceOf, ownerOf, type SteeringObject, type SteeringSeen} from '../observation/steering.ts';
import {unifiedDiff} from '../plan/diff.ts';
import type {ExportedFile} from './release-files.ts';

export interface ChangedRelease {
  readonly release: string;
  readonly namespace: string;
  readonly before: {readonly values: Values; readonly chartVersion: string};
  readonly after: {readonly values: Values; readonly chartVersion: string};
}

export interface PatchedFile extends ExportedFile {
  /** The text that the file has now. */
  readonly before: string;
  /** Whose file it is, to follow "changes": `HelmRelease flux-system/orders, which Kustomization … applies`. */
  readonly place: string;
  /** A whole object of the cluster, or only the values of a release whose tool keeps them elsewhere. */
  readonly holds: 'object' | 'values';
}

/** The whole files as they are to be; at least one. */
export function releasePatch(steering: SteeringSeen | null, given: ChangedRelease): readonly PatchedFile[] {
  const {before, after} = given;
  const changed = {...given, after: {...after, values: inOrderOf(before.values, after.values) as Values}};
  const object = steering?.object ?? null;
  if (object?.kind === 'HelmRelease') return fluxFiles(object, changed);
  if (object?.kind === 'Application') return argoFiles(object, changed);
  return [valuesFile(changed, valuesPlace(steering, changed))];
}

/** The value with its keys in the model's order, so that a diff shows what changes and nothing else. */
function inOrderOf(model: unknown, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one, at) => inOrderOf(Array.isArray(model) ? model[at] : undefined, one));
  if (!isObject(value) || !isObject(model)) return value;
  const known = Object.keys(model).filter((key) => Object.hasOwn(value, key));
  const fresh = Object.keys(value).filter((key) => !Object.hasOwn(model, key));
  return Object.fromEntries([...known, ...fresh].map((key) => [key, inOrderOf(model[key], value[key])]));
}

/** All files as one unified diff. */
export function patchText(files: readonly PatchedFile[]): string {
  return files.map(({name, before, text}) => unifiedDiff(name, before, text)).join('');
}

/** The changed values, one line each, for a file that only Git has. */
export function changedValues({before, after}: ChangedRelease): readonly string[] {
  const [old, fresh] = [before.values, after.values].map((values) => new Map(leaves(values).map(byPath)));
  const paths = [...new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])])];
  return paths.flatMap((path) => {
    const [was, is] = [old?.get(path), fresh?.get(path)];
    if (canonical(was ?? null) === canonical(is ?? null)) return [];
    return [`${path}: ${was === undefined ? 'not set' : JSON.stringify(was)} → ${JSON.stringify(is ?? null)}`];
  });
}

function byPath({path, value}: {readonly path: readonly string[]; readonly value: unknown}): [string, unknown] {
  return [path.join('.'), value];
}

function valuesPlace(steering: SteeringSeen | null, {release, after, before}: ChangedRelease): string {
  const version =
    after.chartVersion === before.chartVersion ? '' : `; the version of the chart becomes ${after.chartVersion}`;
  if (steering?.tool === 'Terraform') return `the values of the helm_release that makes ${release}${version}`;
  return `the values that ${steering?.named ?? 'helm'} gives to ${release}${version}`;
}

function valuesFile({release, before, after}: ChangedRelease, place: string): PatchedFile {
  return {
    name: `${release}-values.yaml`,
    before: writeHelmYaml(before.values),
    text: writeHelmYaml(after.values),
    place,
    holds: 'values',
  };
}

/** Flux documentation, HelmRelease, Values: the values that it refers to come first, and its own take precedence. */
function fluxFiles(object: SteeringObject, changed: ChangedRelease): readonly PatchedFile[] {
  const {before, after} = changed;
  const spec = object.spec ?? {};
  const references = at(spec, ['valuesFrom']);
  const [only] = Array.isArray(references) ? (references as readonly unknown[]) : [];
  const isInConfigMap =
    isObject(only) &&
    Array.isArray(references) &&
    references.length === 1 &&
    only['kind'] === 'ConfigMap' &&
    only['targetPath'] === undefined &&
    leaves(objectAt(spec, ['values'])).length === 0;
  const moved = isInConfigMap
    ? spec
    : refersToSecret(references)
      ? withChangedOnly(spec, references, object, changed)
      : withoutReferences(spec, after.values);
  const text = objectText({...object, spec: withVersion(moved, before.chartVersion, after.chartVersion)});
  const current = objectText(object);
  const own: readonly PatchedFile[] =
    text === current ? [] : [{...ofObject(object), name: `${changed.release}-helmrelease.yaml`, before: current, text}];
  return isInConfigMap ? [configMap(object, only, changed), ...own] : own;
}

/** The spec with all values in it, so that no reference to other values is needed. */
function withoutReferences(spec: Values, values: Values): Values {
  return {...withoutPaths(spec, [['valuesFrom']]), values};
}

function refersToSecret(references: unknown): references is readonly unknown[] {
  return Array.isArray(references) && references.some((one) => at(one, ['kind']) === 'Secret');
}

/**
 * The spec with its references, and in its own values, which take precedence, only what changes: what a Secret holds is
 * not to stand in Git.
 * @throws UserError STEERED where a reference sets what changes
 */
function withChangedOnly(
  spec: Values,
  references: readonly unknown[],
  object: SteeringObject,
  {release, namespace, before, after}: ChangedRelease,
): Values {
  const [was, is] = [leaves(before.values), leaves(after.values)];
  const known = (all: typeof was) => new Map(all.map(({path, value}) => [canonical(path), value]));
  const [old, fresh] = [known(was), known(is)];
  const set = is.filter(({path, value}) => canonical(old.get(canonical(path)) ?? null) !== canonical(value));
  const gone = was.filter(({path}) => !fresh.has(canonical(path))).map(({path}) => path);
  const own = objectAt(spec, ['values']);
  const isOwn = (path: Path) => at(own, path) !== undefined;
  const fixed = references.flatMap((one) => {
    const target = textAt(one, ['targetPath']);
    return target === undefined ? [] : [target.split('.')];
  });
  const elsewhere = [
    ...[...set.map(({path}) => path), ...gone].filter((path) => fixed.some((target) => overlap(target, path))),
    // A value that is left out would still come from there.
    ...gone.filter((path) => !isOwn(path) && !set.some((one) => overlap(one.path, path))),
  ];
  if (elsewhere.length > 0) throw new UserError(setByReference(object, {release, namespace}, elsewhere));
  const values = set.reduce<Values>(
    (merged, {path, value}) =>
      mergeValues(merged, path.reduceRight<unknown>((inner, key) => ({[key]: inner}), value) as Values),
    withoutPaths(own, gone),
  );
  return {...spec, values};
}

function overlap(one: Path, other: Path): boolean {
  return one.slice(0, other.length).every((key, index) => other[index] === key);
}

function setByReference(
  object: SteeringObject,
  {release, namespace}: Pick<ChangedRelease, 'release' | 'namespace'>,
  paths: readonly Path[],
): Cause {
  const names = [...new Set(paths.map((path) => path.join('.')))].join(', ');
  return cause(
    'STEERED',
    `${placeOf(object)} has ${names} from what its valuesFrom refers to, where this change cannot be written. ` +
      'Nothing was changed.',
    {
      object: {kind: 'Release', namespace, name: release},
      remedies: [
        {title: `Take ${names} out of what valuesFrom refers to, and put it into spec.values; then run it again`},
      ],
    },
  );
}

/** The spec with the new version. Where the spec refers to a chart, the version is in the object that it refers to. */
function withVersion(spec: Values, before: string, after: string): Values {
  const chart = at(spec, ['chart', 'spec']);
  if (before === after || !isObject(chart)) return spec;
  return {...spec, chart: {...objectAt(spec, ['chart']), spec: {...chart, version: after}}};
}

function configMap(object: SteeringObject, reference: Values, changed: ChangedRelease): PatchedFile {
  const {namespace = ''} = object.metadata;
  const name = typeof reference['name'] === 'string' ? reference['name'] : '';
  const key = typeof reference['valuesKey'] === 'string' ? reference['valuesKey'] : 'values.yaml';
  const text = (values: Values) =>
    writeHelmYaml({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {name, namespace},
      data: {[key]: writeHelmYaml(values)},
    });
  return {
    name: `${changed.release}-values-configmap.yaml`,
    before: text(changed.before.values),
    text: text(changed.after.values),
    place: `ConfigMap ${namespace}/${name}, from which ${placeOf(object)} has its values`,
    holds: 'object',
  };
}

function argoFiles(object: SteeringObject, changed: ChangedRelease): readonly PatchedFile[] {
  const found = chartSourceOf(object);
  const helm = objectAt(found?.source, ['helm']);
  const files = at(helm, ['valueFiles']);
  if (found === null || (Array.isArray(files) && files.length > 0))
    return [valuesFile(changed, filesPlace(object, found?.source ?? {}, files))];
  const {before, after} = changed;
  const own = helm['valuesObject'];
  const rest = withoutPaths(helm, [['values'], ['valuesObject'], ['parameters']]);
  // An object of values would lose its nulls, each of which removes a default of the chart.
  const asObject = own !== undefined && !leaves(after.values).some(({value}) => value === null);
  const source = {
    ...found.source,
    ...(typeof found.source['chart'] === 'string' && before.chartVersion !== after.chartVersion
      ? {targetRevision: after.chartVersion}
      : {}),
    helm: {...rest, ...(asObject ? {valuesObject: after.values} : {values: writeHelmYaml(after.values)})},
  };
  const name = `${changed.release}-application.yaml`;
  const text = objectText({...object, spec: withSource(object.spec ?? {}, found.path, source)});
  return [{...ofObject(object), name, before: objectText(object), text}];
}

function withSource(spec: Values, [kind, index]: readonly string[], source: Values): Values {
  const several = spec['sources'];
  if (kind === 'source' || !Array.isArray(several)) return {...spec, source};
  return {...spec, sources: several.map((one: unknown, position) => (String(position) === index ? source : one))};
}

function filesPlace(object: SteeringObject, source: Values, files: unknown): string {
  const names = Array.isArray(files) ? files.join(', ') : 'its values';
  const path = typeof source['path'] === 'string' ? ` (path ${source['path']})` : '';
  const repository = typeof source['repoURL'] === 'string' ? source['repoURL'] : 'Git';
  return `${names} in ${repository}${path}, from which ${placeOf(object)} has its values`;
}

function ofObject(object: SteeringObject): Pick<PatchedFile, 'place' | 'holds'> {
  return {place: placeOf(object), holds: 'object'};
}

function placeOf(object: SteeringObject): string {
  const {namespace = '', name} = object.metadata;
  const owner = ownerOf(object);
  return `${object.kind} ${namespace}/${name}${owner === null ? '' : `, which ${owner} applies`}`;
}

/** The object as it would be in Git: without what the cluster, and tools that apply it, write on it. */
function objectText({apiVersion, kind, metadata, spec = {}}: SteeringObject): string {
  const {name, namespace, labels = {}, annotations = {}} = metadata;
  const own = Object.entries(labels).filter(
    ([key]) => !/(^|\.)toolkit\.fluxcd\.io\/|^argocd\.argoproj\.io\/instance$/.test(key),
  );
  const noted = Object.entries(annotations).filter(
    ([key]) =>
      !/^kubectl\.kubernetes\.io\/|^reconcile\.fluxcd\.io\/|^argocd\.argoproj\.io\/(tracking-id|refresh)$/.test(key),
  );
  const kept = (entries: readonly [string, string][], key: string) =>
    entries.length === 0 ? {} : {[key]: Object.fromEntries(entries)};
  return writeHelmYaml({
    apiVersion,
    kind,
    metadata: {name, namespace, ...kept(own, 'labels'), ...kept(noted, 'annotations')},
    spec,
  });
}
