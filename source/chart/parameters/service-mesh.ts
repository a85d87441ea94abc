// The marks that make a service mesh put its proxy beside the database and carry PostgreSQL as plain TCP: even with TLS
// a session begins with messages of PostgreSQL's own, which a proxy that looks for HTTP or TLS does not understand.
//
// The names of the chart's ports, tcp-postgresql and http-metrics, are what Istio wants (Istio documentation, Protocol
// Selection). Which ports the network policies leave open for a proxy is in ../network-policy.ts.
import {serviceMesh as descriptor, type ServiceMesh} from '../../parameters/descriptors/service-mesh.ts';
import {withoutWritten} from '../shared.ts';
import {at, type Values} from '../tree.ts';
import {
  components,
  inBoth,
  mainFlag,
  merged,
  owned,
  ownedKeys,
  type ChartParameter,
  type OwnedPath,
} from './chart-parameter.ts';

/** For pods that end by themselves and ask nothing of the database, in both meshes: a proxy would keep them running. */
export const withoutProxy = {
  /** Istio documentation, Installing the Sidecar. */
  labels: {'sidecar.istio.io/inject': 'false'},
  /** Linkerd documentation, Automatic Proxy Injection. */
  annotations: {'linkerd.io/inject': 'disabled'},
} as const;

/** Labels and annotations of a pod. */
interface PodMarks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * For pods that end by themselves and log in to the database. They need a proxy where a mesh accepts nothing without
 * its own encryption (Istio's STRICT, Linkerd's all-authenticated). It should be a native sidecar, which ends with the
 * pod; an older mesh makes it an ordinary container, which the script ends (../backup/proxy.sh). Sources: Istio
 * documentation, Resource Annotations; Linkerd documentation, Native Sidecars and Graceful Pod Shutdown.
 */
export const withProxyThatEnds: Readonly<Record<ServiceMesh, PodMarks>> = {
  none: withoutProxy,
  istio: {
    labels: {'sidecar.istio.io/inject': 'true'},
    annotations: {
      'sidecar.istio.io/nativeSidecar': 'true',
      'proxy.istio.io/config': 'holdApplicationUntilProxyStarts: true',
    },
  },
  linkerd: {
    labels: {},
    annotations: {
      'linkerd.io/inject': 'enabled',
      'config.beta.linkerd.io/proxy-enable-native-sidecar': 'true',
      'config.alpha.linkerd.io/proxy-enable-native-sidecar': 'true',
      'config.linkerd.io/proxy-admin-shutdown': 'enabled',
    },
  },
};

/** The container that the mesh adds, as an ordinary one or as an init container that stays. */
export const proxyContainers: Readonly<Record<Exclude<ServiceMesh, 'none'>, string>> = {
  istio: 'istio-proxy',
  linkerd: 'linkerd-proxy',
};

/** Whether a container of that name is the proxy of a mesh. */
export function isProxy(name: string): boolean {
  return Object.values(proxyContainers).includes(name);
}

const opaque = {'config.linkerd.io/opaque-ports': '5432'};
const inDatabasePods: Readonly<Record<ServiceMesh, Values>> = {
  none: {},
  istio: inBoth({
    podLabels: {'sidecar.istio.io/inject': 'true'},
    // A reader begins by copying from the writer, for which it needs the proxy. Source: Istio documentation,
    // ProxyConfig.
    podAnnotations: {'proxy.istio.io/config': 'holdApplicationUntilProxyStarts: true'},
  }),
  // Linkerd documentation, TCP Proxying and Protocol Detection: the pods have it for connections that they receive, the
  // Services for clients that use their address. Linkerd's proxy starts first anyway.
  linkerd: inBoth({
    podAnnotations: {'linkerd.io/inject': 'enabled', ...opaque},
    service: {annotations: opaque, headless: {annotations: opaque}},
  }),
};

/** The chart's policy lets a backup reach only the database and name servers, so its proxy could not reach the mesh. */
function inBackups(mesh: ServiceMesh): Values {
  if (mesh === 'none') return {};
  const {labels, annotations} = withProxyThatEnds[mesh];
  const marks = {...(Object.keys(labels).length > 0 ? {labels} : {}), annotations};
  return {backup: {cronjob: {...marks, networkPolicy: {enabled: false}}}};
}

const meshes: readonly ServiceMesh[] = ['istio', 'linkerd'];

const flag = mainFlag(descriptor);

const ofBackups = (mesh: Exclude<ServiceMesh, 'none'>): readonly OwnedPath[] => {
  const {labels, annotations} = withProxyThatEnds[mesh];
  return [
    ...ownedKeys(flag, 'backup.cronjob.labels', ...Object.keys(labels)),
    ...ownedKeys(flag, 'backup.cronjob.annotations', ...Object.keys(annotations)),
    ...owned(flag, 'backup.cronjob.networkPolicy.enabled'),
  ];
};
const paths: Readonly<Record<ServiceMesh, readonly OwnedPath[]>> = {
  none: [],
  istio: [
    ...components.flatMap((component) => [
      ...ownedKeys(flag, `${component}.podLabels`, 'sidecar.istio.io/inject'),
      ...ownedKeys(flag, `${component}.podAnnotations`, 'proxy.istio.io/config'),
    ]),
    ...ofBackups('istio'),
  ],
  linkerd: [
    ...components.flatMap((component) => [
      ...ownedKeys(flag, `${component}.podAnnotations`, 'linkerd.io/inject', ...Object.keys(opaque)),
      ...ownedKeys(flag, `${component}.service.annotations`, ...Object.keys(opaque)),
      ...ownedKeys(flag, `${component}.service.headless.annotations`, ...Object.keys(opaque)),
    ]),
    ...ofBackups('linkerd'),
  ],
};

export const serviceMesh: ChartParameter<ServiceMesh> = {
  owns: [],
  // A release may be part of a mesh by values of the operator's own.
  shares: Object.values(paths).flat(),
  excludes: (value = 'none') => paths[value],
  ownsIn: (values) => (readMesh(values) === 'none' ? [] : earlierIn(values)),
  write: (value = 'none') => merged(inDatabasePods[value], inBackups(value)),
  read: readMesh,
};

function readMesh(values: Values): ServiceMesh {
  return meshes.find((mesh) => Object.keys(withoutWritten(inDatabasePods[mesh], values)).length === 0) ?? 'none';
}

/** What earlier versions wrote for the backups of a mesh, when these had no proxy. */
function earlierIn(values: Values): readonly OwnedPath[] {
  return Object.entries(withoutProxy).flatMap(([under, marks]) =>
    Object.entries(marks)
      .filter(([key, mark]) => at(values, ['backup', 'cronjob', under, key]) === mark)
      .flatMap(([key]) => ownedKeys(flag, `backup.cronjob.${under}`, key)),
  );
}
