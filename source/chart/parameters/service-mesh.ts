// What has the proxy of a service mesh put beside the database, and has it carry PostgreSQL as plain TCP: also with TLS
// a session begins with words of PostgreSQL's own, which a proxy that looks for HTTP or TLS would not understand.
//
// The names of the chart's ports, tcp-postgresql and http-metrics, are what Istio wants (Istio documentation, Protocol
// Selection). Which ports the network policies leave open for a proxy is in ../network-policy.ts.
import {serviceMesh as descriptor, type ServiceMesh} from '../../parameters/descriptors/service-mesh.ts';
import {withoutWritten} from '../shared.ts';
import type {Values} from '../tree.ts';
import {
  components,
  inBoth,
  mainFlag,
  merged,
  ownedKeys,
  type ChartParameter,
  type OwnedPath,
} from './chart-parameter.ts';

/** Of both meshes, on pods that end by themselves: a proxy beside them would not. */
export const withoutProxy = {
  /** Istio documentation, Installing the Sidecar. */
  labels: {'sidecar.istio.io/inject': 'false'},
  /** Linkerd documentation, Automatic Proxy Injection. */
  annotations: {'linkerd.io/inject': 'disabled'},
} as const;

/** The container that the mesh adds, as an ordinary one or as an init container that stays. */
export const proxyContainers: Readonly<Record<Exclude<ServiceMesh, 'none'>, string>> = {
  istio: 'istio-proxy',
  linkerd: 'linkerd-proxy',
};

const opaque = {'config.linkerd.io/opaque-ports': '5432'};
const written: Readonly<Record<ServiceMesh, Values>> = {
  none: {},
  istio: merged(
    inBoth({
      podLabels: {'sidecar.istio.io/inject': 'true'},
      // Istio documentation, ProxyConfig: a reader begins by copying from the writer, which needs the proxy.
      podAnnotations: {'proxy.istio.io/config': 'holdApplicationUntilProxyStarts: true'},
    }),
    {backup: {cronjob: {labels: withoutProxy.labels}}},
  ),
  // Linkerd documentation, TCP Proxying and Protocol Detection: on the pods for who is behind the Service's address,
  // on the Services for who asks for it. Its proxy starts first by itself.
  linkerd: merged(
    inBoth({
      podAnnotations: {'linkerd.io/inject': 'enabled', ...opaque},
      service: {annotations: opaque, headless: {annotations: opaque}},
    }),
    {backup: {cronjob: {annotations: withoutProxy.annotations}}},
  ),
};
const meshes: readonly ServiceMesh[] = ['istio', 'linkerd'];

const flag = mainFlag(descriptor);
const inPods = components.map((component) => ({component, at: (key: string) => `${component}.${key}`}));
const paths: Readonly<Record<ServiceMesh, readonly OwnedPath[]>> = {
  none: [],
  istio: [
    ...inPods.flatMap(({at}) => [
      ...ownedKeys(flag, at('podLabels'), 'sidecar.istio.io/inject'),
      ...ownedKeys(flag, at('podAnnotations'), 'proxy.istio.io/config'),
    ]),
    ...ownedKeys(flag, 'backup.cronjob.labels', 'sidecar.istio.io/inject'),
  ],
  linkerd: [
    ...inPods.flatMap(({at}) => [
      ...ownedKeys(flag, at('podAnnotations'), 'linkerd.io/inject', ...Object.keys(opaque)),
      ...ownedKeys(flag, at('service.annotations'), ...Object.keys(opaque)),
      ...ownedKeys(flag, at('service.headless.annotations'), ...Object.keys(opaque)),
    ]),
    ...ownedKeys(flag, 'backup.cronjob.annotations', 'linkerd.io/inject'),
  ],
};

export const serviceMesh: ChartParameter<ServiceMesh> = {
  owns: [],
  // A release may be part of a mesh by values of the operator's own.
  shares: Object.values(paths).flat(),
  excludes: (value = 'none') => paths[value],
  write: (value = 'none') => written[value],
  read: (values) => meshes.find((mesh) => Object.keys(withoutWritten(written[mesh], values)).length === 0) ?? 'none',
};
