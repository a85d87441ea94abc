// Endpoints and EndpointSlices: which ready pods a Service leads to; a Service may ask for pods that are not ready,
// too.
import {equal} from '../store/canonical.ts';
import {kinds} from '../store/kinds.ts';
import type {KubeObject} from '../store/objects.ts';
import {timestamp, type Store} from '../store/store.ts';
import {hasEnded, isPodReady, keyOf, ownedBy, parsedKey, podSpecOf, podStatusOf} from './shapes.ts';
import {startObjectController} from './object-controller.ts';
import type {Controller} from './work-queue.ts';

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
}
interface ServiceSpec {
  readonly type?: string;
  readonly clusterIP?: string;
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly ServicePort[];
  readonly publishNotReadyAddresses?: boolean;
  readonly loadBalancerClass?: string;
  readonly loadBalancerSourceRanges?: readonly string[];
}

/** Kubernetes API: the label by which a slice is found. */
export const serviceNameLabel = 'kubernetes.io/service-name';
const changedAt = 'endpoints.kubernetes.io/last-change-trigger-time';

export function serviceSpecOf(service: KubeObject): ServiceSpec {
  return service['spec'] as ServiceSpec;
}

export function startEndpoints(store: Store): Controller {
  return startObjectController(
    store,
    kinds.service,
    (key) => look(store, key),
    ({type, kind, object, previous}, queue) => {
      if (kind !== kinds.pod) return;
      for (const service of store.list(kinds.service, object.metadata.namespace ?? ''))
        if (leadsTo(service, object) || (previous && leadsTo(service, previous)) || type === 'DELETED')
          queue.add(keyOf(service));
    },
  );
}

function look(store: Store, key: string): void {
  const [namespace, name] = parsedKey(key);
  const service = store.get(kinds.service, namespace, name);
  // The slices are deleted with the Service that owns them; Endpoints have no owner.
  if (!service) return void store.remove(kinds.endpoints, namespace, name);
  if (!serviceSpecOf(service).selector) return;
  const pods = store
    .list(kinds.pod, namespace)
    .filter((pod) => leadsTo(service, pod) && podStatusOf(pod).podIP && !hasEnded(pod));
  keepSlice(store, service, pods);
  keepEndpoints(store, service, pods);
}

function keepSlice(store: Store, service: KubeObject, pods: readonly KubeObject[]): void {
  const {namespace = '', name} = service.metadata;
  const {clusterIP} = serviceSpecOf(service);
  const [first] = pods;
  const body = {
    addressType: 'IPv4',
    endpoints: pods.map((pod) => endpointOf(store, service, pod)),
    ports: (serviceSpecOf(service).ports ?? []).flatMap((port) => portOf(port, first ?? null)),
  };
  const known = store
    .list(kinds.endpointSlice, namespace)
    .find(({metadata}) => metadata.labels?.[serviceNameLabel] === name && !metadata.deletionTimestamp);
  if (known && equal({addressType: known['addressType'], endpoints: known['endpoints'], ports: known['ports']}, body))
    return;
  const annotations = {[changedAt]: timestamp()};
  if (known)
    return void store.update(kinds.endpointSlice, {
      ...known,
      ...body,
      metadata: {...known.metadata, annotations, generation: (known.metadata.generation ?? 1) + 1},
    });
  const labels = {
    ...service.metadata.labels,
    'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    [serviceNameLabel]: name,
    ...(clusterIP === 'None' ? {'service.kubernetes.io/headless': ''} : {}),
  };
  const generateName = `${name}-`;
  const made = `${generateName}${(service.metadata.uid ?? '').replaceAll('-', '').slice(0, 5)}`;
  store.create(kinds.endpointSlice, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: made,
      namespace,
      generateName,
      labels,
      annotations,
      generation: 1,
      ownerReferences: ownedBy(service),
    },
    ...body,
  });
}

function endpointOf(store: Store, service: KubeObject, pod: KubeObject) {
  const {hostname, subdomain, nodeName = ''} = podSpecOf(pod);
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const zone = store.get(kinds.node, null, nodeName)?.metadata.labels?.['topology.kubernetes.io/zone'];
  return {
    addresses: [podStatusOf(pod).podIP],
    conditions: {
      ready: serviceSpecOf(service).publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    },
    ...(hostname && subdomain === service.metadata.name ? {hostname} : {}),
    nodeName,
    targetRef: refTo(pod),
    ...(zone ? {zone} : {}),
  };
}

function keepEndpoints(store: Store, service: KubeObject, pods: readonly KubeObject[]): void {
  const {namespace = '', name} = service.metadata;
  const {ports = [], publishNotReadyAddresses, clusterIP} = serviceSpecOf(service);
  const [first] = pods;
  const there = pods.filter((pod) => publishNotReadyAddresses || !pod.metadata.deletionTimestamp);
  const isUp = (pod: KubeObject) => publishNotReadyAddresses === true || isPodReady(pod);
  const addressOf = (pod: KubeObject) => {
    const {hostname, subdomain, nodeName} = podSpecOf(pod);
    return {
      ip: podStatusOf(pod).podIP,
      ...(hostname && subdomain === name ? {hostname} : {}),
      nodeName,
      targetRef: refTo(pod),
    };
  };
  const [up, down] = [there.filter(isUp), there.filter((pod) => !isUp(pod))];
  const subset = {
    ...(up.length > 0 ? {addresses: up.map(addressOf)} : {}),
    ...(down.length > 0 ? {notReadyAddresses: down.map(addressOf)} : {}),
    ports: ports.flatMap((port) => portOf(port, first ?? null)),
  };
  const subsets = there.length > 0 ? [subset] : undefined;
  const known = store.get(kinds.endpoints, namespace, name);
  if (known && equal(known['subsets'], subsets)) return;
  const labels = {
    ...service.metadata.labels,
    'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
    ...(clusterIP === 'None' ? {'service.kubernetes.io/headless': ''} : {}),
  };
  const metadata = {...known?.metadata, name, namespace, labels, annotations: {[changedAt]: timestamp()}};
  const object = {apiVersion: 'v1', kind: 'Endpoints', metadata, ...(subsets ? {subsets} : {})};
  if (known) store.update(kinds.endpoints, object);
  else store.create(kinds.endpoints, object);
}

function refTo({metadata: {namespace, name, uid}}: KubeObject) {
  return {kind: 'Pod', name, namespace, uid};
}

/**
 * The port's number in the pod; a named port is looked up in the containers. Empty where no container has that name.
 */
function portOf({name, protocol = 'TCP', port, targetPort}: ServicePort, pod: KubeObject | null) {
  const named =
    typeof targetPort === 'string'
      ? pod
        ? podSpecOf(pod)
            .containers.flatMap(({ports = []}) => ports)
            .find((one) => one.name === targetPort)?.containerPort
        : undefined
      : targetPort || port;
  return named === undefined ? [] : [{...(name ? {name} : {}), port: named, protocol}];
}

function leadsTo(service: KubeObject, pod: KubeObject): boolean {
  const {selector} = serviceSpecOf(service);
  return (
    selector !== undefined && Object.entries(selector).every(([key, value]) => pod.metadata.labels?.[key] === value)
  );
}
