// Parameters → the values that helm gets for chart 16.7.26, and back.
import type {AllowFrom, Exposure, Images, Parameters, Spread} from '../parameters/parameters.ts';
import {instanceTypeLabel} from '../parameters/identifiers.ts';
import {readerHostname} from '../parameters/network.ts';
import {imageRepositories, imageSourceOf} from './image.ts';
import {objectNames, secretKeys} from './names.ts';
import {annotation, ownedPaths} from './owned.ts';
import type {Values} from './tree.ts';
import {at, isObject, mergeValues, withoutPaths} from './tree.ts';

export type {Values};

const serviceTypes = {cluster: 'ClusterIP', 'load-balancer': 'LoadBalancer', 'node-port': 'NodePort'} as const;
const requiredRule = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferredRule = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Asks for a fast shutdown and does not wait: SIGTERM alone would wait for every open session. Always exits 0. */
const preStop = 'kill -INT "$(head -1 "$PGDATA/postmaster.pid")" || true';

/** All values of a release, plain JSON. `fullname` is the release's, see names.ts. */
export function toValues(parameters: Parameters, fullname: string): Values {
  return mergeValues(
    {
      global: {
        security: {allowInsecureImages: true},
        ...(parameters.images.pullSecret === null ? {} : {imagePullSecrets: [parameters.images.pullSecret]}),
      },
      architecture: 'replication',
      auth: {
        username: parameters.username,
        database: parameters.database,
        existingSecret: objectNames(fullname).secret,
        secretKeys: {
          adminPasswordKey: secretKeys.admin,
          userPasswordKey: secretKeys.user,
          replicationPasswordKey: secretKeys.replication,
        },
      },
      ...imageValues(parameters.images),
      primary: componentValues(parameters, 'writer'),
      readReplicas: {replicaCount: parameters.readReplicaCount, ...componentValues(parameters, 'reader')},
    },
    parameters.extraValues,
  );
}

/** The other two images keep the tags that the chart's version gives them. */
function imageValues({source, tag, digest}: Images): Values {
  const {registry, postgresql, osShell, exporter} = imageRepositories(source);
  return {
    image: {registry, repository: postgresql, tag, ...(digest === null ? {} : {digest})},
    volumePermissions: {image: {registry, repository: osShell}},
    metrics: {image: {registry, repository: exporter}},
  };
}

function componentValues(parameters: Parameters, role: 'writer' | 'reader'): Values {
  const {instanceType, storageSize, storageClass, cpu, memory, spread} = parameters;
  return {
    resources: {requests: {cpu, memory}, limits: {memory}},
    persistence: {size: storageSize, ...(storageClass === null ? {} : {storageClass})},
    ...(instanceType === 'any' ? {} : {nodeSelector: {[instanceTypeLabel]: instanceType}}),
    affinity: {podAntiAffinity: apart(spread)},
    // Kubernetes API: rollingUpdate is refused beside OnDelete, and the chart's default has one.
    updateStrategy: {type: 'OnDelete', rollingUpdate: null},
    // A day: a reader that copies a big database must not be killed by the liveness probe.
    startupProbe: {
      enabled: true,
      initialDelaySeconds: 0,
      periodSeconds: 1,
      timeoutSeconds: 5,
      failureThreshold: 86_400,
    },
    readinessProbe: {enabled: true, initialDelaySeconds: 0},
    lifecycleHooks: {preStop: {exec: {command: ['/bin/bash', '-c', preStop]}}},
    service: serviceValues(parameters, role),
  };
}

/** One rule over writer and readers. Naming the components keeps the pods of backup jobs out of it. */
function apart(spread: Spread): Values {
  const term = {
    labelSelector: {
      matchLabels: {'app.kubernetes.io/instance': '{{ .Release.Name }}', 'app.kubernetes.io/name': 'postgresql'},
      matchExpressions: [{key: 'app.kubernetes.io/component', operator: 'In', values: ['primary', 'read']}],
    },
    topologyKey: 'kubernetes.io/hostname',
  };
  return spread === 'required' ? {[requiredRule]: [term]} : {[preferredRule]: [{weight: 100, podAffinityTerm: term}]};
}

function serviceValues({exposure, allowFrom, hostname}: Parameters, role: 'writer' | 'reader'): Values {
  const annotations = {
    ...balancerAnnotations(allowFrom),
    ...(hostname === null ? {} : {[annotation.hostname]: role === 'writer' ? hostname : readerHostname(hostname)}),
  };
  return {
    type: serviceTypes[exposure],
    ...(allowFrom.kind === 'cidrs' ? {loadBalancerSourceRanges: sourceRanges(allowFrom.cidrs, role)} : {}),
    ...(Object.keys(annotations).length === 0 ? {} : {annotations}),
  };
}

/**
 * Chart 16.7.26, read/svc.yaml prints the list as it is, so that several elements become one invalid string; one joined
 * element comes out right. YAML wants what begins with a colon quoted.
 */
