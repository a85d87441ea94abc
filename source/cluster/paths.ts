// Where the Kubernetes API keeps what we read and write.

const core = (namespace: string) => `/api/v1/namespaces/${namespace}`;
const group = (name: string, namespace: string) => `/apis/${name}/namespaces/${namespace}`;

export const paths = {
  namespaces: '/api/v1/namespaces',
  namespace: core,
  nodes: '/api/v1/nodes',
  allPods: '/api/v1/pods',
  pods: (namespace: string) => `${core(namespace)}/pods`,
  services: (namespace: string) => `${core(namespace)}/services`,
  serviceAccounts: (namespace: string) => `${core(namespace)}/serviceaccounts`,
  claims: (namespace: string) => `${core(namespace)}/persistentvolumeclaims`,
  events: (namespace: string) => `${core(namespace)}/events`,
  configMaps: (namespace: string) => `${core(namespace)}/configmaps`,
  secrets: (namespace: string) => `${core(namespace)}/secrets`,
  quotas: (namespace: string) => `${core(namespace)}/resourcequotas`,
  limitRanges: (namespace: string) => `${core(namespace)}/limitranges`,
  statefulSets: (namespace: string) => `${group('apps/v1', namespace)}/statefulsets`,
  allDaemonSets: '/apis/apps/v1/daemonsets',
  daemonSets: (namespace: string) => `${group('apps/v1', namespace)}/daemonsets`,
  controllerRevisions: (namespace: string) => `${group('apps/v1', namespace)}/controllerrevisions`,
  networkPolicies: (namespace: string) => `${group('networking.k8s.io/v1', namespace)}/networkpolicies`,
  disruptionBudgets: (namespace: string) => `${group('policy/v1', namespace)}/poddisruptionbudgets`,
  cronJobs: (namespace: string) => `${group('batch/v1', namespace)}/cronjobs`,
  jobs: (namespace: string) => `${group('batch/v1', namespace)}/jobs`,
  allLeases: '/apis/coordination.k8s.io/v1/leases',
  leases: (namespace: string) => `${group('coordination.k8s.io/v1', namespace)}/leases`,
  volumes: '/api/v1/persistentvolumes',
  storageClasses: '/apis/storage.k8s.io/v1/storageclasses',
  volumeAttachments: '/apis/storage.k8s.io/v1/volumeattachments',
  /** The kinds of the Prometheus operator. */
  monitoring: '/apis/monitoring.coreos.com/v1',
  /** What a metrics server says, where there is one. */
  podMetrics: (namespace: string) => `${group('metrics.k8s.io/v1beta1', namespace)}/pods`,
  accessReview: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  selfReview: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
} as const;
