// The name by which everybody knows that a cluster is the sandbox: that of its kubeconfig's context, cluster and user.
export const sandboxContext = 'pg-helm-install-sandbox';
