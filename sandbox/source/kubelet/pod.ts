// What the kubelet reads of a pod's definition. Kubernetes API: core/v1 Pod.
import type {KubeObject} from '../store/objects.ts';

export interface KeyOf {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: KeyOf;
    readonly configMapKeyRef?: KeyOf;
    readonly fieldRef?: {readonly fieldPath: string};
    readonly resourceFieldRef?: {readonly resource: string; readonly containerName?: string};
  };
}

export interface Handler {
  readonly exec?: {readonly command?: readonly string[]};
  readonly tcpSocket?: {readonly port: number | string};
  readonly httpGet?: {readonly path?: string; readonly port: number | string};
}

export interface Probe extends Handler {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
}

export interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly {
    readonly prefix?: string;
    readonly configMapRef?: {readonly name: string; readonly optional?: boolean};
    readonly secretRef?: {readonly name: string; readonly optional?: boolean};
  }[];
  readonly ports?: readonly {readonly name?: string; readonly containerPort: number}[];
  readonly resources?: Resources;
  readonly volumeMounts?: readonly VolumeMount[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: {
    readonly preStop?: Handler & {readonly sleep?: {readonly seconds: number}};
    readonly postStart?: Handler;
  };
  /** For an init container: `Always` makes it a sidecar. */
  readonly restartPolicy?: string;
}

interface KeyToPath {
  readonly key: string;
  readonly path: string;
}

export interface FileSource {
  readonly secret?: {
    readonly secretName?: string;
    readonly name?: string;
    readonly items?: readonly KeyToPath[];
    readonly optional?: boolean;
  };
  readonly configMap?: {readonly name?: string; readonly items?: readonly KeyToPath[]; readonly optional?: boolean};
  readonly downwardAPI?: {
    readonly items?: readonly {readonly path: string; readonly fieldRef?: {readonly fieldPath: string}}[];
  };
  readonly serviceAccountToken?: {readonly path: string};
}

export interface Volume extends FileSource {
  readonly name: string;
  readonly emptyDir?: {readonly medium?: string};
  readonly persistentVolumeClaim?: {readonly claimName: string};
  readonly projected?: {readonly sources?: readonly FileSource[]};
}

export interface PodSpec {
  readonly nodeName?: string;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly restartPolicy?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly activeDeadlineSeconds?: number;
  readonly serviceAccountName?: string;
}

export interface ContainerState {
  readonly waiting?: {readonly reason: string; readonly message?: string};
  readonly running?: {readonly startedAt: string};
  readonly terminated?: Terminated;
}

interface Terminated {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly signal?: number;
  readonly startedAt: string | null;
  readonly finishedAt: string;
  readonly containerID?: string;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastProbeTime?: string | null;
  readonly lastTransitionTime?: string;
  readonly observedGeneration?: number;
  readonly reason?: string;
  readonly message?: string;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly containerID?: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  readonly state: ContainerState;
  readonly lastState: ContainerState;
  readonly resources?: Resources;
  readonly allocatedResources?: Readonly<Record<string, string>>;
  readonly volumeMounts?: readonly object[];
}

export interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly podIP?: string;
  readonly startTime?: string;
  readonly qosClass?: string;
  readonly reason?: string;
  readonly message?: string;
}

export function specOf(pod: KubeObject): PodSpec {
  return pod['spec'] as PodSpec;
}

export function statusOf(pod: KubeObject): PodStatus {
  return pod['status'] ?? {};
}
