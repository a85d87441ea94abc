// Words that several rules use.
import type {ObjectRef, Remedy} from '../../core/cause.ts';
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import type {About} from './rule.ts';

/** The remedy that goes on with the release that helm was at work on. */
export function recover(title: string, about: About): Remedy {
  return propose(title, {kind: 'recover', ...releaseRef(about)});
}

/** The remedy that looks at that release. */
export function look(title: string, about: About): Remedy {
  return propose(title, {kind: 'status', ...releaseRef(about), watch: false});
}

export function named({release, namespace}: About): string {
  return `${release} in namespace ${namespace}`;
}

const kinds: Readonly<Record<string, string>> = {
  configmaps: 'ConfigMap',
  cronjobs: 'CronJob',
  jobs: 'Job',
  networkpolicies: 'NetworkPolicy',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  poddisruptionbudgets: 'PodDisruptionBudget',
  pods: 'Pod',
  secrets: 'Secret',
  serviceaccounts: 'ServiceAccount',
  services: 'Service',
  statefulsets: 'StatefulSet',
};

/**
 * The kind of a resource: the API server says `statefulsets.apps` where the kind is StatefulSet. Resources that this
 * chart does not make keep their name.
 */
export function kindOf(resource: string): string {
  const plain = resource.split('.')[0] ?? resource;
  return kinds[plain] ?? plain;
}

export function object(kind: string, namespace: string | null, name: string): ObjectRef {
  return {kind, namespace, name};
}

/** Without the punctuation that ends it. */
export function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').trim().replace(/[.:]$/, '');
}
