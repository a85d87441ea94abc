// What every creation goes through, whether it is a client's or a controller's: defaults, validation, quotas, and what
// the server itself fills in.
import {randomUUID} from 'node:crypto';
import {kinds, type Kind} from '../../store/kinds.ts';
import {StatusError, type KubeObject, type Metadata} from '../../store/objects.ts';
import {describe, detailsOf, type Admission, type Store} from '../../store/store.ts';
import {withDefaults} from '../defaults/defaults.ts';
import {invalid} from '../status-answer.ts';
import {objectErrors} from '../validation/required.ts';
import {checkPodSecurity} from './pod-security.ts';
import {checkQuotas, withLimitRanges} from './quota.ts';
import {allocateService, type PortRange} from './service.ts';

/** @throws StatusError 403, 404 (no such namespace), 422 */
export function admissionFor(store: Store, ports: PortRange): Admission {
  return (kind, asked) => {
    if (kind.namespaced) checkNamespace(store, kind, asked);
    if (kind === kinds.pod) checkAccount(store, asked);
    let object = initial(store, kind, withDefaults(kind, kind === kinds.pod ? withLimitRanges(store, asked) : asked));
    const errors = objectErrors(kind, object);
    if (errors.length > 0) throw invalid(kind.group, kind.kind, object.metadata.name, errors);
    if (kind === kinds.service) object = allocateService(store, null, object, ports);
    if (kind === kinds.pod) checkPodSecurity(store, object);
    if (kind.namespaced) checkQuotas(store, kind, object);
    return object;
  };
}

function checkNamespace(store: Store, kind: Kind, {metadata: {name, namespace = ''}}: KubeObject): void {
  const found = store.get(kinds.namespace, null, namespace);
  if (!found)
    throw new StatusError(
      404,
      'NotFound',
      `namespaces "${namespace}" not found`,
      detailsOf(kinds.namespace, namespace),
    );
  if (!found.metadata.deletionTimestamp) return;
  throw new StatusError(
    403,
    'Forbidden',
    `${describe(kind)} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it ` +
      'is being terminated',
    {
      ...detailsOf(kind, name),
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    },
  );
}

function checkAccount(store: Store, pod: KubeObject): void {
  const {serviceAccountName: account = 'default'} = (pod['spec'] ?? {}) as {serviceAccountName?: string};
  const {name, namespace = ''} = pod.metadata;
  if (account === 'default' || store.get(kinds.serviceAccount, namespace, account)) return;
  const text = `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
  throw new StatusError(403, 'Forbidden', `pods "${name}" is forbidden: ${text}`, detailsOf(kinds.pod, name));
}

/** Sets finalizers, first phases, and the class of a claim that names none. */
function initial(store: Store, kind: Kind, object: KubeObject): KubeObject {
  switch (kind) {
    case kinds.claim:
      return initialClaim(store, object);
    case kinds.volume:
      return {
        ...object,
        metadata: withFinalizer(object.metadata, 'kubernetes.io/pv-protection'),
        status: object['status'] ?? {phase: 'Pending'},
      };
    case kinds.namespace:
      return {...object, status: {phase: 'Active'}};
    case kinds.job:
      return withOwnSelector(object);
    case kinds.pod:
      return {
        ...object,
        status: {phase: 'Pending', qosClass: qualityOf(object), ...(object['status'] as object | undefined)},
      };
    case kinds.statefulSet:
      return {...object, status: object['status'] ?? {replicas: 0, availableReplicas: 0}};
    case kinds.service:
      return {...object, status: object['status'] ?? {loadBalancer: {}}};
    default:
      return object;
  }
}

function initialClaim(store: Store, claim: KubeObject): KubeObject {
  const spec = claim['spec'] as {storageClassName?: string} | undefined;
  const fallback = spec?.storageClassName === undefined ? defaultClass(store) : undefined;
  return {
    ...claim,
    metadata: withFinalizer(claim.metadata, 'kubernetes.io/pvc-protection'),
    spec: {...spec, ...(fallback ? {storageClassName: fallback} : {})},
    status: {phase: 'Pending', ...(claim['status'] as object | undefined)},
  };
}

function withFinalizer(metadata: Metadata, finalizer: string): Metadata {
  return {...metadata, finalizers: [...new Set([...(metadata.finalizers ?? []), finalizer])]};
}

/** A Job selects its pods by its own uid. Source: Kubernetes, pkg/registry/batch/job, strategy.go. */
function withOwnSelector(job: KubeObject): KubeObject {
  interface Spec {
    readonly manualSelector?: boolean;
    readonly selector?: unknown;
    readonly template?: {readonly metadata?: {readonly labels?: Readonly<Record<string, string>>}};
  }
  const spec = (job['spec'] ?? {}) as Spec;
  if (spec.manualSelector || spec.selector) return job;
  const {name, uid = randomUUID()} = job.metadata;
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const template = {
    ...spec.template,
    metadata: {...spec.template?.metadata, labels: {...spec.template?.metadata?.labels, ...labels}},
  };
  // A Job without labels gets those of its pod template. Source: Kubernetes, pkg/apis/batch/v1, defaults.go.
  const own = Object.keys(job.metadata.labels ?? {}).length > 0 ? {} : {labels: template.metadata.labels};
  return {
    ...job,
    metadata: {...job.metadata, uid, ...own},
    spec: {...spec, selector: {matchLabels: {'batch.kubernetes.io/controller-uid': uid}}, template},
  };
}

function defaultClass(store: Store): string | undefined {
  return store
    .list(kinds.storageClass)
    .find(({metadata}) => metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true')?.metadata
    .name;
}

/** Source: k8s.io/component-helpers, qos. */
export function qualityOf(pod: KubeObject): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  interface Sized {
    readonly resources?: {readonly requests?: Record<string, string>; readonly limits?: Record<string, string>};
  }
  const {containers = [], initContainers = []} = (pod['spec'] ?? {}) as {
    containers?: Sized[];
    initContainers?: Sized[];
  };
  const all = [...containers, ...initContainers].map(({resources = {}}) => ({
    requests: resources.requests ?? {},
    limits: resources.limits ?? {},
  }));
  const counted = ['cpu', 'memory'];
  if (all.every(({requests, limits}) => counted.every((name) => !requests[name] && !limits[name]))) return 'BestEffort';
  return all.every(({requests, limits}) =>
    counted.every((name) => limits[name] && (requests[name] ?? limits[name]) === limits[name]),
  )
    ? 'Guaranteed'
    : 'Burstable';
}
