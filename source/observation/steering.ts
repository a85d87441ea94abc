// Which tool else decides what a release is, and would take back what our helm changes.
import {at, isObject, mergeValues, type Values} from '../chart/tree.ts';
import type {Metadata, StatefulSet} from './kubernetes.ts';

export type Steering = 'Argo CD' | 'Flux' | 'Terraform';

/** What an object of the release says about the tool that steers it. */
export interface SteeringMark {
  readonly tool: Steering;
  /** The tool's object that makes the release; `namespace` null: the tool's own. Null: the mark does not name it. */
  readonly object: {readonly namespace: string | null; readonly name: string} | null;
}

/** Argo CD's Application, or Flux's HelmRelease, as it is on the cluster. */
export interface SteeringObject {
  readonly apiVersion: string;
  readonly kind: 'Application' | 'HelmRelease';
  readonly metadata: Metadata;
  readonly spec?: Values;
  readonly status?: Values;
}

export interface SteeringSeen {
  readonly tool: Steering;
  /** Null: there is none on this cluster, or it may not be read. */
  readonly object: SteeringObject | null;
  /** What the mark names, for messages: `Application orders`. Null: it names nothing. */
  readonly named: string | null;
}

const fluxLabels = {name: 'helm.toolkit.fluxcd.io/name', namespace: 'helm.toolkit.fluxcd.io/namespace'} as const;

/**
 * The tool that steers the object, by what is written on it. Sources: Argo CD documentation, Resource Tracking; Flux,
 * HelmRelease labels; the field manager that Terraform's helm provider has.
 * @returns null where no tool is known to
 */
export function steeringMark({metadata}: Pick<StatefulSet, 'metadata'>): SteeringMark | null {
  const {labels = {}, annotations = {}, managedFields = []} = metadata;
  const {[fluxLabels.name]: release, [fluxLabels.namespace]: namespace = null} = labels;
  if (release !== undefined) return {tool: 'Flux', object: {namespace, name: release}};
  const tracked = annotations['argocd.argoproj.io/tracking-id']?.split(':')[0];
  const application = tracked ?? labels['argocd.argoproj.io/instance'];
  if (application !== undefined) return {tool: 'Argo CD', object: applicationNamed(application)};
  if (managedFields.some(({manager}) => manager === 'argocd-controller')) return {tool: 'Argo CD', object: null};
  const isOfTerraform = managedFields.some(({manager}) => manager?.startsWith('terraform-provider-helm'));
  return isOfTerraform ? {tool: 'Terraform', object: null} : null;
}

/** Argo CD documentation, Applications in any namespace: `NAMESPACE_NAME` where it is not in Argo CD's own. */
function applicationNamed(text: string): NonNullable<SteeringMark['object']> {
  const [, namespace, name] = /^([^_]+)_(.+)$/.exec(text) ?? [];
  return namespace !== undefined && name !== undefined ? {namespace, name} : {namespace: null, name: text};
}

export function steeredBy(set: Pick<StatefulSet, 'metadata'>): Steering | null {
  return steeringMark(set)?.tool ?? null;
}

/** Whether helm is not ours to run: somebody else applies what the release is. */
export function isSteered({steering}: {readonly steering?: SteeringSeen | null}): boolean {
  return steering !== undefined && steering !== null;
}

/** A HelmRelease that is gone steers nothing. Where nobody looked for it, the marks on the objects decide. */
export function steeringOf({
  steering,
  statefulSets,
}: {
  readonly steering?: SteeringSeen | null;
  readonly statefulSets: readonly StatefulSet[];
}): Steering | null {
  if (steering !== undefined) return steering?.tool ?? null;
  return statefulSets.flatMap((set) => steeredBy(set) ?? [])[0] ?? null;
}

/**
 * Whether the tool takes back by itself what is changed on the cluster; null: not known. Sources: Argo CD
 * documentation, Automated Sync Policy and Skip Application Reconcile; Flux, HelmRelease, Drift detection. Terraform
 * changes nothing until somebody applies.
 */
export function healsBySelf({tool, object}: SteeringSeen): boolean | null {
  if (tool === 'Terraform') return false;
  if (object === null) return null;
  const {spec, metadata} = object;
  if (tool === 'Flux') return spec?.['suspend'] !== true && at(spec, ['driftDetection', 'mode']) === 'enabled';
  if (metadata.annotations?.['argocd.argoproj.io/skip-reconcile'] === 'true') return false;
  const automated = at(spec, ['syncPolicy', 'automated']);
  return isObject(automated) && automated['enabled'] !== false && automated['selfHeal'] === true;
}

/** The source of an Application that renders the chart, and the path to it. Argo CD documentation, Multiple Sources. */
export function chartSourceOf({
  spec,
}: SteeringObject): {readonly path: readonly string[]; readonly source: Values} | null {
  const single = at(spec, ['source']);
  if (isObject(single)) return {path: ['source'], source: single};
  const several = at(spec, ['sources']);
  const sources = Array.isArray(several) ? several.filter(isObject) : [];
  const index = sources.findIndex((one) => one['chart'] !== undefined || one['helm'] !== undefined);
  const source = sources[index];
  return source ? {path: ['sources', String(index)], source} : null;
}

/**
 * The values that an Application gives to its chart, where all of them stand in it. Argo CD documentation, Helm: files
 * are merged first, then `values` or `valuesObject`, which wins, then parameters.
 * @param parse YAML as helm reads it
 * @returns null where some are in Git
 */
export function valuesOfApplication(object: SteeringObject, parse: (text: string) => unknown): Values | null {
  const found = chartSourceOf(object);
  if (found === null) return null;
  const helm = at(found.source, ['helm']) ?? {};
  if (hasSome(at(helm, ['valueFiles'])) || hasSome(at(helm, ['fileParameters']))) return null;
  const own = at(helm, ['valuesObject']);
  const text = at(helm, ['values']);
  const base = isObject(own) ? own : typeof text === 'string' ? (parse(text) ?? {}) : {};
  return isObject(base) ? withParameters(base, at(helm, ['parameters'])) : null;
}

function hasSome(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

/** Sets the parameters as `helm --set` would; null when one of them is more than a path of keys. */
function withParameters(base: Values, parameters: unknown): Values | null {
  let values = base;
  for (const one of Array.isArray(parameters) ? parameters.filter(isObject) : []) {
    const {name, value, forceString} = one;
    if (typeof name !== 'string' || typeof value !== 'string' || /[[\]{}\\,]/.test(name + value)) return null;
    const leaf = forceString === true ? value : typed(value);
    values = mergeValues(
      values,
      name.split('.').reduceRight<unknown>((inner, key) => ({[key]: inner}), leaf) as Values,
    );
  }
  return values;
}

/** Helm documentation, The Format and Limitations of --set. */
function typed(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text === 'null') return null;
  return /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : text;
}

/** What in turn makes the tool's object, by its labels: a Kustomization, or another Application; else null. */
export function ownerOf({metadata}: SteeringObject): string | null {
  const {labels = {}} = metadata;
  const {'kustomize.toolkit.fluxcd.io/name': kustomization, 'kustomize.toolkit.fluxcd.io/namespace': space} = labels;
  if (kustomization !== undefined) return `Kustomization ${space ?? '?'}/${kustomization}`;
  const parent = steeringMark({metadata});
  return parent?.tool === 'Argo CD' && parent.object ? `Application ${parent.object.name}` : null;
}
