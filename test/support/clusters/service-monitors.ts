// The kind ServiceMonitor without the operator of Prometheus, for as long as a test needs it.
import {kubectl, kubectlJson} from './namespace.ts';

const kind = 'servicemonitors.monitoring.coreos.com';
const ours = 'pg-helm-install-test';

export interface ServiceMonitor {
  readonly spec: {
    readonly selector: {readonly matchLabels: Readonly<Record<string, string>>};
    readonly endpoints: readonly {readonly port: string}[];
  };
}

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {name: kind, labels: {[ours]: 'true'}},
  spec: {
    group: 'monitoring.coreos.com',
    scope: 'Namespaced',
    names: {
      plural: 'servicemonitors',
      singular: 'servicemonitor',
      kind: 'ServiceMonitor',
      listKind: 'ServiceMonitorList',
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {openAPIV3Schema: {type: 'object', 'x-kubernetes-preserve-unknown-fields': true}},
      },
    ],
  },
};

/**
 * Makes the kind where the cluster lacks it. The function that it returns takes it away again, unless the kind is not
 * ours or another namespace has a ServiceMonitor: a release with one cannot be changed without the kind.
 */
export async function withServiceMonitors(namespace: string): Promise<() => Promise<void>> {
  const {items} = await kubectlJson<{items: {metadata: {name: string}}[]}>(['get', 'customresourcedefinitions']);
  if (!items.some(({metadata}) => metadata.name === kind))
    await kubectl(['apply', '-f', '-'], JSON.stringify(definition));
  await kubectl(['wait', '--for=condition=Established', `crd/${kind}`, '--timeout=60s']);
  return async () => {
    const all = await kubectlJson<{items: {metadata: {namespace: string}}[]}>(['get', kind, '--all-namespaces']);
    if (all.items.some(({metadata}) => metadata.namespace !== namespace)) return;
    await kubectl(['delete', 'customresourcedefinitions', '-l', `${ours}=true`, '--ignore-not-found']);
  };
}
