// What may not change once an object exists, in the API server's words.
import {parseQuantity} from '../../quantity.ts';
import {sameMeaning} from '../../store/canonical.ts';
import {kinds, type Kind} from '../../store/kinds.ts';
import {StatusError, type KubeObject} from '../../store/objects.ts';
import {scalarText} from '../../store/scalar-text.ts';
import {describe, detailsOf, type Store} from '../../store/store.ts';
import {fieldError, type FieldError} from '../status-answer.ts';

type Fields = Record<string, unknown>;
const specOf = (object: KubeObject) => (object['spec'] ?? {}) as Fields;
const immutable = 'field is immutable';

type UpdateRule = (live: KubeObject, next: KubeObject) => FieldError[];

const rules: ReadonlyMap<Kind, UpdateRule> = new Map<Kind, UpdateRule>([
  [kinds.statefulSet, (live, next) => statefulSetErrors(specOf(live), specOf(next))],
  [kinds.pod, (live, next) => podErrors(specOf(live), specOf(next))],
  [kinds.claim, (live, next) => claimErrors(live, specOf(live), specOf(next))],
  [kinds.secret, secretErrors],
  [
    kinds.configMap,
    (live, next) => (live['immutable'] === true ? frozenErrors(live, next, ['data', 'binaryData']) : []),
  ],
  [kinds.job, (live, next) => jobErrors(specOf(live), specOf(next))],
  [kinds.storageClass, storageClassErrors],
  [kinds.roleBinding, roleBindingErrors],
  [kinds.volume, (live, next) => volumeErrors(specOf(live), specOf(next))],
]);

export function updateErrors(kind: Kind, live: KubeObject, next: KubeObject): FieldError[] {
  return rules.get(kind)?.(live, next) ?? [];
}

/**
 * @throws StatusError 403 where a bound claim is to grow and its class does not allow that; the validation judges a
 * claim that is not bound
 */
export function checkResize(store: Store, live: KubeObject, next: KubeObject): void {
  const {phase} = (live['status'] ?? {}) as {phase?: string};
  if (phase !== 'Bound' || sizeOf(next) <= sizeOf(live)) return;
  const storageClass = store.get(kinds.storageClass, null, scalarText(specOf(live)['storageClassName']));
  if (storageClass?.['allowVolumeExpansion'] === true) return;
  const {name} = live.metadata;
  const text =
    'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
  throw new StatusError(
    403,
    'Forbidden',
    `${describe(kinds.claim)} "${name}" is forbidden: ${text}`,
    detailsOf(kinds.claim, name),
  );
}

function without(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function statefulSetErrors(before: Fields, after: Fields): FieldError[] {
  const free = [
    'replicas',
    'ordinals',
    'template',
    'updateStrategy',
    'revisionHistoryLimit',
    'persistentVolumeClaimRetentionPolicy',
    'minReadySeconds',
  ];
  if (sameMeaning(without(before, free), without(after, free))) return [];
  const text = `updates to statefulset spec for fields other than ${free
    .slice(0, -1)
    .map((name) => `'${name}'`)
    .join(', ')} and 'minReadySeconds' are forbidden`;
  return [fieldError.forbidden('spec', text)];
}

function podErrors(before: Fields, after: Fields): FieldError[] {
  const containers = (spec: Fields, group: string) => (Array.isArray(spec[group]) ? (spec[group] as Fields[]) : []);
  const errors: FieldError[] = [];
  for (const group of ['containers', 'initContainers']) {
    if (containers(before, group).length !== containers(after, group).length) {
      return [fieldError.forbidden(`spec.${group}`, 'pod updates may not add or remove containers')];
    }
  }
  const frozen = (spec: Fields) => ({
    ...without(spec, ['activeDeadlineSeconds', 'tolerations', 'schedulingGates']),
    containers: containers(spec, 'containers').map((container) => without(container, ['image'])),
    initContainers: containers(spec, 'initContainers').map((container) => without(container, ['image'])),
  });
  if (!sameMeaning(frozen(before), frozen(after))) {
    const allowed =
      '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` ' +
      '(only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if ' +
      'it was previously negative)';
    errors.push(fieldError.forbidden('spec', `pod updates may not change fields other than ${allowed}`));
  }
  const tolerations = (spec: Fields) => containers(spec, 'tolerations');
  if (tolerations(before).some((one) => !tolerations(after).some((other) => sameMeaning(one, other)))) {
    errors.push(
      fieldError.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'),
    );
  }
  return errors;
}

function sizeOf(claim: KubeObject): bigint {
  const {resources} = specOf(claim) as {resources?: {requests?: {storage?: string}}};
  return parseQuantity(resources?.requests?.storage ?? '0') ?? 0n;
}

function claimErrors(live: KubeObject, before: Fields, after: Fields): FieldError[] {
  const status = (live['status'] ?? {}) as {phase?: string; capacity?: {storage?: string}};
  const size = (spec: Fields) =>
    parseQuantity((spec as {resources?: {requests?: {storage?: string}}}).resources?.requests?.storage ?? '0') ?? 0n;
  // The binder fills in volumeName, and the class of a claim that had none.
  const filled = [
    'resources',
    'volumeAttributesClassName',
    ...(before['volumeName'] ? [] : ['volumeName']),
    ...(before['storageClassName'] === undefined ? ['storageClassName'] : []),
  ];
  const errors: FieldError[] = [];
  const grown = size(after) !== size(before);
  if (!sameMeaning(without(before, filled), without(after, filled)) || (grown && status.phase !== 'Bound')) {
    errors.push(
      fieldError.forbidden(
        'spec',
        'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      ),
    );
  }
  if (size(after) < size(before) && size(after) < (parseQuantity(status.capacity?.storage ?? '0') ?? 0n)) {
    errors.push(fieldError.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
  return errors;
}

function secretErrors(live: KubeObject, next: KubeObject): FieldError[] {
  return [
    ...(live['type'] === next['type'] ? [] : [fieldError.invalid('type', next['type'], immutable)]),
    ...(live['immutable'] === true ? frozenErrors(live, next, ['data']) : []),
  ];
}

function frozenErrors(live: KubeObject, next: KubeObject, fields: readonly string[]): FieldError[] {
  return [
    ...(next['immutable'] === true
      ? []
      : [fieldError.forbidden('immutable', 'field is immutable when `immutable` is set')]),
    ...fields
      .filter((name) => !sameMeaning(live[name], next[name]))
      .map((name) => fieldError.forbidden(name, 'field is immutable when `immutable` is set')),
  ];
}

function jobErrors(before: Fields, after: Fields): FieldError[] {
  return sameMeaning(before['template'], after['template'])
    ? []
    : [fieldError.invalid('spec.template', after['template'], immutable)];
}

function storageClassErrors(live: KubeObject, next: KubeObject): FieldError[] {
  return ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode']
    .filter((name) => !sameMeaning(live[name], next[name]))
    .map((name) => fieldError.forbidden(name, `updates to ${name} are forbidden.`));
}

function roleBindingErrors(live: KubeObject, next: KubeObject): FieldError[] {
  return sameMeaning(live['roleRef'], next['roleRef'])
    ? []
    : [fieldError.invalid('roleRef', next['roleRef'], 'cannot change roleRef')];
}

function volumeErrors(before: Fields, after: Fields): FieldError[] {
  if (sameMeaning(sourceOf(before), sourceOf(after))) return [];
  const field = 'spec.persistentvolumesource';
  return [fieldError.forbidden(field, `${field} is immutable after creation`)];
}

function sourceOf(spec: Fields): unknown {
  return spec['local'] ?? spec['hostPath'] ?? spec['csi'];
}
