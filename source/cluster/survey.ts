// Reads the place where a release is to go. What this user may not read is null, never a failure.
import {claimPrefix, isClaimOf, labelKeys, objectNames} from '../chart/names.ts';
import type {CertificateSecret} from '../chart/parameters/tls.ts';
import type {
  PersistentVolumeClaim,
  LimitRange,
  Metadata,
  Node,
  ObjectMetadata,
  PersistentVolume,
  Pod,
  ResourceQuota,
  StorageClass,
} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import {runningContainers} from '../observation/pods/resources.ts';
import type {NodeUse, Permission, Survey} from '../observation/survey.ts';
import {bytesOf, milliCpuOf} from '../parameters/quantity.ts';
import type {Api} from './api.ts';
import {readServerCertificate} from './certificates.ts';
import type {Connection} from './connect.ts';
import {readCredentials} from './credentials.ts';
import {readLease} from './lease.ts';
import {readNetwork} from './network.ts';
import {paths} from './paths.ts';
import {ifAllowed} from './readable.ts';
import {readRelease} from './releases.ts';
import {clock} from '../core/time.ts';

type PermissionAsked = Omit<Permission, 'allowed'>;

interface SurveyRequest {
  readonly target: Target;
  readonly permissions: (namespaceExists: boolean) => readonly PermissionAsked[];
  /** The password to compare with the one in an existing Secret. */
  readonly password: string | null;
  readonly pullSecret: string | null;
  readonly certificate?: CertificateSecret | null;
  readonly namespaces?: readonly string[] | null;
  /** A name that no storage class has may still be the class of volumes that somebody made by hand. */
  readonly storageClass?: string | null;
}

export async function survey(connection: Connection, request: SurveyRequest): Promise<Survey> {
  const {api, kubernetesVersion} = connection;
  const {target, password, pullSecret, certificate = null, namespaces = null, storageClass = null} = request;
  const {namespace} = target;
  const takenAt = clock.now();
  const namespaceState = readNamespace(api, namespace);
  const permissions = namespaceState.then(({state}) => reviewAll(api, request.permissions(state !== 'absent')));
  const [place, user, allowed, room, objects, found, pullSecretExists, network, monitoring] = await Promise.all([
    namespaceState,
    whoAmI(api),
    permissions,
    readRoom(api, namespace),
    readObjects(api, target, password),
    certificate ? ifAllowed(readServerCertificate(api, namespace, certificate)) : null,
    pullSecret ? ifAllowed(api.find(`${paths.secrets(namespace)}/${pullSecret}`).then(Boolean)) : null,
    namespaces && readNetwork(api, namespaces),
    readMonitoring(api, namespace),
  ]);
  const isKnown = storageClass === null || room.storageClasses?.some(({metadata}) => metadata.name === storageClass);
  return {
    takenAt,
    ...(isKnown ? {} : {preparedVolumes: await readPreparedVolumes(api, storageClass)}),
    clusterAheadMs: api.clock.aheadMs,
    target,
    kubernetesVersion,
    user,
    permissions: allowed,
    namespace: place,
    pullSecretExists,
    certificate: found,
    network,
    ...monitoring,
    ...room,
    ...objects,
  };
}

/** Which kinds of the operator of Prometheus the cluster has, and whether this user may make a ServiceMonitor. */
async function readMonitoring(
  api: Api,
  namespace: string,
): Promise<Pick<Survey, 'serviceMonitors' | 'prometheusRules'>> {
  type Resources = {readonly resources?: readonly {readonly name: string}[]};
  const resource = 'servicemonitors';
  const found = await ifAllowed(api.find<Resources>(paths.monitoring));
  const has = (kind: string) => found?.resources?.some(({name}) => name === kind) ?? false;
  const prometheusRules = has('prometheusrules');
  if (!has(resource)) return {serviceMonitors: false, prometheusRules};
  const {allowed} = await review(api, {
    verb: 'create',
    resource,
    group: 'monitoring.coreos.com',
    namespace,
    required: false,
    why: 'finding the exporters',
  });
  return {serviceMonitors: allowed, prometheusRules};
}

