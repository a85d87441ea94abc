// The shapes of Kubernetes objects, as far as we read them. Raw API JSON fits as it is. They are written here because
// kubernetes-types ends at Kubernetes 1.30, before pods could be resized in place, and has every field optional.

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly finalizers?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly {readonly kind: string; readonly name: string; readonly uid: string}[];
  readonly managedFields?: readonly FieldOwner[];
}

/** Who set which fields: `fieldsV1` is a tree of their names, each after `f:`. */
export interface FieldOwner {
  readonly manager?: string;
  readonly operation?: string;
  readonly subresource?: string;
  /** ISO 8601: when it last wrote one of them. */
  readonly time?: string;
  readonly fieldsV1?: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

interface ContainerStateWaiting {
  readonly reason?: string;
  readonly message?: string;
}

export interface ContainerStateTerminated {
  readonly exitCode: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

export interface ContainerState {
  readonly waiting?: ContainerStateWaiting;
  readonly running?: {readonly startedAt?: string};
  readonly terminated?: ContainerStateTerminated;
}

export interface Resources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly started?: boolean;
  readonly restartCount: number;
  readonly image?: string;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
  /** What the container runtime has given it, since Kubernetes 1.33. */
  readonly resources?: Resources;
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly resources?: Resources;
  readonly lifecycle?: {readonly preStop?: unknown};
  readonly env?: readonly {readonly name: string}[];
  readonly ports?: readonly {readonly name?: string; readonly containerPort: number}[];
  readonly volumeMounts?: readonly {readonly name: string; readonly mountPath: string; readonly subPath?: string}[];
}

/** Kubernetes documentation, Sidecar Containers: with `Always` it runs beside the others. */
interface InitContainer extends Container {
  readonly restartPolicy?: string;
}

export interface Pod {
  readonly metadata: Metadata;
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly InitContainer[];
    readonly nodeSelector?: Readonly<Record<string, string>>;
    readonly serviceAccountName?: string;
    readonly schedulerName?: string;
    readonly volumes?: readonly {readonly name: string; readonly secret?: {readonly secretName?: string}}[];
    readonly imagePullSecrets?: readonly {readonly name?: string}[];
    readonly tolerations?: readonly Readonly<Record<string, unknown>>[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly podIP?: string;
    readonly startTime?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface StatefulSet {
  readonly metadata: Metadata;
  readonly spec: {
    readonly replicas?: number;
    readonly serviceName?: string;
    readonly updateStrategy?: {readonly type?: string};
    readonly selector?: {readonly matchLabels?: Readonly<Record<string, string>>};
    readonly template: {
      readonly metadata?: {readonly labels?: Readonly<Record<string, string>>};
      readonly spec: {
        readonly containers: readonly Container[];
        readonly nodeSelector?: Readonly<Record<string, string>>;
      };
    };
    readonly volumeClaimTemplates?: readonly {
      readonly metadata: {readonly name: string};
      readonly spec: {readonly storageClassName?: string; readonly resources?: Resources};
    }[];
  };
  readonly status?: {
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly observedGeneration?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
}

export interface PersistentVolumeClaim {
  readonly metadata: Metadata;
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly resources?: Resources;
    readonly accessModes?: readonly string[];
    readonly volumeMode?: string;
  };
  readonly status?: {
    readonly phase?: string;
    readonly capacity?: Readonly<Record<string, string>>;
    readonly conditions?: readonly Condition[];
  };
}

/** batch/v1 CronJob. */
export interface CronJob {
  readonly metadata: Metadata;
  readonly spec: {
    readonly schedule: string;
    readonly suspend?: boolean;
    readonly jobTemplate: {readonly metadata?: Partial<Metadata>; readonly spec: Readonly<Record<string, unknown>>};
  };
  readonly status?: {readonly lastScheduleTime?: string; readonly lastSuccessfulTime?: string};
}

export interface Job {
  readonly metadata: Metadata;
  readonly spec?: {readonly suspend?: boolean};
  readonly status?: {readonly conditions?: readonly Condition[]};
}

export interface Service {
  readonly metadata: Metadata;
  readonly spec: {
    readonly type?: string;
    readonly publishNotReadyAddresses?: boolean;
    readonly clusterIP?: string;
    readonly loadBalancerSourceRanges?: readonly string[];
    readonly selector?: Readonly<Record<string, string>>;
    readonly ports?: readonly {readonly name?: string; readonly port: number; readonly nodePort?: number}[];
  };
  readonly status?: {
    readonly loadBalancer?: {readonly ingress?: readonly {readonly ip?: string; readonly hostname?: string}[]};
  };
}

/** core/v1 Event. */
export interface ClusterEvent {
  readonly metadata: Metadata;
  readonly involvedObject: {
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
    readonly uid?: string;
  };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  /** Who says it: `kubelet`, `default-scheduler`, … */
  readonly source?: {readonly component?: string; readonly host?: string};
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

export interface Node {
  readonly metadata: Metadata;
  readonly spec: {
    readonly unschedulable?: boolean;
    readonly providerID?: string;
    /** Absent where the network gives out addresses by itself. */
    readonly podCIDRs?: readonly string[];
    readonly taints?: readonly {readonly key: string; readonly value?: string; readonly effect: string}[];
  };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly Condition[];
    readonly addresses?: readonly {readonly type: string; readonly address: string}[];
  };
}

export interface StorageClass {
  readonly metadata: Metadata;
  readonly provisioner: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly allowVolumeExpansion?: boolean;
  readonly volumeBindingMode?: string;
}

export interface ResourceQuota {
  readonly metadata: Metadata;
  readonly spec?: {
    readonly hard?: Readonly<Record<string, string>>;
    readonly scopes?: readonly string[];
    readonly scopeSelector?: unknown;
  };
  readonly status?: {
    readonly hard?: Readonly<Record<string, string>>;
    readonly used?: Readonly<Record<string, string>>;
  };
}

export interface LimitRange {
  readonly metadata: Metadata;
  readonly spec?: {
    readonly limits?: readonly {
      readonly type: string;
      readonly max?: Readonly<Record<string, string>>;
      readonly min?: Readonly<Record<string, string>>;
      readonly default?: Readonly<Record<string, string>>;
      readonly maxLimitRequestRatio?: Readonly<Record<string, string>>;
    }[];
  };
}

export interface PersistentVolume {
  readonly metadata: Metadata;
  readonly status?: {readonly phase?: string};
  readonly spec: {
    readonly claimRef?: {readonly namespace?: string; readonly name?: string; readonly uid?: string};
    readonly persistentVolumeReclaimPolicy?: 'Retain' | 'Delete' | 'Recycle';
    readonly storageClassName?: string;
    readonly capacity?: Readonly<Record<string, string>>;
    readonly nodeAffinity?: {
      readonly required?: {
        readonly nodeSelectorTerms?: readonly {
          readonly matchExpressions?: readonly {
            readonly key: string;
            readonly operator: string;
            readonly values?: readonly string[];
          }[];
        }[];
      };
    };
  };
}

/** A Secret or ConfigMap or anything else of which only the metadata is read. */
export interface ObjectMetadata {
  readonly kind: string;
  readonly metadata: Metadata;
}
