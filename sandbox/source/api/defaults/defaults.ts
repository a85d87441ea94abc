// What the API server fills in where an object says nothing, at creation and at every later write.
import {kinds, type Kind} from '../../store/kinds.ts';
import type {KubeObject} from '../../store/objects.ts';
import {mapped, podDefaults, podSpecDefaults} from './pod-spec.ts';

type Fields = Record<string, unknown>;
const record = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

const specDefaults = new Map<Kind, (spec: Fields, object: KubeObject) => Fields>([
  [kinds.pod, (spec) => podDefaults(podSpecDefaults(spec))],
  [kinds.statefulSet, statefulSet],
  [kinds.service, service],
  [kinds.claim, claimSpec],
  [kinds.volume, (spec) => ({persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem', ...spec})],
  [kinds.job, jobSpec],
  [
    kinds.cronJob,
    (spec) => ({
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      ...spec,
      jobTemplate: {...record(spec['jobTemplate']), spec: templated(record(record(spec['jobTemplate'])['spec']))},
    }),
  ],
  [kinds.networkPolicy, networkPolicy],
  [kinds.namespace, (spec) => ({finalizers: ['kubernetes'], ...spec})],
]);

export function withDefaults(kind: Kind, object: KubeObject): KubeObject {
  const specified = specDefaults.get(kind);
  const filled: KubeObject =
    specified && (object['spec'] !== undefined || kind === kinds.namespace)
      ? {...object, spec: specified(record(object['spec']), object)}
      : object;
  switch (kind) {
    case kinds.secret:
      return secret(filled);
    case kinds.storageClass:
      return {
        ...filled,
        reclaimPolicy: filled['reclaimPolicy'] ?? 'Delete',
        volumeBindingMode: filled['volumeBindingMode'] ?? 'Immediate',
      };
    case kinds.namespace:
      return {
        ...filled,
        metadata: {
          ...filled.metadata,
          labels: {...filled.metadata.labels, 'kubernetes.io/metadata.name': filled.metadata.name},
        },
      };
    case kinds.limitRange:
      return {
        ...filled,
        spec: {...record(filled['spec']), ...mapped(record(filled['spec']), 'limits', limitRangeItem)},
      };
    case kinds.endpoints:
      return {
        ...filled,
        ...mapped(filled, 'subsets', (subset) => ({...subset, ...mapped(subset, 'ports', withProtocol)})),
      };
    case kinds.roleBinding:
      return {
        ...filled,
        ...mapped(filled, 'subjects', (subject) => ({
          ...(subject['kind'] === 'ServiceAccount' ? {} : {apiGroup: 'rbac.authorization.k8s.io'}),
          ...subject,
        })),
      };
    default:
      return filled;
  }
}

/** Clients write stringData but never read it. */
function secret(object: KubeObject): KubeObject {
  const {stringData, ...rest} = object;
  const encoded = Object.entries(record(stringData)).map(
    ([key, value]) => [key, Buffer.from(String(value)).toString('base64')] as const,
  );
  const data = {...record(rest['data']), ...Object.fromEntries(encoded)};
  return {...rest, ...(Object.keys(data).length > 0 ? {data} : {}), type: rest['type'] ?? 'Opaque'};
}

function templated(spec: Fields): Fields {
  const template = record(spec['template']);
  return template['spec'] === undefined
    ? spec
    : {...spec, template: {...template, spec: podSpecDefaults(record(template['spec']))}};
}

function statefulSet(spec: Fields): Fields {
  const strategy = record(spec['updateStrategy']);
  const type = strategy['type'] || 'RollingUpdate';
  const rolling =
    type === 'RollingUpdate'
      ? {
          rollingUpdate: {
            ...record(strategy['rollingUpdate']),
            partition: record(strategy['rollingUpdate'])['partition'] ?? 0,
          },
        }
      : {};
  const retention = record(spec['persistentVolumeClaimRetentionPolicy']);
  return {
    ...templated(spec),
    ...mapped(spec, 'volumeClaimTemplates', (claim) => ({
      ...claim,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      spec: claimSpec(record(claim['spec'])),
      status: {phase: 'Pending'},
    })),
    replicas: spec['replicas'] ?? 1,
    podManagementPolicy: spec['podManagementPolicy'] || 'OrderedReady',
    revisionHistoryLimit: spec['revisionHistoryLimit'] ?? 10,
    updateStrategy: {...strategy, type, ...rolling},
    persistentVolumeClaimRetentionPolicy: {
      whenDeleted: retention['whenDeleted'] || 'Retain',
      whenScaled: retention['whenScaled'] || 'Retain',
    },
  };
}

function claimSpec(spec: Fields): Fields {
  return {...spec, volumeMode: spec['volumeMode'] ?? 'Filesystem'};
}

/** Addresses and node ports are allocated at creation: see admission/service.ts. */
function service(spec: Fields): Fields {
  const type = spec['type'] || 'ClusterIP';
  const outside = type === 'LoadBalancer' || type === 'NodePort';
  return {
    ...spec,
    ...mapped(spec, 'ports', (port) => ({...withProtocol(port), targetPort: port['targetPort'] || port['port']})),
    type,
    sessionAffinity: spec['sessionAffinity'] || 'None',
    ...(type === 'ExternalName' ? {} : {internalTrafficPolicy: spec['internalTrafficPolicy'] ?? 'Cluster'}),
    ...(outside ? {externalTrafficPolicy: spec['externalTrafficPolicy'] || 'Cluster'} : {}),
    ...(type === 'LoadBalancer' ? {allocateLoadBalancerNodePorts: spec['allocateLoadBalancerNodePorts'] ?? true} : {}),
  };
}

function jobSpec(spec: Fields): Fields {
  const oneOf = spec['completions'] === undefined && spec['parallelism'] === undefined;
  return {
    ...templated(spec),
    ...(oneOf ? {completions: 1} : {}),
    parallelism: spec['parallelism'] ?? 1,
    backoffLimit: spec['backoffLimit'] ?? 6,
    completionMode: spec['completionMode'] ?? 'NonIndexed',
    suspend: spec['suspend'] ?? false,
    manualSelector: spec['manualSelector'] ?? false,
    podReplacementPolicy: spec['podReplacementPolicy'] ?? 'TerminatingOrFailed',
  };
}

function networkPolicy(spec: Fields): Fields {
  const rules = (name: string) => mapped(spec, name, (rule) => ({...rule, ...mapped(rule, 'ports', withProtocol)}));
  return {
    ...spec,
    ...rules('ingress'),
    ...rules('egress'),
    policyTypes: spec['policyTypes'] ?? ['Ingress', ...(spec['egress'] ? ['Egress'] : [])],
  };
}

/** A missing default is the maximum, and a missing default request is the default limit. */
function limitRangeItem(item: Fields): Fields {
  if (item['type'] !== 'Container') return item;
  const limit = {...record(item['max']), ...record(item['default'])};
  const request = {...limit, ...record(item['min']), ...record(item['defaultRequest'])};
  const some = (name: string, values: Fields) => (Object.keys(values).length > 0 ? {[name]: values} : {});
  return {
    ...item,
    ...some('default', limit),
    ...some('defaultRequest', {...request, ...record(item['default']), ...record(item['defaultRequest'])}),
  };
}

function withProtocol(port: Fields): Fields {
  return {...port, protocol: port['protocol'] || 'TCP'};
}
