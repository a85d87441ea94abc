// Pod Security: what a namespace that enforces `baseline` or `restricted` does not let in. Source:
// k8s.io/pod-security-admission, policy, 1.34.
import {kinds} from '../../store/kinds.ts';
import {StatusError, type KubeObject} from '../../store/objects.ts';
import {detailsOf, type Store} from '../../store/store.ts';

interface SecurityContext {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly capabilities?: {readonly add?: readonly string[]; readonly drop?: readonly string[]};
  readonly seccompProfile?: {readonly type?: string};
}
interface Container {
  readonly name: string;
  readonly securityContext?: SecurityContext;
}
interface Spec {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: SecurityContext;
  readonly volumes?: readonly {readonly name: string; readonly hostPath?: unknown}[];
}
interface Pod {
  readonly spec: Spec;
  readonly containers: readonly Container[];
}
/** Null: the pod complies. */
type Check = (pod: Pod) => string | null;

const enforced = 'pod-security.kubernetes.io/enforce';

/** @throws StatusError 403 */
export function checkPodSecurity(store: Store, pod: KubeObject): void {
  const {name, namespace = ''} = pod.metadata;
  const level = store.get(kinds.namespace, null, namespace)?.metadata.labels?.[enforced];
  if (level !== 'baseline' && level !== 'restricted') return;
  const spec = (pod['spec'] ?? {}) as Spec & {
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  const judged: Pod = {spec, containers: [...(spec.initContainers ?? []), ...(spec.containers ?? [])]};
  const broken = (level === 'restricted' ? restricted : baseline).flatMap((check) => check(judged) ?? []);
  if (broken.length > 0)
    throw new StatusError(
      403,
      'Forbidden',
      `pods "${name}" is forbidden: violates PodSecurity "${level}:latest": ${broken.join(', ')}`,
      detailsOf(kinds.pod, name),
    );
}

const hostNamespaces: Check = ({spec}) => {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((name) => spec[name]);
  return shared.length > 0 ? `host namespaces (${shared.map((name) => `${name}=true`).join(', ')})` : null;
};
const hostPaths = ({volumes = []}: Spec) => volumes.filter(({hostPath}) => hostPath);
const privileged = of(
  'privileged',
  ({securityContext}) => securityContext?.privileged === true,
  'must not set securityContext.privileged=true',
);

const baseline: readonly Check[] = [
  hostNamespaces,
  ({spec}) =>
    hostPaths(spec).length > 0
      ? `hostPath volumes (volume${hostPaths(spec).length > 1 ? 's' : ''} ${quoted(hostPaths(spec))})`
      : null,
  privileged,
];

const restricted: readonly Check[] = [
  hostNamespaces,
  privileged,
  of(
    'allowPrivilegeEscalation != false',
    ({securityContext}) => securityContext?.allowPrivilegeEscalation !== false,
    'must set securityContext.allowPrivilegeEscalation=false',
  ),
  of(
    'unrestricted capabilities',
    ({securityContext}) => !securityContext?.capabilities?.drop?.includes('ALL'),
    'must set securityContext.capabilities.drop=["ALL"]',
  ),
  ({spec}) =>
    hostPaths(spec).length > 0
      ? `restricted volume types (${hostPaths(spec).length > 1 ? 'volumes' : 'volume'} ${quoted(hostPaths(spec))} ` +
        `${hostPaths(spec).length > 1 ? 'use' : 'uses'} restricted volume type "hostPath")`
      : null,
  of(
    'runAsNonRoot != true',
    ({securityContext}, {spec}) => (securityContext?.runAsNonRoot ?? spec.securityContext?.runAsNonRoot) !== true,
    'must set securityContext.runAsNonRoot=true',
    'pod or ',
  ),
  of('runAsUser=0', ({securityContext}) => securityContext?.runAsUser === 0, 'must not set runAsUser=0'),
  of(
    'seccompProfile',
    ({securityContext}, {spec}) =>
      !['RuntimeDefault', 'Localhost'].includes(
        securityContext?.seccompProfile?.type ?? spec.securityContext?.seccompProfile?.type ?? '',
      ),
    'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"',
    'pod or ',
  ),
];

function of(title: string, breaks: (container: Container, pod: Pod) => boolean, words: string, who = ''): Check {
  return (pod) => {
    const found = pod.containers.filter((container) => breaks(container, pod));
    return found.length > 0
      ? `${title} (${who}container${found.length > 1 ? 's' : ''} ${quoted(found)} ${words})`
      : null;
  };
}

function quoted(named: readonly {readonly name: string}[]): string {
  return named.map(({name}) => `"${name}"`).join(', ');
}
