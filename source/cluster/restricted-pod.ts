// What our own pods may do: no more than Pod Security `restricted` allows, which a namespace may enforce.
// Source: Kubernetes documentation, Pod Security Standards.

/** The user of the database's files. Chart 16.7.26, values.yaml: podSecurityContext and containerSecurityContext. */
export const databaseUser = 1001;

export const restrictedPod = {
  runAsNonRoot: true,
  runAsUser: databaseUser,
  runAsGroup: databaseUser,
  seccompProfile: {type: 'RuntimeDefault'},
} as const;

export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: {drop: ['ALL']},
} as const;
