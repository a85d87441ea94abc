// The flags of kubectl that the program prints; test/helm/kubectl-flags.test.ts asks kubectl itself.

/** The flags of every verb. */
export const everywhere: readonly string[] = ['--context', '--kubeconfig', '-n', '--namespace'];

const ofVerbs = {
  annotate: ['--overwrite', '-l'],
  'api-resources': [],
  apply: ['-f'],
  'auth can-i': ['--list', '--all-namespaces', '--subresource'],
  'cluster-info': [],
  create: ['-f', '--validate'],
  'create clusterrole': ['--verb', '--resource'],
  'create clusterrolebinding': ['--clusterrole', '--user', '--group', '--serviceaccount'],
  'create namespace': [],
  'create secret generic': ['--from-file', '--from-literal'],
  'create secret tls': ['--cert', '--key'],
  'create serviceaccount': [],
  delete: ['--wait', '--cascade', '-l', '--now'],
  describe: [],
  edit: [],
  exec: ['-c', '-i', '-t'],
  get: ['-o', '-l', '--field-selector', '--all-namespaces', '--show-managed-fields', '-w'],
  label: ['--overwrite', '-l'],
  logs: ['--all-containers', '--tail', '-c', '--previous'],
  patch: ['--type', '-p', '--patch-file', '--subresource'],
  'rollout restart': [],
  'rollout status': [],
  run: ['--restart', '--image', '--override-type', '--overrides', '--command'],
  scale: ['--replicas'],
  taint: [],
  'top pod': [],
  uncordon: [],
  version: [],
  wait: ['--for', '--timeout'],
} as const;

/** A verb with its kind, as `kubectl VERB --help` takes it. */
export const kubectlFlags: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(ofVerbs).map(([verb, flags]) => [verb, [...everywhere, ...flags]]),
);
