// The annotations of helm and kubectl that say what they do with an object, or did.

/** Annotation: with `keep`, helm leaves the object where it is. Source: helm, pkg/kube/resource_policy.go. */
export const resourcePolicy = 'helm.sh/resource-policy';

/** The annotation in which kubectl notes what it applied. Kubernetes documentation, Declarative Management. */
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Helm's own marks on each object that it made. Source: helm, pkg/action/validate.go. */
export const helmAnnotations = {
  releaseName: 'meta.helm.sh/release-name',
  releaseNamespace: 'meta.helm.sh/release-namespace',
} as const;
