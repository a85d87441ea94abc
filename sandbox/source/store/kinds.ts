// The kinds that the sandbox has, and where a client finds them.
export interface Kind {
  readonly kind: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  /** As in the path: `statefulsets`. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly subresources: readonly (
    'status' | 'scale' | 'resize' | 'log' | 'exec' | 'attach' | 'portforward' | 'eviction' | 'token'
  )[];
}

type Extra = Partial<Pick<Kind, 'shortNames' | 'categories' | 'subresources' | 'resource'>> & {readonly cluster?: true};

function kindOf(kind: string, apiVersion: string, extra: Extra = {}): Kind {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const singular = kind.toLowerCase();
  return {
    kind,
    group,
    version,
    resource: extra.resource ?? `${singular}s`,
    singular,
    shortNames: extra.shortNames ?? [],
    categories: extra.categories ?? [],
    namespaced: !extra.cluster,
    subresources: [...(extra.subresources ?? [])].sort(),
  };
}

const all = ['all'];

export const kinds = {
  namespace: kindOf('Namespace', 'v1', {cluster: true, shortNames: ['ns'], subresources: ['status']}),
  node: kindOf('Node', 'v1', {cluster: true, shortNames: ['no'], subresources: ['status']}),
  pod: kindOf('Pod', 'v1', {
    shortNames: ['po'],
    categories: all,
    subresources: ['status', 'log', 'exec', 'attach', 'portforward', 'resize', 'eviction'],
  }),
  service: kindOf('Service', 'v1', {shortNames: ['svc'], categories: all, subresources: ['status']}),
  secret: kindOf('Secret', 'v1'),
  configMap: kindOf('ConfigMap', 'v1', {shortNames: ['cm']}),
  serviceAccount: kindOf('ServiceAccount', 'v1', {shortNames: ['sa'], subresources: ['token']}),
  event: kindOf('Event', 'v1', {shortNames: ['ev']}),
  claim: kindOf('PersistentVolumeClaim', 'v1', {shortNames: ['pvc'], subresources: ['status']}),
  volume: kindOf('PersistentVolume', 'v1', {cluster: true, shortNames: ['pv'], subresources: ['status']}),
  resourceQuota: kindOf('ResourceQuota', 'v1', {shortNames: ['quota'], subresources: ['status']}),
  limitRange: kindOf('LimitRange', 'v1', {shortNames: ['limits']}),
  endpoints: kindOf('Endpoints', 'v1', {resource: 'endpoints', shortNames: ['ep']}),
  statefulSet: kindOf('StatefulSet', 'apps/v1', {
    shortNames: ['sts'],
    categories: all,
    subresources: ['status', 'scale'],
  }),
  controllerRevision: kindOf('ControllerRevision', 'apps/v1'),
  job: kindOf('Job', 'batch/v1', {categories: all, subresources: ['status']}),
  cronJob: kindOf('CronJob', 'batch/v1', {shortNames: ['cj'], categories: all, subresources: ['status']}),
  networkPolicy: kindOf('NetworkPolicy', 'networking.k8s.io/v1', {resource: 'networkpolicies', shortNames: ['netpol']}),
  disruptionBudget: kindOf('PodDisruptionBudget', 'policy/v1', {shortNames: ['pdb'], subresources: ['status']}),
  storageClass: kindOf('StorageClass', 'storage.k8s.io/v1', {
    cluster: true,
    resource: 'storageclasses',
    shortNames: ['sc'],
  }),
  endpointSlice: kindOf('EndpointSlice', 'discovery.k8s.io/v1'),
  lease: kindOf('Lease', 'coordination.k8s.io/v1'),
  role: kindOf('Role', 'rbac.authorization.k8s.io/v1'),
  roleBinding: kindOf('RoleBinding', 'rbac.authorization.k8s.io/v1'),
} satisfies Record<string, Kind>;

export const allKinds: readonly Kind[] = Object.values(kinds);

/** `v1`, `apps/v1` */
export function apiVersionOf({group, version}: Kind): string {
  return group === '' ? version : `${group}/${version}`;
}