/** Volumes that somebody made by hand, for claims that name this class; null: they may not be listed. */
async function readPreparedVolumes(api: Api, storageClass: string | null): Promise<readonly PersistentVolume[] | null> {
  const found = await ifAllowed(api.list<PersistentVolume>(paths.volumes));
  return found?.items.filter(({spec}) => spec.storageClassName === storageClass) ?? null;
}

/** A pod that has ended asks nothing of its node. */
const notEnded = 'status.phase!=Succeeded,status.phase!=Failed';

/**
 * What the pods of these nodes ask of them; a node is missing where this user may not list its pods.
 * @throws ApiError, ConnectionError
 */
export async function readNodeUse(api: Api, names: readonly string[]): Promise<Readonly<Record<string, NodeUse>>> {
  const found = await Promise.all(
    names.map(async (name) => {
      const pods = await ifAllowed(api.list<Pod>(paths.allPods, {fieldSelector: `${notEnded},spec.nodeName=${name}`}));
      return pods ? {[name]: {milliCpu: 0, memoryBytes: 0}, ...nodeUse(pods.items)} : {};
    }),
  );
  return Object.assign({}, ...found) as Readonly<Record<string, NodeUse>>;
}

type Room = Pick<Survey, 'nodes' | 'nodeUse' | 'storageClasses' | 'quotas' | 'limitRanges'>;

/** The room for pods and volumes. */
async function readRoom(api: Api, namespace: string): Promise<Room> {
  const [nodes, pods, storageClasses, quotas, limitRanges] = await Promise.all([
    ifAllowed(api.list<Node>(paths.nodes)),
    ifAllowed(api.list<Pod>(paths.allPods, {fieldSelector: notEnded})),
    ifAllowed(api.list<StorageClass>(paths.storageClasses)),
    ifAllowed(api.list<ResourceQuota>(paths.quotas(namespace))),
    ifAllowed(api.list<LimitRange>(paths.limitRanges(namespace))),
  ]);
  return {
    nodes: nodes?.items ?? null,
    nodeUse: pods && nodeUse(pods.items),
    storageClasses: storageClasses?.items ?? null,
    quotas: quotas?.items ?? null,
    limitRanges: limitRanges?.items ?? null,
  };
}

type Objects = Pick<
  Survey,
  'claims' | 'claimsElsewhere' | 'backupClaim' | 'sameNames' | 'secret' | 'release' | 'operation'
>;

/** Objects that belong to the release, or have one of its names. */
async function readObjects(api: Api, target: Target, password: string | null): Promise<Objects> {
  const {namespace} = target;
  const names = objectNames(target);
  const [claims, sameNames, secret, release, lease] = await Promise.all([
    ifAllowed(api.list<PersistentVolumeClaim>(paths.claims(namespace))),
    readSameNames(api, target),
    ifAllowed(readCredentials(api, target)),
    ifAllowed(readRelease(api, target)),
    ifAllowed(readLease(api, namespace, names.lease)),
  ]);
  return {
    ...claimsOf(claims?.items ?? null, target),
    sameNames,
    secret: secret && {
      name: names.secret,
      keys: secret.keys,
      ours: secret.ours,
      systemIdentifier: secret.systemIdentifier,
      passwordMatches: password === null ? null : secret.credentials?.user === password,
    },
    release: release ?? {revisions: [], values: null},
    operation: lease?.operation ?? null,
  };
}

/** The claims that the release takes, or took. Null: claims may not be listed. */
function claimsOf(
  all: readonly PersistentVolumeClaim[] | null,
  target: Target,
): Pick<Survey, 'claims' | 'claimsElsewhere' | 'backupClaim'> {
  if (all === null) return {claims: null, claimsElsewhere: null, backupClaim: null};
  const {backup} = objectNames(target);
  return {
    claims: all.filter(({metadata: {name}}) => isClaimOf(target, name)),
    claimsElsewhere: all.filter(({metadata}) => isClaimOfOtherShape(metadata, target)),
    backupClaim: all.find(({metadata: {name}}) => name === backup) ?? null,
  };
}

