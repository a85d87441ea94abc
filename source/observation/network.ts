// What can be seen of the cluster's network: whether something enforces network policies, whether the namespaces that
// are named exist, and which service meshes the cluster knows. Pure; cluster/network.ts asks for it.
import {namespacesNamed, type AllowNamespaces} from '../parameters/descriptors/allow-namespaces.ts';
import type {ServiceMesh} from '../parameters/descriptors/service-mesh.ts';
import type {Metadata} from './kubernetes.ts';

export interface NetworkSeen {
  readonly enforcement: Enforcement;
  /** Whether each namespace that was named exists; null when that may not be read. */
  readonly namespaces: Readonly<Record<string, boolean | null>>;
  /** Null: the cluster does not say. */
  readonly meshes: readonly ServiceMesh[] | null;
}

/** Namespaces to look for in the cluster; null when nothing about its network matters. */
export function networkAsked(
  allowNamespaces: AllowNamespaces = null,
  serviceMesh: ServiceMesh = 'none',
): readonly string[] | null {
  if (allowNamespaces) return namespacesNamed(allowNamespaces);
  return serviceMesh === 'none' ? null : [];
}

interface Enforcement {
  /** Whether network policies have an effect. `no`: nothing is seen that is known to enforce them. */
  readonly verdict: 'yes' | 'no' | 'unknown';
  /** What enforces them, or why it is not known, to follow "because"; null where nothing is to be said. */
  readonly text: string | null;
}

/** The part of a DaemonSet that is read here. */
export interface DaemonSet {
  readonly metadata: Metadata;
  readonly spec?: {
    readonly template?: {
      readonly spec?: {
        readonly containers?: readonly {
          readonly name: string;
          readonly image?: string;
          readonly args?: readonly string[];
        }[];
      };
    };
  };
  readonly status?: {readonly desiredNumberScheduled?: number};
}

/**
 * Network plugins that enforce policies, by the names that their own manifests give their DaemonSets. Flannel alone
 * enforces nothing, so it is not here.
 */
const enforcers: Readonly<Record<string, string>> = {
  'calico-node': 'Calico',
  canal: 'Calico (Canal)',
  'rke2-canal': 'Calico (Canal)',
  cilium: 'Cilium',
  anetd: 'GKE Dataplane V2',
  'antrea-agent': 'Antrea',
  'weave-net': 'Weave Net',
  'kube-router': 'kube-router',
  'kube-network-policies': 'kube-network-policies',
  'ovnkube-node': 'OVN-Kubernetes',
  'kube-ovn-cni': 'Kube-OVN',
  'azure-npm': 'Azure Network Policy Manager',
};

/** kind v0.24.0: the first kindnet that enforces network policies is of this day (kubernetes-sigs/kind#3612). */
const firstKindnet = 20240723;

interface EnforcementFacts {
  /** Null: they may not be listed. */
  readonly daemonSets: readonly DaemonSet[] | null;
  /** False: only those of kube-system could be listed. */
  readonly isWholeCluster: boolean;
  /** The version of a node, such as `v1.34.4+k3s1`; null: not known. */
  readonly kubeletVersion: string | null;
}

/** A network that enforces policies without a DaemonSet of its own is not seen. */
export function enforcementOf({daemonSets, isWholeCluster, kubeletVersion}: EnforcementFacts): Enforcement {
  if (daemonSets === null) return unknown('this user may not list the DaemonSets of the cluster');
  // An installation that another one has replaced may be left without a pod.
  const running = daemonSets.filter(({status}) => status?.desiredNumberScheduled !== 0);
  const known = running.flatMap((one) => enforcerOf(one) ?? []);
  const sure = known.find(({verdict}) => verdict === 'yes') ?? known[0];
  if (sure !== undefined) return sure;
  if (kubeletVersion?.includes('+k3s')) return unknown('k3s enforces them by itself, and that can be switched off');
  if (!isWholeCluster) return unknown('this user may only list the DaemonSets of kube-system, and none there does');
  return {verdict: 'no', text: null};
}

function enforcerOf(set: DaemonSet): Enforcement | null {
  const {name} = set.metadata;
  const containers = set.spec?.template?.spec?.containers ?? [];
  // Amazon EKS documentation: the agent is there in any case, and does nothing until it is told to.
  if (name === 'aws-node')
    return containers.some(({args = []}) => args.includes('--enable-network-policy=true'))
      ? {verdict: 'yes', text: 'Amazon VPC CNI'}
      : null;
  if (name === 'kindnet') return kindnet(containers.map(({image = ''}) => image).join());
  const known = Object.hasOwn(enforcers, name) ? enforcers[name] : undefined;
  return known === undefined ? null : {verdict: 'yes', text: known};
}

function kindnet(image: string): Enforcement | null {
  const [, day] = /:v(\d{8})-/.exec(image) ?? [];
  if (day === undefined) return unknown('it cannot be told how old its kindnet is');
  return Number(day) >= firstKindnet ? {verdict: 'yes', text: 'kindnet'} : null;
}

function unknown(text: string): Enforcement {
  return {verdict: 'unknown', text};
}

/** API groups that only one of the meshes brings. */
const groups: Readonly<Record<Exclude<ServiceMesh, 'none'>, RegExp>> = {
  istio: /^networking\.istio\.io$/,
  linkerd: /^(policy\.)?linkerd\.io$/,
};

/** @param names of the API groups that the cluster serves */
export function meshesIn(names: readonly string[]): readonly ServiceMesh[] {
  return (['istio', 'linkerd'] as const).filter((mesh) => names.some((name) => groups[mesh].test(name)));
}
