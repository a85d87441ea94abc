// What a release by plain helm has in its manifest and would not have in ours. No such thing may be lost.
import {canonical} from '../chart/same-values.ts';
import {at, isObject, listAt, textAt, type Values} from '../chart/tree.ts';
import {databaseContainer, objectsNamedIn, objectsOfKind} from './manifests.ts';

/** Variables of the database's environment that the chart and the image know. What they say is compared elsewhere. */
const ofTheImage = /^(POSTGRES|POSTGRESQL|PG|BITNAMI|NAMI)[A-Z_0-9]*$|^POD_/;
export function isOfImage(variable: string): boolean {
  return ofTheImage.test(variable);
}

/** Kubernetes has publishNotReadyAddresses instead, since 1.9; charts before 14 say both. */
const outdatedAnnotation = 'service.alpha.kubernetes.io/tolerate-unready-endpoints';
/** Keys of a pod template that are compared part by part, or that the installer decides with a parameter. */
const comparedApart: readonly string[] = ['containers', 'initContainers', 'volumes', 'affinity', 'securityContext'];

/**
 * What would be lost, such as `the container backup of StatefulSet orders-postgresql`; empty where nothing would.
 * Secrets are not among it: they stay.
 * @param was the manifest that helm has applied
 * @param will what helm would apply
 */
export function adoptionLosses(was: string, will: string): readonly string[] {
  const there = objectsNamedIn(will);
  const gone = [...objectsNamedIn(was)].filter((name) => !there.has(name));
  return [...gone, ...inEach('StatefulSet', was, will, templateLosses), ...inEach('Service', was, will, serviceLosses)];
}

type Losses = (is: Values, becomes: Values) => readonly string[];

/** The losses of objects that are in both manifests, each followed by the object's name. */
export function inEach(kind: string, was: string, will: string, losses: Losses): readonly string[] {
  const rendered = objectsOfKind(will, kind);
  return objectsOfKind(was, kind).flatMap((is) => {
    const name = nameOf(at(is, ['metadata']));
    const becomes = rendered.find((one) => nameOf(at(one, ['metadata'])) === name);
    return becomes === undefined ? [] : losses(is, becomes).map((what) => `${what} of ${kind} ${name}`);
  });
}

function templateLosses(is: unknown, becomes: unknown): readonly string[] {
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
    ...ownVariables(is, becomes),
    ...nodeRules(old, fresh),
    ...changedKeys(old, fresh),
  ];
}

/** What the operator put into the environment of the database. */
function ownVariables(is: unknown, becomes: unknown): readonly string[] {
  const of = (set: unknown) => listAt(databaseContainer(set), ['env']).filter((one) => !isOfImage(nameOf(one)));
  return missing(of(is), of(becomes)).map((name) => `the variable ${name}`);
}

/** Pods may be kept apart in another way: that is a parameter. Where they may run is not ours to change. */
function nodeRules(old: unknown, fresh: unknown): readonly string[] {
  return (['nodeAffinity', 'podAffinity'] as const).flatMap((rule) => {
    const asked = at(old, ['affinity', rule]);
    if (!isObject(asked) || Object.keys(asked).length === 0) return [];
    return canonical(asked) === canonical(at(fresh, ['affinity', rule]) ?? null) ? [] : [rule];
  });
}

function changedKeys(old: unknown, fresh: unknown): readonly string[] {
  if (!isObject(old)) return [];
  return Object.entries(old).flatMap(([key, value]) => {
    if (comparedApart.includes(key) || isNothing(value)) return [];
    // `default` is an account without rights of its own, and the chart's has none either.
    if (key === 'serviceAccountName' && value === 'default') return [];
    return canonical(value) === canonical(at(fresh, [key]) ?? null) ? [] : [key];
  });
}

/** False and zero are what Kubernetes has anyway. */
function isNothing(value: unknown): boolean {
  const empty = isObject(value) ? Object.keys(value).length === 0 : Array.isArray(value) && value.length === 0;
  return empty || value === null || value === false || value === 0 || value === '';
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

function missing(were: readonly unknown[], are: readonly unknown[]): readonly string[] {
  const there = new Set(are.map(nameOf));
  return were.map(nameOf).filter((name) => !there.has(name));
}

function nameOf(from: unknown): string {
  return textAt(from, ['name']) ?? '';
}
