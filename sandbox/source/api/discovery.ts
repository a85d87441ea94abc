// What the API has: its version, its groups and their kinds, plain and aggregated.
import {allKinds, apiVersionOf, type Kind} from '../store/kinds.ts';
import type {Answer} from './status-answer.ts';

const version = {
  major: '1',
  minor: '34',
  emulationMajor: '1',
  emulationMinor: '34',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '33',
  gitVersion: 'v1.34.4-sandbox',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '2026-01-01T00:00:00Z',
  goVersion: 'none',
  compiler: 'node',
  platform: `${process.platform}/${process.arch}`,
};

/** Kinds that are posted as questions and never kept. */
const reviews: readonly Kind[] = [
  review('SelfSubjectAccessReview', 'authorization.k8s.io'),
  review('SelfSubjectRulesReview', 'authorization.k8s.io'),
  review('SelfSubjectReview', 'authentication.k8s.io'),
];
const served = [...allKinds, ...reviews];
export const groupVersions = [...new Set(served.map(apiVersionOf))];

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const subresourceVerbs: Readonly<Record<Kind['subresources'][number], readonly string[]>> = {
  status: ['get', 'patch', 'update'],
  scale: ['get', 'patch', 'update'],
  resize: ['get', 'patch', 'update'],
  log: ['get'],
  exec: ['create', 'get'],
  attach: ['create', 'get'],
  portforward: ['create', 'get'],
  eviction: ['create'],
  token: ['create'],
};
/** Subresources whose objects are of another kind. */
const subresourceKinds: Readonly<Record<string, readonly [group: string, version: string, kind: string]>> = {
  scale: ['autoscaling', 'v1', 'Scale'],
  eviction: ['policy', 'v1', 'Eviction'],
  token: ['authentication.k8s.io', 'v1', 'TokenRequest'],
  exec: ['', 'v1', 'PodExecOptions'],
  attach: ['', 'v1', 'PodAttachOptions'],
  portforward: ['', 'v1', 'PodPortForwardOptions'],
};

/** Null where the path is not one of discovery. */
export function discover(path: string, accept: string): Answer | null {
  const aggregated = accept.includes('as=APIGroupDiscoveryList');
  if (path === '/version') return ok(version);
  if (path === '/api')
    return aggregated ? aggregate(['']) : ok({kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: []});
  if (path === '/apis')
    return aggregated
      ? aggregate(groups())
      : ok({kind: 'APIGroupList', apiVersion: 'v1', groups: groups().map(groupOf)});
  if (path === '/api/v1') return ok(resourceList('v1'));
  return discoverGroup(path.split('/').filter(Boolean));
}

/** Answers `apis/apps` and `apis/apps/v1`. */
function discoverGroup(parts: readonly string[]): Answer | null {
  const [root, group = '', of] = parts;
  if (root !== 'apis' || !groups().includes(group)) return null;
  if (parts.length === 2) return ok({kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group)});
  return parts.length === 3 && groupVersions.includes(`${group}/${of}`) ? ok(resourceList(`${group}/${of}`)) : null;
}

const ok = (body: unknown): Answer => ({code: 200, body});

function groups(): string[] {
  return [...new Set(served.map(({group}) => group).filter(Boolean))];
}

function groupOf(group: string) {
  const all = groupVersions
    .filter((one) => one.startsWith(`${group}/`))
    .map((groupVersion) => ({groupVersion, version: groupVersion.slice(group.length + 1)}));
  return {name: group, versions: all, preferredVersion: all[0]};
}

function resourceList(groupVersion: string) {
  const resources = served
    .filter((kind) => apiVersionOf(kind) === groupVersion)
    .flatMap((kind) => [resource(kind), ...kind.subresources.map((name) => subresource(kind, name))]);
  return {kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources};
}

const isReview = (kind: Kind) => reviews.includes(kind);
const verbsOf = (kind: Kind) => (isReview(kind) ? ['create'] : verbs);

function resource(kind: Kind) {
  return {
    name: kind.resource,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: verbsOf(kind),
    ...(kind.shortNames.length > 0 ? {shortNames: kind.shortNames} : {}),
    ...(kind.categories.length > 0 ? {categories: kind.categories} : {}),
  };
}

function subresource(kind: Kind, name: Kind['subresources'][number]) {
  const [group, of, other] = subresourceKinds[name] ?? [kind.group, kind.version, kind.kind];
  const foreign = name in subresourceKinds ? {...(group ? {group} : {}), version: of} : {};
  return {
    name: `${kind.resource}/${name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...foreign,
    kind: other,
    verbs: subresourceVerbs[name],
  };
}

function aggregate(of: readonly string[]): Answer {
  const items = of.map((group) => ({
    metadata: {name: group, creationTimestamp: null},
    versions: [...new Set(served.filter((kind) => kind.group === group).map(({version: one}) => one))].map((one) => ({
      version: one,
      freshness: 'Current',
      resources: served
        .filter((kind) => kind.group === group && kind.version === one)
        .map((kind) => ({
          resource: kind.resource,
          responseKind: {group: kind.group, version: kind.version, kind: kind.kind},
          scope: kind.namespaced ? 'Namespaced' : 'Cluster',
          singularResource: kind.singular,
          verbs: verbsOf(kind),
          shortNames: kind.shortNames,
          categories: kind.categories,
          subresources: kind.subresources.map((name) => {
            const [foreignGroup, foreignVersion, foreignKind] = subresourceKinds[name] ?? [
              kind.group,
              kind.version,
              kind.kind,
            ];
            return {
              subresource: name,
              responseKind: {group: foreignGroup, version: foreignVersion, kind: foreignKind},
              verbs: subresourceVerbs[name],
            };
          }),
        })),
    })),
  }));
  return {
    code: 200,
    contentType: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
    body: {kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items},
  };
}

function review(kind: string, group: string): Kind {
  const singular = kind.toLowerCase();
  return {
    kind,
    group,
    version: 'v1',
    resource: `${singular}s`,
    singular,
    shortNames: [],
    categories: [],
    namespaced: false,
    subresources: [],
  };
}