function sourceRanges(cidrs: readonly string[], role: 'writer' | 'reader'): readonly string[] {
  return role === 'writer' ? cidrs : [cidrs.map((cidr) => (cidr.startsWith(':') ? `"${cidr}"` : cidr)).join(', ')];
}

/**
 * Sources: AWS Load Balancer Controller (internal unless told otherwise; the others ignore its key), AKS and GKE
 * documentation.
 */
function balancerAnnotations(allowFrom: AllowFrom): Record<string, string> {
  if (allowFrom.kind === 'none') return {};
  if (allowFrom.kind !== 'internal') return {[annotation.awsScheme]: 'internet-facing'};
  switch (allowFrom.cloud) {
    case 'aws':
      return {[annotation.awsInternal]: 'true', [annotation.awsScheme]: 'internal'};
    case 'azure':
      return {[annotation.azureInternal]: 'true'};
    case 'gcp':
      return {[annotation.gcpType]: 'Internal'};
  }
}

/** The parameters of a release from its values; null when the values are not of the shape that toValues gives. */
export function fromValues(values: Values): Parameters | null {
  const username = text(values, 'auth', 'username');
  const database = text(values, 'auth', 'database');
  const readReplicaCount = at(values, ['readReplicas', 'replicaCount']);
  const images = readImages(values);
  const writer = readComponent(at(values, ['primary']));
  const reader = readComponent(at(values, ['readReplicas']));
  if (at(values, ['architecture']) !== 'replication' || text(values, 'auth', 'existingSecret') === null) return null;
  if (username === null || database === null || typeof readReplicaCount !== 'number') return null;
  if (images === null || writer === null || reader === null) return null;
  const same = {...reader, hostname: writer.hostname};
  if (JSON.stringify(writer) !== JSON.stringify(same)) return null;
  const extraValues = withoutPaths(
    values,
    ownedPaths.map(({path}) => path),
  );
  return {username, database, readReplicaCount, images, ...writer, extraValues};
}

function text(values: unknown, ...path: readonly string[]): string | null {
  const value = at(values, path);
  return typeof value === 'string' ? value : null;
}

function readImages(values: Values): Images | null {
  const source = imageSourceOf(text(values, 'image', 'registry') ?? '', text(values, 'image', 'repository') ?? '');
  const tag = text(values, 'image', 'tag');
  const pullSecrets = at(values, ['global', 'imagePullSecrets']);
  const pullSecret: unknown = Array.isArray(pullSecrets) ? pullSecrets[0] : null;
  if (source === null || tag === null) return null;
  return {
    source,
    tag,
    digest: text(values, 'image', 'digest'),
    pullSecret: typeof pullSecret === 'string' ? pullSecret : null,
  };
}

type ComponentParameters = Pick<
  Parameters,
  'instanceType' | 'storageSize' | 'storageClass' | 'exposure' | 'allowFrom' | 'hostname' | 'cpu' | 'memory' | 'spread'
>;

function readComponent(component: unknown): ComponentParameters | null {
  const storageSize = text(component, 'persistence', 'size');
  const cpu = text(component, 'resources', 'requests', 'cpu');
  const memory = text(component, 'resources', 'requests', 'memory');
  const antiAffinity = at(component, ['affinity', 'podAntiAffinity']);
  const exposure = exposureOf(text(component, 'service', 'type'));
  if (storageSize === null || cpu === null || memory === null || exposure === null || !isObject(antiAffinity))
    return null;
  return {
    instanceType: text(component, 'nodeSelector', instanceTypeLabel) ?? 'any',
    storageSize,
    storageClass: text(component, 'persistence', 'storageClass'),
    exposure,
    allowFrom: exposure === 'load-balancer' ? readAllowFrom(component) : {kind: 'none'},
    hostname: text(component, 'service', 'annotations', annotation.hostname),
    cpu,
    memory,
    spread: Object.hasOwn(antiAffinity, requiredRule) ? 'required' : 'preferred',
  };
}

function exposureOf(serviceType: string | null): Exposure | null {
  switch (serviceType) {
    case 'ClusterIP':
      return 'cluster';
    case 'LoadBalancer':
      return 'load-balancer';
    case 'NodePort':
      return 'node-port';
    default:
      return null;
  }
}

function readAllowFrom(component: unknown): AllowFrom {
  const ranges = at(component, ['service', 'loadBalancerSourceRanges']);
  if (Array.isArray(ranges) && ranges.length > 0)
    return {kind: 'cidrs', cidrs: ranges.join(',').replace(/"/g, '').split(/,\s*/)};
  const annotations = at(component, ['service', 'annotations']);
  if (text(annotations, annotation.awsInternal) === 'true') return {kind: 'internal', cloud: 'aws'};
  if (text(annotations, annotation.azureInternal) === 'true') return {kind: 'internal', cloud: 'azure'};
  if (text(annotations, annotation.gcpType) === 'Internal') return {kind: 'internal', cloud: 'gcp'};
  return {kind: 'public'};
}
