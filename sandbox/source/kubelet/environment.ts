// The environment of a container, as its definition gives it.
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import type {Store} from '../store/store.ts';
import type {Container, EnvVar, KeyOf} from './pod.ts';

export interface Lookup {
  /** Decoded; null: there is no such object. */
  secret(name: string): Readonly<Record<string, string>> | null;
  configMap(name: string): Readonly<Record<string, string>> | null;
}

/** What keeps a container from being made. Kubelet: CreateContainerConfigError. */
export class ConfigError extends Error {}

/** @throws ConfigError with kubelet's words */
export function environmentOf(
  container: Container,
  pod: KubeObject,
  podIP: string,
  lookup: Lookup,
): Record<string, string> {
  const found: Record<string, string> = {HOSTNAME: pod.metadata.name};
  for (const source of container.envFrom ?? []) Object.assign(found, variablesOf(source, lookup));
  for (const variable of container.env ?? []) {
    const value = valueOf(variable, pod, podIP, lookup);
    if (value !== null)
      found[variable.name] = value.replace(/\$\$|\$\(([\w.-]+)\)/g, (all, name?: string) =>
        all === '$$' ? '$' : (found[name ?? ''] ?? all),
      );
  }
  return found;
}

/** All keys of a Secret or ConfigMap. @throws ConfigError */
function variablesOf(
  {prefix = '', configMapRef, secretRef}: NonNullable<Container['envFrom']>[number],
  lookup: Lookup,
): Record<string, string> {
  const ref = configMapRef ?? secretRef;
  if (!ref) return {};
  const data = configMapRef ? lookup.configMap(ref.name) : lookup.secret(ref.name);
  if (data === null && !ref.optional)
    throw new ConfigError(`${configMapRef ? 'configmap' : 'secret'} "${ref.name}" not found`);
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [`${prefix}${key}`, value]));
}

function valueOf({value, valueFrom}: EnvVar, pod: KubeObject, podIP: string, lookup: Lookup): string | null {
  if (valueFrom?.secretKeyRef)
    return keyOf(valueFrom.secretKeyRef, lookup.secret(valueFrom.secretKeyRef.name), 'secret', 'Secret', pod);
  if (valueFrom?.configMapKeyRef)
    return keyOf(
      valueFrom.configMapKeyRef,
      lookup.configMap(valueFrom.configMapKeyRef.name),
      'configmap',
      'ConfigMap',
      pod,
    );
  if (valueFrom?.fieldRef) return fieldOf(pod, valueFrom.fieldRef.fieldPath, podIP);
  return value ?? '';
}

function keyOf(
  {name, key, optional}: KeyOf,
  data: Readonly<Record<string, string>> | null,
  kind: string,
  title: string,
  pod: KubeObject,
): string | null {
  const value = data?.[key];
  if (value !== undefined || optional) return value ?? null;
  throw new ConfigError(
    data === null
      ? `${kind} "${name}" not found`
      : `couldn't find key ${key} in ${title} ${pod.metadata.namespace}/${name}`,
  );
}

/** Kubernetes API: the fields that the downward API gives. */
export function fieldOf(pod: KubeObject, path: string, podIP: string): string {
  const entry = mapEntry(pod, path);
  if (entry !== null) return entry;
  const {name, namespace = '', uid = '', labels = {}, annotations = {}} = pod.metadata;
  const spec = pod['spec'] as {nodeName?: string; serviceAccountName?: string};
  const values: Record<string, string> = {
    'metadata.name': name,
    'metadata.namespace': namespace,
    'metadata.uid': uid,
    'metadata.labels': listed(labels),
    'metadata.annotations': listed(annotations),
    'spec.nodeName': spec.nodeName ?? '',
    'spec.serviceAccountName': spec.serviceAccountName ?? '',
    'status.podIP': podIP,
    'status.podIPs': podIP,
    'status.hostIP': (pod['status'] as {hostIP?: string} | undefined)?.hostIP ?? '',
  };
  return values[path] ?? '';
}

/** `metadata.labels['app']`. Null: the path names no entry. */
function mapEntry({metadata: {labels = {}, annotations = {}}}: KubeObject, path: string): string | null {
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  return map === undefined ? null : ((map === 'labels' ? labels : annotations)[key] ?? '');
}

/** One entry a line, with the value in quotes. */
function listed(entries: Readonly<Record<string, string>>): string {
  return Object.entries(entries)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}

/** The Secrets and ConfigMaps that a pod may name: those of its namespace. */
export function objectsFor(store: Store, {metadata: {namespace = ''}}: KubeObject): Lookup {
  const decoded = (data: unknown) =>
    Object.fromEntries(
      Object.entries((data ?? {}) as Record<string, string>).map(([key, value]) => [
        key,
        Buffer.from(value, 'base64').toString('utf8'),
      ]),
    );
  return {
    secret: (name) => {
      const found = store.get(kinds.secret, namespace, name);
      return found && decoded(found['data']);
    },
    configMap: (name) => {
      const found = store.get(kinds.configMap, namespace, name);
      return found && {...((found['data'] ?? {}) as Record<string, string>), ...decoded(found['binaryData'])};
    },
  };
}
