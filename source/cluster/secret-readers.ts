// Which workloads of a namespace take passwords from a Secret, and whether a change reaches them without a restart.
import {labelKeys, nameLabelOf} from '../chart/names.ts';
import type {Metadata} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import type {SecretReader} from '../operations/ports/secret.ts';
import type {Api} from './api.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';

/** The places where a Pod (Kubernetes API, core/v1) names a Secret. */
interface PodWithSecrets {
  readonly metadata: Metadata & {
    readonly ownerReferences?: readonly {readonly kind: string; readonly name: string}[];
  };
  readonly spec: {
    readonly containers: readonly ContainerWithSecrets[];
    readonly initContainers?: readonly ContainerWithSecrets[];
    readonly volumes?: readonly {
      readonly secret?: {readonly secretName?: string};
      readonly projected?: {readonly sources?: readonly {readonly secret?: {readonly name?: string}}[]};
    }[];
  };
  readonly status?: {readonly phase?: string};
}

interface ContainerWithSecrets {
  readonly env?: readonly {readonly valueFrom?: {readonly secretKeyRef?: {readonly name?: string}}}[];
  readonly envFrom?: readonly {readonly secretRef?: {readonly name?: string}}[];
}

/** Each workload once, without the pods of the release itself. Null: pods may not be listed. @throws ApiError */
export async function readSecretReaders(
  api: Api,
  {namespace, release, ...naming}: Target,
  secret: string,
): Promise<readonly SecretReader[] | null> {
  const found = await ifAllowed(api.list<PodWithSecrets>(paths.pods(namespace)));
  if (found === null) return null;
  const readers = new Map<string, SecretReader>();
  for (const pod of found.items) {
    const {labels = {}} = pod.metadata;
    const isOwn = labels[labelKeys.instance] === release && labels[labelKeys.name] === nameLabelOf(naming);
    const by = howIn(pod, secret);
    if (isOwn || by === null || ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')) continue;
    const reader = {...workloadOf(pod), by};
    const key = `${reader.kind}/${reader.name}`;
    if (readers.get(key)?.by !== 'environment') readers.set(key, reader);
  }
  return [...readers.values()];
}

/** Null: the pod does not read that Secret. */
function howIn({spec}: PodWithSecrets, secret: string): SecretReader['by'] | null {
  const inEnvironment = [...spec.containers, ...(spec.initContainers ?? [])].some(
    ({env = [], envFrom = []}) =>
      env.some(({valueFrom}) => valueFrom?.secretKeyRef?.name === secret) ||
      envFrom.some(({secretRef}) => secretRef?.name === secret),
  );
  if (inEnvironment) return 'environment';
  const isMounted = (spec.volumes ?? []).some(
    (volume) =>
      volume.secret?.secretName === secret || volume.projected?.sources?.some((one) => one.secret?.name === secret),
  );
  return isMounted ? 'files' : null;
}

/** The workload that a person would restart: the Deployment of a pod, not its ReplicaSet. */
function workloadOf({metadata}: PodWithSecrets): Pick<SecretReader, 'kind' | 'name'> {
  const [owner] = metadata.ownerReferences ?? [];
  if (!owner) return {kind: 'Pod', name: metadata.name};
  const hash = metadata.labels?.['pod-template-hash'];
  if (owner.kind !== 'ReplicaSet' || hash === undefined) return {kind: owner.kind, name: owner.name};
  return {kind: 'Deployment', name: owner.name.replace(new RegExp(`-${hash}$`), '')};
}
