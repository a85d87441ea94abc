// What an operator should know of network policies and of a service mesh, before a change and while a release is there.
import {render} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import {objectNames, postgresPort} from '../chart/names.ts';
import {isProxy, proxyContainers} from '../chart/parameters/service-mesh.ts';
import type {Warning} from '../core/cause.ts';
import {namespacesNamed} from '../parameters/descriptors/allow-namespaces.ts';
import type {ServiceMesh} from '../parameters/descriptors/service-mesh.ts';
import {overlap} from '../parameters/network.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {containersOf} from './causes/database-pods.ts';
import {listed} from './checks/messages.ts';
import type {Pod} from './kubernetes.ts';
import type {NetworkSeen} from './network.ts';
import {viewOf} from './release-view.ts';
import type {Snapshot, Target} from './snapshot.ts';

type Desired = Pick<Parameters, 'allowNamespaces' | 'serviceMesh'>;

/** Empty where every namespace is let in, and where nothing was asked of the network. */
export function policyWarnings(
  seen: NetworkSeen | null | undefined,
  {allowNamespaces}: Pick<Desired, 'allowNamespaces'>,
  target: Target,
): readonly Warning[] {
  if (!allowNamespaces || !seen) return [];
  const named = namespacesNamed(allowNamespaces);
  const state = (desired: boolean | null) => named.filter((name) => seen.namespaces[name] === desired);
  const [missing, unread] = [state(false), state(null)];
  return [
    ...enforcement(seen, target),
    ...(missing.length === 0
      ? []
      : [
          {
            code: 'ALLOWED_NAMESPACE_MISSING' as const,
            message:
              `There is no namespace ${listed(missing, 'or')}: nobody comes in from there until somebody makes it. ` +
              'Where the name is wrong, say all of them again with --allow-namespaces.',
          },
        ]),
    ...(unread.length === 0
      ? []
      : [
          {
            code: 'NOT_CHECKED' as const,
            message: `Whether namespace ${listed(unread, 'or')} exists is not known: this user may not read it.`,
          },
        ]),
  ];
}

function enforcement({enforcement: {verdict, text}}: NetworkSeen, target: Target): readonly Warning[] {
  const address = `${objectNames(target).writer}.${target.namespace}:${postgresPort}`;
  const trial = `To find out, connect to ${address} from a pod of a namespace that is not named: nothing may answer.`;
  switch (verdict) {
    case 'yes':
      return [];
    case 'no':
      return [
        {
          code: 'POLICY_NOT_ENFORCED',
          message:
            'Nothing is seen in this cluster that enforces network policies, as Calico or Cilium do: pods of every ' +
            `namespace reach the database, whatever --allow-namespaces says. ${trial}`,
        },
      ];
    case 'unknown':
      return [
        {
          code: 'POLICY_ENFORCEMENT_UNKNOWN',
          message:
            `Whether this cluster enforces network policies is not known${text === null ? '' : `, because ${text}`}. ` +
            `Where it does not, --allow-namespaces keeps nobody out. ${trial}`,
        },
      ];
  }
}

/**
 * A range that a load balancer lets in counts for pods as well.
 * @param addresses of pods, or ranges that they have their addresses from
 */
export function rangesOverPods(
  {allowNamespaces, allowFrom}: Pick<Parameters, 'allowNamespaces' | 'allowFrom'>,
  addresses: readonly string[],
): readonly Warning[] {
  if (!allowNamespaces || allowFrom.kind !== 'cidrs') return [];
  const wide = allowFrom.cidrs.filter((cidr) => addresses.some((address) => overlap(cidr, address)));
  if (wide.length === 0) return [];
  return [
    {
      code: 'ALLOW_FROM_COVERS_PODS',
      message:
        `The pods of this cluster have addresses in ${listed(wide)} of --allow-from: those are let in whatever ` +
        'namespace they are of. Name ranges of clients outside the cluster alone.',
    },
  ];
}

/** Warns before a proxy is asked for whose mesh the cluster does not have. */
export function meshNotFound(seen: NetworkSeen | null | undefined, mesh: ServiceMesh): readonly Warning[] {
  if (mesh === 'none' || !seen?.meshes || seen.meshes.includes(mesh)) return [];
  return [
    {
      code: 'MESH_NOT_FOUND',
      message:
        `This cluster does not serve the API of ${titles[mesh]}: where its injector is not there either, the pods ` +
        'start without a proxy, and the database is no part of the mesh.',
    },
  ];
}

const titles: Readonly<Record<Exclude<ServiceMesh, 'none'>, string>> = {istio: 'Istio', linkerd: 'Linkerd'};

/** The pods that should have a proxy beside the database, and were made without one. */
export function meshWarnings(snapshot: Snapshot, {serviceMesh = 'none'}: Pick<Desired, 'serviceMesh'>): Warning[] {
  if (serviceMesh === 'none') return [];
  const {writerPod, readerPods} = viewOf(snapshot);
  const proxy = proxyContainers[serviceMesh];
  const without = [...(writerPod ? [writerPod] : []), ...readerPods]
    .filter((pod) => containersOf(pod).length > 0 && !hasContainer(pod, proxy))
    .map(({metadata}) => metadata.name);
  if (without.length === 0) return [];
  const command = render({kind: 'restart', ...releaseRef(snapshot.target)});
  return [
    {
      code: 'MESH_PROXY_MISSING',
      message:
        `${listed(without)} ${without.length === 1 ? 'runs' : 'run'} without ${proxy}, and ` +
        `${without.length === 1 ? 'is' : 'are'} no part of the mesh: ${titles[serviceMesh]} was not there, or did ` +
        `not want it, when the pod was made. When that is put right, this recreates the pods: ${command}`,
    },
  ];
}

function hasContainer({spec}: Pod, name: string): boolean {
  return [...spec.containers, ...(spec.initContainers ?? [])].some((container) => container.name === name);
}

/** Whether a proxy of a mesh stands beside the database, whoever put it there. */
export function hasProxy(pod: Pod): boolean {
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].some(({name}) => isProxy(name));
}