async function readNamespace(api: Api, namespace: string): Promise<Survey['namespace']> {
  type Namespace = {readonly metadata: Metadata; readonly status?: {readonly phase?: string}};
  const found = await ifAllowed(api.find<Namespace>(`${paths.namespaces}/${namespace}`).then((it) => ({it})));
  if (!found) return {state: 'unknown', podSecurity: null};
  if (!found.it) return {state: 'absent', podSecurity: null};
  return {
    state: found.it.status?.phase === 'Terminating' ? 'terminating' : 'exists',
    podSecurity: found.it.metadata.labels?.['pod-security.kubernetes.io/enforce'] ?? null,
  };
}

export async function whoAmI(api: Api): Promise<string | null> {
  const review = (await ifAllowed(
    api.create(paths.selfReview, {apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview'}),
  )) as {status?: {userInfo?: {username?: string}}} | null;
  return review?.status?.userInfo?.username ?? null;
}

/** Asks the cluster whether this user may do each of that. */
export async function reviewAll(api: Api, asked: readonly PermissionAsked[]): Promise<readonly Permission[]> {
  return Promise.all(asked.map((one) => review(api, one)));
}

async function review(api: Api, asked: PermissionAsked): Promise<Permission> {
  const [resource, subresource] = asked.resource.split('/');
  const answer = (await ifAllowed(
    api.create(paths.accessReview, {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: {
        resourceAttributes: {
          verb: asked.verb,
          group: asked.group,
          resource,
          ...(subresource ? {subresource} : {}),
          ...(asked.namespace ? {namespace: asked.namespace} : {}),
          ...(asked.name === undefined ? {} : {name: asked.name}),
        },
      },
    }),
  )) as {status?: {allowed?: boolean}} | null;
  return {...asked, allowed: answer?.status?.allowed ?? null};
}

/** Everything that the chart would make under these names. */
async function readSameNames(api: Api, target: Target): Promise<ObjectMetadata[]> {
  const {namespace, fullname} = target;
  const names = objectNames(target);
  const both = [names.writer, names.reader];
  const desired: [kind: string, path: string, names: readonly string[]][] = [
    ['StatefulSet', paths.statefulSets(namespace), both],
    ['Service', paths.services(namespace), [...both, names.writerHeadless, names.readerHeadless]],
    ['ServiceAccount', paths.serviceAccounts(namespace), [fullname]],
    ['NetworkPolicy', paths.networkPolicies(namespace), both],
    ['PodDisruptionBudget', paths.disruptionBudgets(namespace), both],
  ];
  const found = await Promise.all(
    desired.flatMap(([kind, path, all]) =>
      all.map(async (name) => {
        const object = await ifAllowed(api.find<{metadata: Metadata}>(`${path}/${name}`));
        return object ? [{kind, metadata: object.metadata}] : [];
      }),
    ),
  );
  return found.flat();
}

/**
 * Claims that a release of this name took in another shape: alone (`data-<fullname>-0`), or under the names of charts
 * up to 10 (`-master`, `-slave`). A claim of another release would have that release's name in its label.
 */
function isClaimOfOtherShape({name, labels = {}}: Metadata, target: Target): boolean {
  const {fullname, release} = target;
  const prefix = claimPrefix(fullname);
  const owner = labels[labelKeys.instance] ?? labels['release'] ?? release;
  return (
    name.startsWith(prefix) &&
    /^((master|slave)-)?\d+$/.test(name.slice(prefix.length)) &&
    owner === release &&
    !isClaimOf(target, name)
  );
}

function nodeUse(pods: readonly Pod[]): Record<string, NodeUse> {
  const use: Record<string, {milliCpu: number; memoryBytes: number}> = {};
  for (const pod of pods) {
    const {nodeName} = pod.spec;
    if (!nodeName) continue;
    const sum = (use[nodeName] ??= {milliCpu: 0, memoryBytes: 0});
    for (const {resources} of runningContainers(pod)) {
      sum.milliCpu += milliCpuOf(resources?.requests?.['cpu'] ?? '0');
      sum.memoryBytes += bytesOf(resources?.requests?.['memory'] ?? '0');
    }
  }
  return use;
}
