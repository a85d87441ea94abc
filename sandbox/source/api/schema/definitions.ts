// The fields of the kinds, as the OpenAPI of a Kubernetes 1.34 API server has them. Written by
// sandbox/scripts/schema.mjs.
// name, * where required, type (s text, i integer, n number, b boolean, q quantity, x integer or text, t time, y
// base64, r anything; [list] {map}; ! is atomic),
// |k= keys of an associative list in server-side apply, |set, |p= merge key of a strategic merge, |retain, |replace.
export const definitions: Readonly<Record<string, string>> = {
  Namespace: 'apiVersion:s kind:s metadata:ObjectMeta spec:NamespaceSpec status:NamespaceStatus',
  Node: 'apiVersion:s kind:s metadata:ObjectMeta spec:NodeSpec status:NodeStatus',
  Pod: 'apiVersion:s kind:s metadata:ObjectMeta spec:PodSpec status:PodStatus',
  Service: 'apiVersion:s kind:s metadata:ObjectMeta spec:ServiceSpec status:ServiceStatus',
  Secret: 'apiVersion:s data:{y} immutable:b kind:s metadata:ObjectMeta stringData:{s} type:s',
  ConfigMap: 'apiVersion:s binaryData:{y} data:{s} immutable:b kind:s metadata:ObjectMeta',
  ServiceAccount:
    'apiVersion:s automountServiceAccountToken:b imagePullSecrets:[LocalObjectReference!] kind:s ' +
    'metadata:ObjectMeta secrets:[ObjectReference!]|k=name|p=name',
  Event:
    'action:s apiVersion:s count:i eventTime:t firstTimestamp:t involvedObject*:ObjectReference! kind:s ' +
    'lastTimestamp:t message:s metadata*:ObjectMeta reason:s related:ObjectReference! reportingComponent:s ' +
    'reportingInstance:s series:EventSeries source:EventSource type:s',
  PersistentVolumeClaim:
    'apiVersion:s kind:s metadata:ObjectMeta spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus',
  PersistentVolume: 'apiVersion:s kind:s metadata:ObjectMeta spec:PersistentVolumeSpec status:PersistentVolumeStatus',
  ResourceQuota: 'apiVersion:s kind:s metadata:ObjectMeta spec:ResourceQuotaSpec status:ResourceQuotaStatus',
  LimitRange: 'apiVersion:s kind:s metadata:ObjectMeta spec:LimitRangeSpec',
  Endpoints: 'apiVersion:s kind:s metadata:ObjectMeta subsets:[EndpointSubset]',
  StatefulSet: 'apiVersion:s kind:s metadata:ObjectMeta spec:StatefulSetSpec status:StatefulSetStatus',
  ControllerRevision: 'apiVersion:s data:r kind:s metadata:ObjectMeta revision*:i',
  Job: 'apiVersion:s kind:s metadata:ObjectMeta spec:JobSpec status:JobStatus',
  CronJob: 'apiVersion:s kind:s metadata:ObjectMeta spec:CronJobSpec status:CronJobStatus',
  NetworkPolicy: 'apiVersion:s kind:s metadata:ObjectMeta spec:NetworkPolicySpec',
  PodDisruptionBudget:
    'apiVersion:s kind:s metadata:ObjectMeta spec:PodDisruptionBudgetSpec status:PodDisruptionBudgetStatus',
  StorageClass:
    'allowVolumeExpansion:b allowedTopologies:[TopologySelectorTerm!] apiVersion:s kind:s metadata:ObjectMeta ' +
    'mountOptions:[s] parameters:{s} provisioner*:s reclaimPolicy:s volumeBindingMode:s',
  EndpointSlice: 'addressType*:s apiVersion:s endpoints*:[Endpoint] kind:s metadata:ObjectMeta ports:[EndpointPort!]',
  Lease: 'apiVersion:s kind:s metadata:ObjectMeta spec:LeaseSpec',
  Role: 'apiVersion:s kind:s metadata:ObjectMeta rules:[PolicyRule]',
  RoleBinding: 'apiVersion:s kind:s metadata:ObjectMeta roleRef*:RoleRef! subjects:[Subject!]',
  Scale: 'apiVersion:s kind:s metadata:ObjectMeta spec:ScaleSpec status:ScaleStatus',
  Eviction: 'apiVersion:s deleteOptions:DeleteOptions kind:s metadata:ObjectMeta',
  DeleteOptions:
    'apiVersion:s dryRun:[s] gracePeriodSeconds:i ignoreStoreReadErrorWithClusterBreakingPotential:b kind:s ' +
    'orphanDependents:b preconditions:Preconditions propagationPolicy:s',
  SelfSubjectAccessReview:
    'apiVersion:s kind:s metadata:ObjectMeta spec*:SelfSubjectAccessReviewSpec status:SubjectAccessReviewStatus',
  SelfSubjectRulesReview:
    'apiVersion:s kind:s metadata:ObjectMeta spec*:SelfSubjectRulesReviewSpec status:SubjectRulesReviewStatus',
  SelfSubjectReview: 'apiVersion:s kind:s metadata:ObjectMeta status:SelfSubjectReviewStatus',
  TokenRequest: 'apiVersion:s kind:s metadata:ObjectMeta spec*:TokenRequestSpec status:TokenRequestStatus',
  ObjectMeta:
    'annotations:{s} creationTimestamp:t deletionGracePeriodSeconds:i deletionTimestamp:t finalizers:[s]|set|p= ' +
    'generateName:s generation:i labels:{s} managedFields:[ManagedFieldsEntry] name:s namespace:s ' +
    'ownerReferences:[OwnerReference!]|k=uid|p=uid resourceVersion:s selfLink:s uid:s',
  NamespaceSpec: 'finalizers:[s]',
  NamespaceStatus: 'conditions:[NamespaceCondition]|k=type|p=type phase:s',
  NodeSpec: 'configSource:r externalID:s podCIDR:s podCIDRs:[s]|set|p= providerID:s taints:[Taint] unschedulable:b',
  NodeStatus:
    'addresses:[NodeAddress]|k=type|p=type allocatable:{q} capacity:{q} conditions:[NodeCondition]|k=type|p=type ' +
    'config:r daemonEndpoints:NodeDaemonEndpoints features:NodeFeatures images:[ContainerImage] ' +
    'nodeInfo:NodeSystemInfo phase:s runtimeHandlers:[NodeRuntimeHandler] volumesAttached:[AttachedVolume] ' +
    'volumesInUse:[s]',
  PodSpec:
    'activeDeadlineSeconds:i affinity:Affinity automountServiceAccountToken:b ' +
    'containers*:[Container]|k=name|p=name dnsConfig:PodDNSConfig dnsPolicy:s enableServiceLinks:b ' +
    'ephemeralContainers:[EphemeralContainer]|k=name|p=name hostAliases:[HostAlias]|k=ip|p=ip hostIPC:b ' +
    'hostNetwork:b hostPID:b hostUsers:b hostname:s hostnameOverride:s ' +
    'imagePullSecrets:[LocalObjectReference!]|k=name|p=name initContainers:[Container]|k=name|p=name nodeName:s ' +
    'nodeSelector:{s}! os:PodOS overhead:{q} preemptionPolicy:s priority:i priorityClassName:s ' +
    'readinessGates:[PodReadinessGate] resourceClaims:[PodResourceClaim]|k=name|p=name|retain ' +
    'resources:ResourceRequirements restartPolicy:s runtimeClassName:s schedulerName:s ' +
    'schedulingGates:[PodSchedulingGate]|k=name|p=name securityContext:PodSecurityContext serviceAccount:s ' +
    'serviceAccountName:s setHostnameAsFQDN:b shareProcessNamespace:b subdomain:s ' +
    'terminationGracePeriodSeconds:i tolerations:[Toleration] ' +
    'topologySpreadConstraints:[TopologySpreadConstraint]|k=topologyKey,whenUnsatisfiable|p=topologyKey ' +
    'volumes:[Volume]|k=name|p=name|retain',
  PodStatus:
    'conditions:[PodCondition]|k=type|p=type containerStatuses:[ContainerStatus] ' +
    'ephemeralContainerStatuses:[ContainerStatus] extendedResourceClaimStatus:PodExtendedResourceClaimStatus ' +
    'hostIP:s hostIPs:[HostIP]|p=ip initContainerStatuses:[ContainerStatus] message:s nominatedNodeName:s ' +
    'observedGeneration:i phase:s podIP:s podIPs:[PodIP]|k=ip|p=ip qosClass:s reason:s resize:s ' +
    'resourceClaimStatuses:[PodResourceClaimStatus]|k=name|p=name|retain startTime:t',
  ServiceSpec:
    'allocateLoadBalancerNodePorts:b clusterIP:s clusterIPs:[s] externalIPs:[s] externalName:s ' +
    'externalTrafficPolicy:s healthCheckNodePort:i internalTrafficPolicy:s ipFamilies:[s] ipFamilyPolicy:s ' +
    'loadBalancerClass:s loadBalancerIP:s loadBalancerSourceRanges:[s] ' +
    'ports:[ServicePort]|k=port,protocol|p=port publishNotReadyAddresses:b selector:{s}! sessionAffinity:s ' +
    'sessionAffinityConfig:SessionAffinityConfig trafficDistribution:s type:s',
  ServiceStatus: 'conditions:[Condition]|k=type|p=type loadBalancer:LoadBalancerStatus',
  LocalObjectReference: 'name:s',
  ObjectReference: 'apiVersion:s fieldPath:s kind:s name:s namespace:s resourceVersion:s uid:s',
  EventSeries: 'count:i lastObservedTime:t',
  EventSource: 'component:s host:s',
  PersistentVolumeClaimSpec:
    'accessModes:[s] dataSource:TypedLocalObjectReference! dataSourceRef:TypedObjectReference ' +
    'resources:VolumeResourceRequirements selector:LabelSelector! storageClassName:s volumeAttributesClassName:s ' +
    'volumeMode:s volumeName:s',
  PersistentVolumeClaimStatus:
    'accessModes:[s] allocatedResourceStatuses:{s} allocatedResources:{q} capacity:{q} ' +
    'conditions:[PersistentVolumeClaimCondition]|k=type|p=type currentVolumeAttributesClassName:s ' +
    'modifyVolumeStatus:ModifyVolumeStatus phase:s',
  PersistentVolumeSpec:
    'accessModes:[s] awsElasticBlockStore:r azureDisk:r azureFile:r capacity:{q} cephfs:r cinder:r ' +
    'claimRef:ObjectReference! csi:CSIPersistentVolumeSource fc:r flexVolume:r flocker:r gcePersistentDisk:r ' +
    'glusterfs:r hostPath:HostPathVolumeSource iscsi:r local:LocalVolumeSource mountOptions:[s] ' +
    'nfs:NFSVolumeSource nodeAffinity:VolumeNodeAffinity persistentVolumeReclaimPolicy:s photonPersistentDisk:r ' +
    'portworxVolume:r quobyte:r rbd:r scaleIO:r storageClassName:s storageos:r volumeAttributesClassName:s ' +
    'volumeMode:s vsphereVolume:r',
  PersistentVolumeStatus: 'lastPhaseTransitionTime:t message:s phase:s reason:s',
  ResourceQuotaSpec: 'hard:{q} scopeSelector:ScopeSelector! scopes:[s]',
  ResourceQuotaStatus: 'hard:{q} used:{q}',
  LimitRangeSpec: 'limits*:[LimitRangeItem]',
  EndpointSubset: 'addresses:[EndpointAddress!] notReadyAddresses:[EndpointAddress!] ports:[coreEndpointPort!]',
  StatefulSetSpec:
    'minReadySeconds:i ordinals:StatefulSetOrdinals ' +
    'persistentVolumeClaimRetentionPolicy:StatefulSetPersistentVolumeClaimRetentionPolicy podManagementPolicy:s ' +
    'replicas:i revisionHistoryLimit:i selector*:LabelSelector! serviceName:s template*:PodTemplateSpec ' +
    'updateStrategy:StatefulSetUpdateStrategy volumeClaimTemplates:[PersistentVolumeClaim]',
  StatefulSetStatus:
    'availableReplicas:i collisionCount:i conditions:[StatefulSetCondition]|k=type|p=type currentReplicas:i ' +
    'currentRevision:s observedGeneration:i readyReplicas:i replicas*:i updateRevision:s updatedReplicas:i',
  JobSpec:
    'activeDeadlineSeconds:i backoffLimit:i backoffLimitPerIndex:i completionMode:s completions:i managedBy:s ' +
    'manualSelector:b maxFailedIndexes:i parallelism:i podFailurePolicy:PodFailurePolicy podReplacementPolicy:s ' +
    'selector:LabelSelector! successPolicy:SuccessPolicy suspend:b template*:PodTemplateSpec ' +
    'ttlSecondsAfterFinished:i',
  JobStatus:
    'active:i completedIndexes:s completionTime:t conditions:[JobCondition]|p=type failed:i failedIndexes:s ' +
    'ready:i startTime:t succeeded:i terminating:i uncountedTerminatedPods:UncountedTerminatedPods',
  CronJobSpec:
    'concurrencyPolicy:s failedJobsHistoryLimit:i jobTemplate*:JobTemplateSpec schedule*:s ' +
    'startingDeadlineSeconds:i successfulJobsHistoryLimit:i suspend:b timeZone:s',
  CronJobStatus: 'active:[ObjectReference!] lastScheduleTime:t lastSuccessfulTime:t',
  NetworkPolicySpec:
    'egress:[NetworkPolicyEgressRule] ingress:[NetworkPolicyIngressRule] podSelector:LabelSelector! policyTypes:[s]',
  PodDisruptionBudgetSpec:
    'maxUnavailable:x minAvailable:x selector:LabelSelector!|replace unhealthyPodEvictionPolicy:s',
  PodDisruptionBudgetStatus:
    'conditions:[Condition]|k=type|p=type currentHealthy*:i desiredHealthy*:i disruptedPods:{t} ' +
    'disruptionsAllowed*:i expectedPods*:i observedGeneration:i',
  TopologySelectorTerm: 'matchLabelExpressions:[TopologySelectorLabelRequirement]',
  Endpoint:
    'addresses*:[s]|set conditions:EndpointConditions deprecatedTopology:{s} hints:EndpointHints hostname:s ' +
    'nodeName:s targetRef:ObjectReference! zone:s',
  EndpointPort: 'appProtocol:s name:s port:i protocol:s',
  LeaseSpec:
    'acquireTime:t holderIdentity:s leaseDurationSeconds:i leaseTransitions:i preferredHolder:s renewTime:t strategy:s',
  PolicyRule: 'apiGroups:[s] nonResourceURLs:[s] resourceNames:[s] resources:[s] verbs*:[s]',
  RoleRef: 'apiGroup*:s kind*:s name*:s',
  Subject: 'apiGroup:s kind*:s name*:s namespace:s',
  ScaleSpec: 'replicas:i',
  ScaleStatus: 'replicas*:i selector:s',
  Preconditions: 'resourceVersion:s uid:s',
  SelfSubjectAccessReviewSpec: 'nonResourceAttributes:NonResourceAttributes resourceAttributes:ResourceAttributes',
  SubjectAccessReviewStatus: 'allowed*:b denied:b evaluationError:s reason:s',
  SelfSubjectRulesReviewSpec: 'namespace:s',
  SubjectRulesReviewStatus:
    'evaluationError:s incomplete*:b nonResourceRules*:[NonResourceRule] resourceRules*:[ResourceRule]',
  SelfSubjectReviewStatus: 'userInfo:UserInfo',
  TokenRequestSpec: 'audiences*:[s] boundObjectRef:BoundObjectReference expirationSeconds:i',
  TokenRequestStatus: 'expirationTimestamp*:t token*:s',
  ManagedFieldsEntry: 'apiVersion:s fieldsType:s fieldsV1:r manager:s operation:s subresource:s time:t',
  OwnerReference: 'apiVersion*:s blockOwnerDeletion:b controller:b kind*:s name*:s uid*:s',
  NamespaceCondition: 'lastTransitionTime:t message:s reason:s status*:s type*:s',
  Taint: 'effect*:s key*:s timeAdded:t value:s',
  NodeAddress: 'address*:s type*:s',
  NodeCondition: 'lastHeartbeatTime:t lastTransitionTime:t message:s reason:s status*:s type*:s',
  NodeDaemonEndpoints: 'kubeletEndpoint:DaemonEndpoint',
  NodeFeatures: 'supplementalGroupsPolicy:b',
  ContainerImage: 'names:[s] sizeBytes:i',
  NodeSystemInfo:
    'architecture*:s bootID*:s containerRuntimeVersion*:s kernelVersion*:s kubeProxyVersion*:s kubeletVersion*:s ' +
    'machineID*:s operatingSystem*:s osImage*:s swap:NodeSwapStatus systemUUID*:s',
  NodeRuntimeHandler: 'features:NodeRuntimeHandlerFeatures name:s',
  AttachedVolume: 'devicePath*:s name*:s',
  Affinity: 'nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAntiAffinity',
  Container:
    'args:[s] command:[s] env:[EnvVar]|k=name|p=name envFrom:[EnvFromSource] image:s imagePullPolicy:s ' +
    'lifecycle:Lifecycle livenessProbe:Probe name*:s ' +
    'ports:[ContainerPort]|k=containerPort,protocol|p=containerPort readinessProbe:Probe ' +
    'resizePolicy:[ContainerResizePolicy] resources:ResourceRequirements restartPolicy:s ' +
    'restartPolicyRules:[ContainerRestartRule] securityContext:SecurityContext startupProbe:Probe stdin:b ' +
    'stdinOnce:b terminationMessagePath:s terminationMessagePolicy:s tty:b ' +
    'volumeDevices:[VolumeDevice]|k=devicePath|p=devicePath volumeMounts:[VolumeMount]|k=mountPath|p=mountPath ' +
    'workingDir:s',
  PodDNSConfig: 'nameservers:[s] options:[PodDNSConfigOption] searches:[s]',
  EphemeralContainer:
    'args:[s] command:[s] env:[EnvVar]|k=name|p=name envFrom:[EnvFromSource] image:s imagePullPolicy:s ' +
    'lifecycle:Lifecycle livenessProbe:Probe name*:s ' +
    'ports:[ContainerPort]|k=containerPort,protocol|p=containerPort readinessProbe:Probe ' +
    'resizePolicy:[ContainerResizePolicy] resources:ResourceRequirements restartPolicy:s ' +
    'restartPolicyRules:[ContainerRestartRule] securityContext:SecurityContext startupProbe:Probe stdin:b ' +
    'stdinOnce:b targetContainerName:s terminationMessagePath:s terminationMessagePolicy:s tty:b ' +
    'volumeDevices:[VolumeDevice]|k=devicePath|p=devicePath volumeMounts:[VolumeMount]|k=mountPath|p=mountPath ' +
    'workingDir:s',
  HostAlias: 'hostnames:[s] ip*:s',
  PodOS: 'name*:s',
  PodReadinessGate: 'conditionType*:s',
  PodResourceClaim: 'name*:s resourceClaimName:s resourceClaimTemplateName:s',
  ResourceRequirements: 'claims:[ResourceClaim]|k=name limits:{q} requests:{q}',
  PodSchedulingGate: 'name*:s',
  PodSecurityContext:
    'appArmorProfile:AppArmorProfile fsGroup:i fsGroupChangePolicy:s runAsGroup:i runAsNonRoot:b runAsUser:i ' +
    'seLinuxChangePolicy:s seLinuxOptions:SELinuxOptions seccompProfile:SeccompProfile supplementalGroups:[i] ' +
    'supplementalGroupsPolicy:s sysctls:[Sysctl] windowsOptions:WindowsSecurityContextOptions',
  Toleration: 'effect:s key:s operator:s tolerationSeconds:i value:s',
  TopologySpreadConstraint:
    'labelSelector:LabelSelector! matchLabelKeys:[s] maxSkew*:i minDomains:i nodeAffinityPolicy:s ' +
    'nodeTaintsPolicy:s topologyKey*:s whenUnsatisfiable*:s',
  Volume:
    'awsElasticBlockStore:r azureDisk:r azureFile:r cephfs:r cinder:r configMap:ConfigMapVolumeSource ' +
    'csi:CSIVolumeSource downwardAPI:DownwardAPIVolumeSource emptyDir:EmptyDirVolumeSource ' +
    'ephemeral:EphemeralVolumeSource fc:r flexVolume:r flocker:r gcePersistentDisk:r gitRepo:r glusterfs:r ' +
    'hostPath:HostPathVolumeSource image:r iscsi:r name*:s nfs:NFSVolumeSource ' +
    'persistentVolumeClaim:PersistentVolumeClaimVolumeSource photonPersistentDisk:r portworxVolume:r ' +
    'projected:ProjectedVolumeSource quobyte:r rbd:r scaleIO:r secret:SecretVolumeSource storageos:r ' +
    'vsphereVolume:r',
  PodCondition: 'lastProbeTime:t lastTransitionTime:t message:s observedGeneration:i reason:s status*:s type*:s',
  ContainerStatus:
    'allocatedResources:{q} allocatedResourcesStatus:[ResourceStatus]|k=name|p=name containerID:s image*:s ' +
    'imageID*:s lastState:ContainerState name*:s ready*:b resources:ResourceRequirements restartCount*:i ' +
    'started:b state:ContainerState stopSignal:s user:ContainerUser ' +
    'volumeMounts:[VolumeMountStatus]|k=mountPath|p=mountPath',
  PodExtendedResourceClaimStatus: 'requestMappings*:[ContainerExtendedResourceRequest] resourceClaimName*:s',
  HostIP: 'ip*:s',
  PodIP: 'ip*:s',
  PodResourceClaimStatus: 'name*:s resourceClaimName:s',
  ServicePort: 'appProtocol:s name:s nodePort:i port*:i protocol:s targetPort:x',
  SessionAffinityConfig: 'clientIP:ClientIPConfig',
  Condition: 'lastTransitionTime*:t message*:s observedGeneration:i reason*:s status*:s type*:s',
  LoadBalancerStatus: 'ingress:[LoadBalancerIngress]',
  TypedLocalObjectReference: 'apiGroup:s kind*:s name*:s',
  TypedObjectReference: 'apiGroup:s kind*:s name*:s namespace:s',
  VolumeResourceRequirements: 'limits:{q} requests:{q}',
  LabelSelector: 'matchExpressions:[LabelSelectorRequirement] matchLabels:{s}',
  PersistentVolumeClaimCondition: 'lastProbeTime:t lastTransitionTime:t message:s reason:s status*:s type*:s',
  ModifyVolumeStatus: 'status*:s targetVolumeAttributesClassName:s',
  CSIPersistentVolumeSource:
    'controllerExpandSecretRef:SecretReference! controllerPublishSecretRef:SecretReference! driver*:s fsType:s ' +
    'nodeExpandSecretRef:SecretReference! nodePublishSecretRef:SecretReference! ' +
    'nodeStageSecretRef:SecretReference! readOnly:b volumeAttributes:{s} volumeHandle*:s',
  HostPathVolumeSource: 'path*:s type:s',
  LocalVolumeSource: 'fsType:s path*:s',
  NFSVolumeSource: 'path*:s readOnly:b server*:s',
  VolumeNodeAffinity: 'required:NodeSelector!',
  ScopeSelector: 'matchExpressions:[ScopedResourceSelectorRequirement]',
  LimitRangeItem: 'default:{q} defaultRequest:{q} max:{q} maxLimitRequestRatio:{q} min:{q} type*:s',
  EndpointAddress: 'hostname:s ip*:s nodeName:s targetRef:ObjectReference!',
  coreEndpointPort: 'appProtocol:s name:s port*:i protocol:s',
  StatefulSetOrdinals: 'start:i',
  StatefulSetPersistentVolumeClaimRetentionPolicy: 'whenDeleted:s whenScaled:s',
  PodTemplateSpec: 'metadata:ObjectMeta spec:PodSpec',
  StatefulSetUpdateStrategy: 'rollingUpdate:RollingUpdateStatefulSetStrategy type:s',
  StatefulSetCondition: 'lastTransitionTime:t message:s reason:s status*:s type*:s',
  PodFailurePolicy: 'rules*:[PodFailurePolicyRule]',
  SuccessPolicy: 'rules*:[SuccessPolicyRule]',
  JobCondition: 'lastProbeTime:t lastTransitionTime:t message:s reason:s status*:s type*:s',
  UncountedTerminatedPods: 'failed:[s]|set succeeded:[s]|set',
  JobTemplateSpec: 'metadata:ObjectMeta spec:JobSpec',
  NetworkPolicyEgressRule: 'ports:[NetworkPolicyPort] to:[NetworkPolicyPeer]',
  NetworkPolicyIngressRule: 'from:[NetworkPolicyPeer] ports:[NetworkPolicyPort]',
  TopologySelectorLabelRequirement: 'key*:s values*:[s]',
  EndpointConditions: 'ready:b serving:b terminating:b',
  EndpointHints: 'forNodes:[ForNode] forZones:[ForZone]',
  NonResourceAttributes: 'path:s verb:s',
  ResourceAttributes:
    'fieldSelector:FieldSelectorAttributes group:s labelSelector:LabelSelectorAttributes name:s namespace:s ' +
    'resource:s subresource:s verb:s version:s',
  NonResourceRule: 'nonResourceURLs:[s] verbs*:[s]',
  ResourceRule: 'apiGroups:[s] resourceNames:[s] resources:[s] verbs*:[s]',
  UserInfo: 'extra:{[s]} groups:[s] uid:s username:s',
  BoundObjectReference: 'apiVersion:s kind:s name:s uid:s',
  DaemonEndpoint: 'Port*:i',
  NodeSwapStatus: 'capacity:i',
  NodeRuntimeHandlerFeatures: 'recursiveReadOnlyMounts:b userNamespaces:b',
  NodeAffinity:
    'preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm] ' +
    'requiredDuringSchedulingIgnoredDuringExecution:NodeSelector!',
  PodAffinity:
    'preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm] ' +
    'requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]',
  PodAntiAffinity:
    'preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm] ' +
    'requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]',
  EnvVar: 'name*:s value:s valueFrom:EnvVarSource',
  EnvFromSource: 'configMapRef:ConfigMapEnvSource prefix:s secretRef:SecretEnvSource',
  Lifecycle: 'postStart:LifecycleHandler preStop:LifecycleHandler stopSignal:s',
  Probe:
    'exec:ExecAction failureThreshold:i grpc:GRPCAction httpGet:HTTPGetAction initialDelaySeconds:i ' +
    'periodSeconds:i successThreshold:i tcpSocket:TCPSocketAction terminationGracePeriodSeconds:i ' +
    'timeoutSeconds:i',
  ContainerPort: 'containerPort*:i hostIP:s hostPort:i name:s protocol:s',
  ContainerResizePolicy: 'resourceName*:s restartPolicy*:s',
  ContainerRestartRule: 'action*:s exitCodes:ContainerRestartRuleOnExitCodes',
  SecurityContext:
    'allowPrivilegeEscalation:b appArmorProfile:AppArmorProfile capabilities:Capabilities privileged:b ' +
    'procMount:s readOnlyRootFilesystem:b runAsGroup:i runAsNonRoot:b runAsUser:i seLinuxOptions:SELinuxOptions ' +
    'seccompProfile:SeccompProfile windowsOptions:WindowsSecurityContextOptions',
  VolumeDevice: 'devicePath*:s name*:s',
  VolumeMount: 'mountPath*:s mountPropagation:s name*:s readOnly:b recursiveReadOnly:s subPath:s subPathExpr:s',
  PodDNSConfigOption: 'name:s value:s',
  ResourceClaim: 'name*:s request:s',
  AppArmorProfile: 'localhostProfile:s type*:s',
  SELinuxOptions: 'level:s role:s type:s user:s',
  SeccompProfile: 'localhostProfile:s type*:s',
  Sysctl: 'name*:s value*:s',
  WindowsSecurityContextOptions: 'gmsaCredentialSpec:s gmsaCredentialSpecName:s hostProcess:b runAsUserName:s',
  ConfigMapVolumeSource: 'defaultMode:i items:[KeyToPath] name:s optional:b',
  CSIVolumeSource: 'driver*:s fsType:s nodePublishSecretRef:LocalObjectReference! readOnly:b volumeAttributes:{s}',
  DownwardAPIVolumeSource: 'defaultMode:i items:[DownwardAPIVolumeFile]',
  EmptyDirVolumeSource: 'medium:s sizeLimit:q',
  EphemeralVolumeSource: 'volumeClaimTemplate:PersistentVolumeClaimTemplate',
  PersistentVolumeClaimVolumeSource: 'claimName*:s readOnly:b',
  ProjectedVolumeSource: 'defaultMode:i sources:[VolumeProjection]',
  SecretVolumeSource: 'defaultMode:i items:[KeyToPath] optional:b secretName:s',
  ResourceStatus: 'name*:s resources:[ResourceHealth]|k=resourceID',
  ContainerState: 'running:ContainerStateRunning terminated:ContainerStateTerminated waiting:ContainerStateWaiting',
  ContainerUser: 'linux:LinuxContainerUser',
  VolumeMountStatus: 'mountPath*:s name*:s readOnly:b recursiveReadOnly:s',
  ContainerExtendedResourceRequest: 'containerName*:s requestName*:s resourceName*:s',
  ClientIPConfig: 'timeoutSeconds:i',
  LoadBalancerIngress: 'hostname:s ip:s ipMode:s ports:[PortStatus]',
  LabelSelectorRequirement: 'key*:s operator*:s values:[s]',
  SecretReference: 'name:s namespace:s',
  NodeSelector: 'nodeSelectorTerms*:[NodeSelectorTerm!]',
  ScopedResourceSelectorRequirement: 'operator*:s scopeName*:s values:[s]',
  RollingUpdateStatefulSetStrategy: 'maxUnavailable:x partition:i',
  PodFailurePolicyRule:
    'action*:s onExitCodes:PodFailurePolicyOnExitCodesRequirement ' +
    'onPodConditions:[PodFailurePolicyOnPodConditionsPattern]',
  SuccessPolicyRule: 'succeededCount:i succeededIndexes:s',
  NetworkPolicyPort: 'endPort:i port:x protocol:s',
  NetworkPolicyPeer: 'ipBlock:IPBlock namespaceSelector:LabelSelector! podSelector:LabelSelector!',
  ForNode: 'name*:s',
  ForZone: 'name*:s',
  FieldSelectorAttributes: 'rawSelector:s requirements:[FieldSelectorRequirement]',
  LabelSelectorAttributes: 'rawSelector:s requirements:[LabelSelectorRequirement]',
  PreferredSchedulingTerm: 'preference*:NodeSelectorTerm! weight*:i',
  WeightedPodAffinityTerm: 'podAffinityTerm*:PodAffinityTerm weight*:i',
  PodAffinityTerm:
    'labelSelector:LabelSelector! matchLabelKeys:[s] mismatchLabelKeys:[s] namespaceSelector:LabelSelector! ' +
    'namespaces:[s] topologyKey*:s',
  EnvVarSource:
    'configMapKeyRef:ConfigMapKeySelector! fieldRef:ObjectFieldSelector! fileKeyRef:FileKeySelector! ' +
    'resourceFieldRef:ResourceFieldSelector! secretKeyRef:SecretKeySelector!',
  ConfigMapEnvSource: 'name:s optional:b',
  SecretEnvSource: 'name:s optional:b',
  LifecycleHandler: 'exec:ExecAction httpGet:HTTPGetAction sleep:SleepAction tcpSocket:TCPSocketAction',
  ExecAction: 'command:[s]',
  GRPCAction: 'port*:i service:s',
  HTTPGetAction: 'host:s httpHeaders:[HTTPHeader] path:s port*:x scheme:s',
  TCPSocketAction: 'host:s port*:x',
  ContainerRestartRuleOnExitCodes: 'operator*:s values:[i]|set',
  Capabilities: 'add:[s] drop:[s]',
  KeyToPath: 'key*:s mode:i path*:s',
  DownwardAPIVolumeFile: 'fieldRef:ObjectFieldSelector! mode:i path*:s resourceFieldRef:ResourceFieldSelector!',
  PersistentVolumeClaimTemplate: 'metadata:ObjectMeta spec*:PersistentVolumeClaimSpec',
  VolumeProjection:
    'clusterTrustBundle:ClusterTrustBundleProjection configMap:ConfigMapProjection ' +
    'downwardAPI:DownwardAPIProjection podCertificate:PodCertificateProjection secret:SecretProjection ' +
    'serviceAccountToken:ServiceAccountTokenProjection',
  ResourceHealth: 'health:s resourceID*:s',
  ContainerStateRunning: 'startedAt:t',
  ContainerStateTerminated: 'containerID:s exitCode*:i finishedAt:t message:s reason:s signal:i startedAt:t',
  ContainerStateWaiting: 'message:s reason:s',
  LinuxContainerUser: 'gid*:i supplementalGroups:[i] uid*:i',
  PortStatus: 'error:s port*:i protocol*:s',
  NodeSelectorTerm: 'matchExpressions:[NodeSelectorRequirement] matchFields:[NodeSelectorRequirement]',
  PodFailurePolicyOnExitCodesRequirement: 'containerName:s operator*:s values*:[i]|set',
  PodFailurePolicyOnPodConditionsPattern: 'status*:s type*:s',
  IPBlock: 'cidr*:s except:[s]',
  FieldSelectorRequirement: 'key*:s operator*:s values:[s]',
  ConfigMapKeySelector: 'key*:s name:s optional:b',
  ObjectFieldSelector: 'apiVersion:s fieldPath*:s',
  FileKeySelector: 'key*:s optional:b path*:s volumeName*:s',
  ResourceFieldSelector: 'containerName:s divisor:q resource*:s',
  SecretKeySelector: 'key*:s name:s optional:b',
  SleepAction: 'seconds*:i',
  HTTPHeader: 'name*:s value*:s',
  ClusterTrustBundleProjection: 'labelSelector:LabelSelector! name:s optional:b path*:s signerName:s',
  ConfigMapProjection: 'items:[KeyToPath] name:s optional:b',
  DownwardAPIProjection: 'items:[DownwardAPIVolumeFile]',
  PodCertificateProjection:
    'certificateChainPath:s credentialBundlePath:s keyPath:s keyType*:s maxExpirationSeconds:i signerName*:s',
  SecretProjection: 'items:[KeyToPath] name:s optional:b',
  ServiceAccountTokenProjection: 'audience:s expirationSeconds:i path*:s',
  NodeSelectorRequirement: 'key*:s operator*:s values:[s]',
};
