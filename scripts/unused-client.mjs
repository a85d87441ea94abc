// Stands in the bundle for the typed clients of @kubernetes/client-node and for undici, which serves them alone. Its
// KubeConfig and its PortForward import both, for methods that we never call, because our requests are raw (see
// ARCHITECTURE.md). With them it is 2.1 MB instead of 0.2, and each command on a cluster takes 1.6 times the CPU time.
// `test/program/package.test.ts` holds that they are not there, and that nobody calls those methods.

function unused() {
  throw new Error('The bundle has no typed clients of the Kubernetes API.');
}

export {
  unused as Agent,
  unused as AppsV1Api,
  unused as CoreV1Api,
  unused as ProxyAgent,
  unused as ServerConfiguration,
  unused as createConfiguration,
};
