// The numbers of the fields in protobuf, as the Go sources of Kubernetes 1.34 have them. Written by
// sandbox/scripts/protobuf-numbers.mjs.
// name:number; 2.1 is field 1 of the message that is field 2; ? where zero or nothing means that it was not set.
export const protobufNumbers: Readonly<Record<string, string>> = {
  Namespace: 'metadata:1? spec:2? status:3?',
  Node: 'metadata:1? spec:2? status:3?',
  Pod: 'metadata:1? spec:2? status:3?',
  Service: 'metadata:1? spec:2? status:3?',
  Secret: 'metadata:1? immutable:5 data:2? stringData:4? type:3?',
  ConfigMap: 'metadata:1? immutable:4 data:2? binaryData:3?',
  ServiceAccount: 'metadata:1? secrets:2? imagePullSecrets:3? automountServiceAccountToken:4',
  Event:
    'metadata:1 involvedObject:2 reason:3? message:4? source:5? firstTimestamp:6? lastTimestamp:7? count:8? ' +
    'type:9? eventTime:10? series:11 action:12? related:13 reportingComponent:14 reportingInstance:15',
  PersistentVolumeClaim: 'metadata:1? spec:2? status:3?',
  PersistentVolume: 'metadata:1? spec:2? status:3?',
  ResourceQuota: 'metadata:1? spec:2? status:3?',
  LimitRange: 'metadata:1? spec:2?',
  Endpoints: 'metadata:1? subsets:2?',
  StatefulSet: 'metadata:1? spec:2? status:3?',
  ControllerRevision: 'metadata:1? data:2? revision:3',
  Job: 'metadata:1? spec:2? status:3?',
  CronJob: 'metadata:1? spec:2? status:3?',
  NetworkPolicy: 'metadata:1? spec:2?',
  PodDisruptionBudget: 'metadata:1? spec:2? status:3?',
  StorageClass:
    'metadata:1? provisioner:2 parameters:3? reclaimPolicy:4 mountOptions:5? allowVolumeExpansion:6 ' +
    'volumeBindingMode:7 allowedTopologies:8?',
  EndpointSlice: 'metadata:1? addressType:4 endpoints:2 ports:3',
  Lease: 'metadata:1? spec:2?',
  Role: 'metadata:1? rules:2',
  RoleBinding: 'metadata:1? subjects:2? roleRef:3',
  Scale: 'metadata:1? spec:2? status:3?',
  Eviction: 'metadata:1? deleteOptions:2',
  DeleteOptions:
    'gracePeriodSeconds:1 preconditions:2 orphanDependents:3 propagationPolicy:4 dryRun:5? ' +
    'ignoreStoreReadErrorWithClusterBreakingPotential:6',
  SelfSubjectAccessReview: 'metadata:1? spec:2 status:3?',
  SelfSubjectRulesReview: 'metadata:1? spec:2 status:3?',
  SelfSubjectReview: 'metadata:1? status:2?',
  TokenRequest: 'metadata:1? spec:2 status:3?',
  ObjectMeta:
    'name:1? generateName:2? namespace:3? selfLink:4? uid:5? resourceVersion:6? generation:7? ' +
    'creationTimestamp:8? deletionTimestamp:9 deletionGracePeriodSeconds:10 labels:11? annotations:12? ' +
    'ownerReferences:13? finalizers:14? managedFields:17?',
  NamespaceSpec: 'finalizers:1?',
  NamespaceStatus: 'phase:1? conditions:2?',
  NodeSpec: 'podCIDR:1? podCIDRs:7? providerID:3? unschedulable:4? taints:5? configSource:6 externalID:2?',
  NodeStatus:
    'capacity:1? allocatable:2? phase:3? conditions:4? addresses:5? daemonEndpoints:6? nodeInfo:7? images:8? ' +
    'volumesInUse:9? volumesAttached:10? config:11 runtimeHandlers:12? features:13',
  PodSpec:
    'volumes:1? initContainers:20? containers:2 ephemeralContainers:34? restartPolicy:3? ' +
    'terminationGracePeriodSeconds:4 activeDeadlineSeconds:5 dnsPolicy:6? nodeSelector:7? serviceAccountName:8? ' +
    'serviceAccount:9? automountServiceAccountToken:21 nodeName:10? hostNetwork:11? hostPID:12? hostIPC:13? ' +
    'shareProcessNamespace:27 securityContext:14 imagePullSecrets:15? hostname:16? subdomain:17? affinity:18 ' +
    'schedulerName:19? tolerations:22? hostAliases:23? priorityClassName:24? priority:25 dnsConfig:26 ' +
    'readinessGates:28? runtimeClassName:29 enableServiceLinks:30 preemptionPolicy:31 overhead:32? ' +
    'topologySpreadConstraints:33? setHostnameAsFQDN:35 os:36 hostUsers:37 schedulingGates:38? ' +
    'resourceClaims:39? resources:40 hostnameOverride:41',
  PodStatus:
    'observedGeneration:17? phase:1? conditions:2? message:3? reason:4? nominatedNodeName:11? hostIP:5? ' +
    'hostIPs:16? podIP:6? podIPs:12? startTime:7 initContainerStatuses:10? containerStatuses:8? qosClass:9? ' +
    'ephemeralContainerStatuses:13? resize:14? resourceClaimStatuses:15? extendedResourceClaimStatus:18',
  ServiceSpec:
    'ports:1? selector:2? clusterIP:3? clusterIPs:18? type:4? externalIPs:5? sessionAffinity:7? ' +
    'loadBalancerIP:8? loadBalancerSourceRanges:9? externalName:10? externalTrafficPolicy:11? ' +
    'healthCheckNodePort:12? publishNotReadyAddresses:13? sessionAffinityConfig:14 ipFamilies:19? ' +
    'ipFamilyPolicy:17 allocateLoadBalancerNodePorts:20 loadBalancerClass:21 internalTrafficPolicy:22 ' +
    'trafficDistribution:23',
  ServiceStatus: 'loadBalancer:1? conditions:2?',
  LocalObjectReference: 'name:1?',
  ObjectReference: 'kind:1? namespace:2? name:3? uid:4? apiVersion:5? resourceVersion:6? fieldPath:7?',
  EventSeries: 'count:1? lastObservedTime:2?',
  EventSource: 'component:1? host:2?',
  PersistentVolumeClaimSpec:
    'accessModes:1? selector:4 resources:2? volumeName:3? storageClassName:5 volumeMode:6 dataSource:7 ' +
    'dataSourceRef:8 volumeAttributesClassName:9',
  PersistentVolumeClaimStatus:
    'phase:1? accessModes:2? capacity:3? conditions:4? allocatedResources:5? allocatedResourceStatuses:7? ' +
    'currentVolumeAttributesClassName:8 modifyVolumeStatus:9',
  PersistentVolumeSpec:
    'capacity:1? gcePersistentDisk:2.1 awsElasticBlockStore:2.2 hostPath:2.3 glusterfs:2.4 nfs:2.5 rbd:2.6 ' +
    'iscsi:2.7 cinder:2.8 cephfs:2.9 fc:2.10 flocker:2.11 flexVolume:2.12 azureFile:2.13 vsphereVolume:2.14 ' +
    'quobyte:2.15 azureDisk:2.16 photonPersistentDisk:2.17 portworxVolume:2.18 scaleIO:2.19 local:2.20 ' +
    'storageos:2.21 csi:2.22 accessModes:3? claimRef:4 persistentVolumeReclaimPolicy:5? storageClassName:6? ' +
    'mountOptions:7? volumeMode:8 nodeAffinity:9 volumeAttributesClassName:10',
  PersistentVolumeStatus: 'phase:1? message:2? reason:3? lastPhaseTransitionTime:4',
  ResourceQuotaSpec: 'hard:1? scopes:2? scopeSelector:3',
  ResourceQuotaStatus: 'hard:1? used:2?',
  LimitRangeSpec: 'limits:1',
  EndpointSubset: 'addresses:1? notReadyAddresses:2? ports:3?',
  StatefulSetSpec:
    'replicas:1 selector:2 template:3 volumeClaimTemplates:4? serviceName:5 podManagementPolicy:6? ' +
    'updateStrategy:7? revisionHistoryLimit:8 minReadySeconds:9? persistentVolumeClaimRetentionPolicy:10 ' +
    'ordinals:11',
  StatefulSetStatus:
    'observedGeneration:1? replicas:2 readyReplicas:3? currentReplicas:4? updatedReplicas:5? currentRevision:6? ' +
    'updateRevision:7? collisionCount:9 conditions:10? availableReplicas:11',
  JobSpec:
    'parallelism:1 completions:2 activeDeadlineSeconds:3 podFailurePolicy:11 successPolicy:16 backoffLimit:7 ' +
    'backoffLimitPerIndex:12 maxFailedIndexes:13 selector:4 manualSelector:5 template:6 ' +
    'ttlSecondsAfterFinished:8 completionMode:9 suspend:10 podReplacementPolicy:14 managedBy:15',
  JobStatus:
    'conditions:1? startTime:2 completionTime:3 active:4? succeeded:5? failed:6? terminating:11 ' +
    'completedIndexes:7? failedIndexes:10 uncountedTerminatedPods:8 ready:9',
  CronJobSpec:
    'schedule:1 timeZone:8 startingDeadlineSeconds:2 concurrencyPolicy:3? suspend:4 jobTemplate:5 ' +
    'successfulJobsHistoryLimit:6 failedJobsHistoryLimit:7',
  CronJobStatus: 'active:1? lastScheduleTime:4 lastSuccessfulTime:5',
  NetworkPolicySpec: 'podSelector:1 ingress:2? egress:3? policyTypes:4?',
  PodDisruptionBudgetSpec: 'minAvailable:1 selector:2 maxUnavailable:3 unhealthyPodEvictionPolicy:4',
  PodDisruptionBudgetStatus:
    'observedGeneration:1? disruptedPods:2? disruptionsAllowed:3 currentHealthy:4 desiredHealthy:5 ' +
    'expectedPods:6 conditions:7?',
  TopologySelectorTerm: 'matchLabelExpressions:1?',
  Endpoint: 'addresses:1 conditions:2? hostname:3 targetRef:4 deprecatedTopology:5? nodeName:6 zone:7 hints:8',
  EndpointPort: 'name:1 protocol:2 port:3 appProtocol:4',
  LeaseSpec:
    'holderIdentity:1 leaseDurationSeconds:2 acquireTime:3 renewTime:4 leaseTransitions:5 strategy:6 preferredHolder:7',
  PolicyRule: 'verbs:1 apiGroups:2? resources:3? resourceNames:4? nonResourceURLs:5?',
  RoleRef: 'apiGroup:1 kind:2 name:3',
  Subject: 'kind:1 apiGroup:2? name:3 namespace:4?',
  ScaleSpec: 'replicas:1?',
  ScaleStatus: 'replicas:1 selector:2?',
  Preconditions: 'uid:1 resourceVersion:2',
  SelfSubjectAccessReviewSpec: 'resourceAttributes:1 nonResourceAttributes:2',
  SubjectAccessReviewStatus: 'allowed:1 denied:4? reason:2? evaluationError:3?',
  SelfSubjectRulesReviewSpec: 'namespace:1?',
  SubjectRulesReviewStatus: 'resourceRules:1 nonResourceRules:2 incomplete:3 evaluationError:4?',
  SelfSubjectReviewStatus: 'userInfo:1?',
  TokenRequestSpec: 'audiences:1 expirationSeconds:4 boundObjectRef:3',
  TokenRequestStatus: 'token:1 expirationTimestamp:2',
  ManagedFieldsEntry: 'manager:1? operation:2? apiVersion:3? time:4 fieldsType:6? fieldsV1:7 subresource:8?',
  OwnerReference: 'apiVersion:5 kind:1 name:3 uid:4 controller:6 blockOwnerDeletion:7',
  NamespaceCondition: 'type:1 status:2 lastTransitionTime:4? reason:5? message:6?',
  Taint: 'key:1 value:2? effect:3 timeAdded:4',
  NodeAddress: 'type:1 address:2',
  NodeCondition: 'type:1 status:2 lastHeartbeatTime:3? lastTransitionTime:4? reason:5? message:6?',
  NodeDaemonEndpoints: 'kubeletEndpoint:1?',
  NodeFeatures: 'supplementalGroupsPolicy:1',
  ContainerImage: 'names:1 sizeBytes:2?',
  NodeSystemInfo:
    'machineID:1 systemUUID:2 bootID:3 kernelVersion:4 osImage:5 containerRuntimeVersion:6 kubeletVersion:7 ' +
    'kubeProxyVersion:8 operatingSystem:9 architecture:10 swap:11',
  NodeRuntimeHandler: 'name:1 features:2',
  AttachedVolume: 'name:1 devicePath:2',
  Affinity: 'nodeAffinity:1 podAffinity:2 podAntiAffinity:3',
  Container:
    'name:1 image:2? command:3? args:4? workingDir:5? ports:6? envFrom:19? env:7? resources:8? resizePolicy:23? ' +
    'restartPolicy:24 restartPolicyRules:25? volumeMounts:9? volumeDevices:21? livenessProbe:10 ' +
    'readinessProbe:11 startupProbe:22 lifecycle:12 terminationMessagePath:13? terminationMessagePolicy:20? ' +
    'imagePullPolicy:14? securityContext:15 stdin:16? stdinOnce:17? tty:18?',
  PodDNSConfig: 'nameservers:1? searches:2? options:3?',
  EphemeralContainer:
    'name:1.1 image:1.2? command:1.3? args:1.4? workingDir:1.5? ports:1.6? envFrom:1.19? env:1.7? resources:1.8? ' +
    'resizePolicy:1.23? restartPolicy:1.24 restartPolicyRules:1.25? volumeMounts:1.9? volumeDevices:1.21? ' +
    'livenessProbe:1.10 readinessProbe:1.11 startupProbe:1.22 lifecycle:1.12 terminationMessagePath:1.13? ' +
    'terminationMessagePolicy:1.20? imagePullPolicy:1.14? securityContext:1.15 stdin:1.16? stdinOnce:1.17? ' +
    'tty:1.18? targetContainerName:2?',
  HostAlias: 'ip:1 hostnames:2?',
  PodOS: 'name:1',
  PodReadinessGate: 'conditionType:1',
  PodResourceClaim: 'name:1 resourceClaimName:3 resourceClaimTemplateName:4',
  ResourceRequirements: 'limits:1? requests:2? claims:3?',
  PodSchedulingGate: 'name:1',
  PodSecurityContext:
    'seLinuxOptions:1 windowsOptions:8 runAsUser:2 runAsGroup:6 runAsNonRoot:3 supplementalGroups:4? ' +
    'supplementalGroupsPolicy:12 fsGroup:5 sysctls:7? fsGroupChangePolicy:9 seccompProfile:10 appArmorProfile:11 ' +
    'seLinuxChangePolicy:13',
  Toleration: 'key:1? operator:2? value:3? effect:4? tolerationSeconds:5',
  TopologySpreadConstraint:
    'maxSkew:1 topologyKey:2 whenUnsatisfiable:3 labelSelector:4 minDomains:5 nodeAffinityPolicy:6 ' +
    'nodeTaintsPolicy:7 matchLabelKeys:8?',
  Volume:
    'name:1 hostPath:2.1 emptyDir:2.2 gcePersistentDisk:2.3 awsElasticBlockStore:2.4 gitRepo:2.5 secret:2.6 ' +
    'nfs:2.7 iscsi:2.8 glusterfs:2.9 persistentVolumeClaim:2.10 rbd:2.11 flexVolume:2.12 cinder:2.13 cephfs:2.14 ' +
    'flocker:2.15 downwardAPI:2.16 fc:2.17 azureFile:2.18 configMap:2.19 vsphereVolume:2.20 quobyte:2.21 ' +
    'azureDisk:2.22 photonPersistentDisk:2.23 projected:2.26 portworxVolume:2.24 scaleIO:2.25 storageos:2.27 ' +
    'csi:2.28 ephemeral:2.29 image:2.30',
  PodCondition: 'type:1 observedGeneration:7? status:2 lastProbeTime:3? lastTransitionTime:4? reason:5? message:6?',
  ContainerStatus:
    'name:1 state:2? lastState:3? ready:4 restartCount:5 image:6 imageID:7 containerID:8? started:9 ' +
    'allocatedResources:10? resources:11 volumeMounts:12? user:13 allocatedResourcesStatus:14? stopSignal:15',
  PodExtendedResourceClaimStatus: 'requestMappings:1 resourceClaimName:2',
  HostIP: 'ip:1',
  PodIP: 'ip:1',
  PodResourceClaimStatus: 'name:1 resourceClaimName:2',
  ServicePort: 'name:1? protocol:2? appProtocol:6 port:3 targetPort:4? nodePort:5?',
  SessionAffinityConfig: 'clientIP:1',
  Condition: 'type:1 status:2 observedGeneration:3? lastTransitionTime:4 reason:5 message:6',
  LoadBalancerStatus: 'ingress:1?',
  TypedLocalObjectReference: 'apiGroup:1 kind:2 name:3',
  TypedObjectReference: 'apiGroup:1 kind:2 name:3 namespace:4',
  VolumeResourceRequirements: 'limits:1? requests:2?',
  LabelSelector: 'matchLabels:1? matchExpressions:2?',
  PersistentVolumeClaimCondition: 'type:1 status:2 lastProbeTime:3? lastTransitionTime:4? reason:5? message:6?',
  ModifyVolumeStatus: 'targetVolumeAttributesClassName:1? status:2',
  CSIPersistentVolumeSource:
    'driver:1 volumeHandle:2 readOnly:3? fsType:4? volumeAttributes:5? controllerPublishSecretRef:6 ' +
    'nodeStageSecretRef:7 nodePublishSecretRef:8 controllerExpandSecretRef:9 nodeExpandSecretRef:10',
  HostPathVolumeSource: 'path:1 type:2',
  LocalVolumeSource: 'path:1 fsType:2',
  NFSVolumeSource: 'server:1 path:2 readOnly:3?',
  VolumeNodeAffinity: 'required:1',
  ScopeSelector: 'matchExpressions:1?',
  LimitRangeItem: 'type:1 max:2? min:3? default:4? defaultRequest:5? maxLimitRequestRatio:6?',
  EndpointAddress: 'ip:1 hostname:3? nodeName:4 targetRef:2',
  coreEndpointPort: 'name:1? port:2 protocol:3? appProtocol:4',
  StatefulSetOrdinals: 'start:1',
  StatefulSetPersistentVolumeClaimRetentionPolicy: 'whenDeleted:1? whenScaled:2?',
  PodTemplateSpec: 'metadata:1? spec:2?',
  StatefulSetUpdateStrategy: 'type:1? rollingUpdate:2',
  StatefulSetCondition: 'type:1 status:2 lastTransitionTime:3? reason:4? message:5?',
  PodFailurePolicy: 'rules:1',
  SuccessPolicy: 'rules:1',
  JobCondition: 'type:1 status:2 lastProbeTime:3? lastTransitionTime:4? reason:5? message:6?',
  UncountedTerminatedPods: 'succeeded:1? failed:2?',
  JobTemplateSpec: 'metadata:1? spec:2?',
  NetworkPolicyEgressRule: 'ports:1? to:2?',
  NetworkPolicyIngressRule: 'ports:1? from:2?',
  TopologySelectorLabelRequirement: 'key:1 values:2',
  EndpointConditions: 'ready:1 serving:2 terminating:3',
  EndpointHints: 'forZones:1? forNodes:2?',
  NonResourceAttributes: 'path:1? verb:2?',
  ResourceAttributes:
    'namespace:1? verb:2? group:3? version:4? resource:5? subresource:6? name:7? fieldSelector:8 labelSelector:9',
  NonResourceRule: 'verbs:1 nonResourceURLs:2?',
  ResourceRule: 'verbs:1 apiGroups:2? resources:3? resourceNames:4?',
  UserInfo: 'username:1? uid:2? groups:3? extra:4?',
  BoundObjectReference: 'kind:1? apiVersion:2? name:3? uid:4?',
  DaemonEndpoint: 'Port:1',
  NodeSwapStatus: 'capacity:1',
  NodeRuntimeHandlerFeatures: 'recursiveReadOnlyMounts:1 userNamespaces:2',
  NodeAffinity: 'requiredDuringSchedulingIgnoredDuringExecution:1 preferredDuringSchedulingIgnoredDuringExecution:2?',
  PodAffinity: 'requiredDuringSchedulingIgnoredDuringExecution:1? preferredDuringSchedulingIgnoredDuringExecution:2?',
  PodAntiAffinity:
    'requiredDuringSchedulingIgnoredDuringExecution:1? preferredDuringSchedulingIgnoredDuringExecution:2?',
  EnvVar: 'name:1 value:2? valueFrom:3',
  EnvFromSource: 'prefix:1? configMapRef:2 secretRef:3',
  Lifecycle: 'postStart:1 preStop:2 stopSignal:3',
  Probe:
    'exec:1.1 httpGet:1.2 tcpSocket:1.3 grpc:1.4 initialDelaySeconds:2? timeoutSeconds:3? periodSeconds:4? ' +
    'successThreshold:5? failureThreshold:6? terminationGracePeriodSeconds:7',
  ContainerPort: 'name:1? hostPort:2? containerPort:3 protocol:4? hostIP:5?',
  ContainerResizePolicy: 'resourceName:1 restartPolicy:2',
  ContainerRestartRule: 'action:1? exitCodes:2',
  SecurityContext:
    'capabilities:1 privileged:2 seLinuxOptions:3 windowsOptions:10 runAsUser:4 runAsGroup:8 runAsNonRoot:5 ' +
    'readOnlyRootFilesystem:6 allowPrivilegeEscalation:7 procMount:9 seccompProfile:11 appArmorProfile:12',
  VolumeDevice: 'name:1 devicePath:2',
  VolumeMount: 'name:1 readOnly:2? recursiveReadOnly:7 mountPath:3 subPath:4? mountPropagation:5 subPathExpr:6?',
  PodDNSConfigOption: 'name:1? value:2',
  ResourceClaim: 'name:1 request:2?',
  AppArmorProfile: 'type:1 localhostProfile:2',
  SELinuxOptions: 'user:1? role:2? type:3? level:4?',
  SeccompProfile: 'type:1 localhostProfile:2',
  Sysctl: 'name:1 value:2',
  WindowsSecurityContextOptions: 'gmsaCredentialSpecName:1 gmsaCredentialSpec:2 runAsUserName:3 hostProcess:4',
  ConfigMapVolumeSource: 'name:1.1? items:2? defaultMode:3 optional:4',
  CSIVolumeSource: 'driver:1 readOnly:2 fsType:3 volumeAttributes:4? nodePublishSecretRef:5',
  DownwardAPIVolumeSource: 'items:1? defaultMode:2',
  EmptyDirVolumeSource: 'medium:1? sizeLimit:2',
  EphemeralVolumeSource: 'volumeClaimTemplate:1',
  PersistentVolumeClaimVolumeSource: 'claimName:1 readOnly:2?',
  ProjectedVolumeSource: 'sources:1 defaultMode:2',
  SecretVolumeSource: 'secretName:1? items:2? defaultMode:3 optional:4',
  ResourceStatus: 'name:1 resources:2?',
  ContainerState: 'waiting:1 running:2 terminated:3',
  ContainerUser: 'linux:1',
  VolumeMountStatus: 'name:1 mountPath:2 readOnly:3? recursiveReadOnly:4',
  ContainerExtendedResourceRequest: 'containerName:1 resourceName:2 requestName:3',
  ClientIPConfig: 'timeoutSeconds:1',
  LoadBalancerIngress: 'ip:1? hostname:2? ipMode:3 ports:4?',
  LabelSelectorRequirement: 'key:1 operator:2 values:3?',
  SecretReference: 'name:1? namespace:2?',
  NodeSelector: 'nodeSelectorTerms:1',
  ScopedResourceSelectorRequirement: 'scopeName:1 operator:2 values:3?',
  RollingUpdateStatefulSetStrategy: 'partition:1 maxUnavailable:2',
  PodFailurePolicyRule: 'action:1 onExitCodes:2 onPodConditions:3?',
  SuccessPolicyRule: 'succeededIndexes:1 succeededCount:2',
  NetworkPolicyPort: 'protocol:1 port:2 endPort:3',
  NetworkPolicyPeer: 'podSelector:1 namespaceSelector:2 ipBlock:3',
  ForNode: 'name:1',
  ForZone: 'name:1',
  FieldSelectorAttributes: 'rawSelector:1? requirements:2?',
  LabelSelectorAttributes: 'rawSelector:1? requirements:2?',
  PreferredSchedulingTerm: 'weight:1 preference:2',
  WeightedPodAffinityTerm: 'weight:1 podAffinityTerm:2',
  PodAffinityTerm:
    'labelSelector:1 namespaces:2? topologyKey:3 namespaceSelector:4 matchLabelKeys:5? mismatchLabelKeys:6?',
  EnvVarSource: 'fieldRef:1 resourceFieldRef:2 configMapKeyRef:3 secretKeyRef:4 fileKeyRef:5',
  ConfigMapEnvSource: 'name:1.1? optional:2',
  SecretEnvSource: 'name:1.1? optional:2',
  LifecycleHandler: 'exec:1 httpGet:2 tcpSocket:3 sleep:4',
  ExecAction: 'command:1?',
  GRPCAction: 'port:1 service:2',
  HTTPGetAction: 'path:1? port:2 host:3? scheme:4? httpHeaders:5?',
  TCPSocketAction: 'port:1 host:2?',
  ContainerRestartRuleOnExitCodes: 'operator:1? values:2?',
  Capabilities: 'add:1? drop:2?',
  KeyToPath: 'key:1 path:2 mode:3',
  DownwardAPIVolumeFile: 'path:1 fieldRef:2 resourceFieldRef:3 mode:4',
  PersistentVolumeClaimTemplate: 'metadata:1? spec:2',
  VolumeProjection: 'secret:1 downwardAPI:2 configMap:3 serviceAccountToken:4 clusterTrustBundle:5 podCertificate:6',
  ResourceHealth: 'resourceID:1 health:2?',
  ContainerStateRunning: 'startedAt:1?',
  ContainerStateTerminated: 'exitCode:1 signal:2? reason:3? message:4? startedAt:5? finishedAt:6? containerID:7?',
  ContainerStateWaiting: 'reason:1? message:2?',
  LinuxContainerUser: 'uid:1 gid:2 supplementalGroups:3?',
  PortStatus: 'port:1 protocol:2 error:3',
  NodeSelectorTerm: 'matchExpressions:1? matchFields:2?',
  PodFailurePolicyOnExitCodesRequirement: 'containerName:1 operator:2 values:3',
  PodFailurePolicyOnPodConditionsPattern: 'type:1 status:2',
  IPBlock: 'cidr:1 except:2?',
  FieldSelectorRequirement: 'key:1 operator:2 values:3?',
  ConfigMapKeySelector: 'name:1.1? key:2 optional:3',
  ObjectFieldSelector: 'apiVersion:1? fieldPath:2',
  FileKeySelector: 'volumeName:1 path:2 key:3 optional:4',
  ResourceFieldSelector: 'containerName:1? resource:2 divisor:3?',
  SecretKeySelector: 'name:1.1? key:2 optional:3',
  SleepAction: 'seconds:1',
  HTTPHeader: 'name:1 value:2',
  ClusterTrustBundleProjection: 'name:1 signerName:2 labelSelector:3 optional:5 path:4',
  ConfigMapProjection: 'name:1.1? items:2? optional:4',
  DownwardAPIProjection: 'items:1?',
  PodCertificateProjection:
    'signerName:1? keyType:2? maxExpirationSeconds:3 credentialBundlePath:4? keyPath:5? certificateChainPath:6?',
  SecretProjection: 'name:1.1? items:2? optional:4',
  ServiceAccountTokenProjection: 'audience:1? expirationSeconds:2 path:3',
  NodeSelectorRequirement: 'key:1 operator:2 values:3?',
};
