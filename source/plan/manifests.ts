// Reading what helm rendered: the pod templates in it, and what differs between two renderings.
import {databaseContainer} from '../chart/names.ts';
import {parseAllDocuments} from 'yaml';
import {at, isObject, listAt, textAt, type Values} from '../chart/tree.ts';
import type {Template} from '../observation/pods/pod-template.ts';
import type {PodSource} from '../observation/pods/pod-of-set.ts';
import {diffLines} from './diff.ts';

/** Pod templates by the name of their StatefulSet. What is no YAML counts as nothing. */
export function templatesIn(manifests: string): Readonly<Record<string, Template>> {
  return Object.fromEntries(
    rendered(manifests, 'StatefulSet').flatMap((object): [string, Template][] =>
      object.metadata?.name && object.spec?.template?.spec?.containers
        ? [[object.metadata.name, object.spec.template]]
        : [],
    ),
  );
}

/** What of a rendering concerns the pods that are made of it. */
export interface Rendering {
  /** StatefulSets by name. */
  readonly sets: Readonly<Record<string, PodSource>>;
  /** All objects, as `Kind/name`. */
  readonly made: ReadonlySet<string>;
}

export function renderingOf(manifests: string): Rendering {
  const sets = rendered(manifests, 'StatefulSet').flatMap(({metadata, spec}): [string, PodSource][] =>
    metadata?.name && spec?.template?.spec?.containers
      ? [[metadata.name, {metadata: {name: metadata.name}, spec: {...spec, template: spec.template}}]]
      : [],
  );
  return {sets: Object.fromEntries(sets), made: new Set(objectsIn(manifests).keys())};
}

/** What ConfigMaps hold, by their name. */
export function configMapsIn(manifests: string): Readonly<Record<string, ConfigMapContent>> {
  return Object.fromEntries(
    rendered(manifests, 'ConfigMap').flatMap(({metadata, data, binaryData}) =>
      metadata?.name ? [[metadata.name, {...(data ? {data} : {}), ...(binaryData ? {binaryData} : {})}]] : [],
    ),
  );
}

export interface ConfigMapContent {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

/** `Kind/name` of all objects, Secrets left out. */
export function objectsNamedIn(manifests: string): ReadonlySet<string> {
  return new Set(objectsIn(manifests).keys());
}

/**
 * A pod template that can be tried before helm has applied it: a pod whose service account is not there yet is not
 * made. The account can be left out, because the chart's has no rights.
 */
export function withoutNewAccount(template: Template, was: string, will: string): Template {
  const {serviceAccountName, ...spec} = template.spec;
  const account = `ServiceAccount/${serviceAccountName ?? ''}`;
  const isNew = objectsNamedIn(will).has(account) && !objectsNamedIn(was).has(account);
  return isNew ? {...template, spec} : template;
}

/** All objects of a kind. */
export function objectsOfKind(manifests: string, kind: string): readonly Values[] {
  return rendered(manifests, kind).filter(isObject);
}

/** The database's container in a StatefulSet; undefined when it has none. */
export function databaseInManifest(set: unknown): unknown {
  return listAt(set, ['spec', 'template', 'spec', 'containers']).find((one) => at(one, ['name']) === databaseContainer);
}

/** The environment of the database in a StatefulSet, by name. */
export function environmentIn(set: unknown): ReadonlyMap<string, unknown> {
  return new Map(listAt(databaseInManifest(set), ['env']).map((one) => [textAt(one, ['name']) ?? '', one]));
}

interface Rendered extends ConfigMapContent {
  readonly metadata?: {readonly name?: string};
  readonly spec?: Partial<PodSource['spec']>;
}

function rendered(manifests: string, kind: string): Rendered[] {
  return documents(manifests)
    .filter((text) => new RegExp(`^kind: ${kind}\\s*$`, 'm').test(text))
    .flatMap((text) => parseAllDocuments(text))
    .flatMap((document) => ('toJS' in document ? ((document.toJS() as Rendered | null) ?? []) : []));
}

/**
 * Object by object, each headed by its kind and name. Secrets are left out, whatever helm would show of them. Empty
 * when nothing differs.
 */
export function diffManifests(before: string, after: string): string {
  const [old, fresh] = [objectsIn(before), objectsIn(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .sort()
    .flatMap((name) => {
      const difference = diffLines(old.get(name) ?? '', fresh.get(name) ?? '');
      return difference === '' ? [] : [`${name}\n${difference}`];
    })
    .join('\n\n');
}

/** Texts by `Kind/name`. */
function objectsIn(manifests: string): ReadonlyMap<string, string> {
  return new Map(
    documents(manifests).flatMap((text): [string, string][] => {
      const kind = /^kind: (\S+)\s*$/m.exec(text)?.[1];
      const name =
        /^metadata:\s*\n(?: {2,}.*\n)*? {2}name: "?([^\s"]+)/m.exec(text)?.[1] ??
        /^metadata: \{.*?\bname: "?([^\s",}]+)/m.exec(text)?.[1];
      return kind === undefined || kind === 'Secret' ? [] : [[`${kind}/${name ?? '?'}`, text.trim()]];
    }),
  );
}

function documents(manifests: string): readonly string[] {
  return manifests.split(/^---\s*$/m);
}
