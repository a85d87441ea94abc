// Permissions for a cluster that knows none, such as the sandbox: refuses what the rights do not name, as RBAC does,
// and answers whoever asks what they may do.
import type {Right} from '../../../source/commands/permissions.ts';
import type {Guard} from './counting-proxy.ts';

/** What a request is to RBAC. */
export interface Asked {
  readonly verb: string;
  readonly group: string;
  /** `pods`, `pods/log` */
  readonly resource: string;
  /** Null: an object of the whole cluster, or a list of all namespaces. */
  readonly namespace: string | null;
}

interface PermissionGuard {
  readonly guard: Guard;
  /** Everything that was refused since the rights were set, once. */
  refused(): readonly Asked[];
  /** From now on only this is allowed: in that namespace and, where a right says so, in the cluster. */
  allow(rights: readonly Right[], namespace: string): void;
}

export function permissionGuard(): PermissionGuard {
  let rights: readonly Right[] = [];
  let within = '';
  let refused = new Map<string, Asked>();
  const isAllowed = (one: Asked) => permits(rights, one, within);
  return {
    refused: () => [...refused.values()],
    allow(now, namespace) {
      [rights, within, refused] = [now, namespace, new Map()];
    },
    guard({method, url, body}) {
      if (/\/selfsubjectaccessreviews$/.test(url)) return {status: 201, body: reviewOf(body, isAllowed)};
      const one = askedBy(method, url);
      if (one === null || isAllowed(one)) return null;
      refused.set(textOf(one), one);
      const message = `${one.resource} is forbidden: User "somebody" cannot ${textOf(one)}`;
      return {
        status: 403,
        body: {kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason: 'Forbidden', code: 403},
      };
    },
  };
}

export function permits(rights: readonly Right[], one: Asked, namespace: string): boolean {
  return rights.some(
    ({group, resource, verbs, scope}) =>
      group === one.group &&
      resource === one.resource &&
      (verbs as readonly string[]).includes(one.verb) &&
      (scope === null || one.namespace === namespace),
  );
}

/** As Kubernetes words it. */
export function textOf({verb, resource, group, namespace}: Asked): string {
  const where = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return `${verb} resource "${resource}" in API group "${group}" ${where}`;
}

const verbs: Readonly<Record<string, string>> = {POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete'};

/** Null: what everybody may ask, such as what kinds there are. Source: Kubernetes, request attributes. */
export function askedBy(method: string, url: string): Asked | null {
  const {pathname, searchParams} = new URL(url, 'http://localhost');
  const [, group = '', rest = ''] = /^\/(?:api\/v1|apis\/([^/]+)\/[^/]+)\/(.+)$/.exec(pathname) ?? [];
  if (rest === '' || /^auth(entication|orization)\.k8s\.io$/.test(group)) return null;
  const [, namespace, inside] = /^namespaces\/([^/]+)\/(.+)$/.exec(rest) ?? [];
  const [resource = '', name, subresource] = (inside ?? rest).split('/');
  const watches = searchParams.get('watch');
  const reads = name !== undefined ? 'get' : watches === 'true' || watches === '1' ? 'watch' : 'list';
  return {
    verb: verbs[method] ?? reads,
    group,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    // A namespace is an object in itself.
    namespace: namespace ?? (resource === 'namespaces' ? (name ?? null) : null),
  };
}

function reviewOf(body: string, isAllowed: (one: Asked) => boolean): object {
  const asked = JSON.parse(body) as {
    readonly spec: {readonly resourceAttributes: Partial<Asked> & {readonly subresource?: string}};
  };
  const {verb = '', group = '', resource = '', subresource, namespace = null} = asked.spec.resourceAttributes;
  const whole = subresource === undefined ? resource : `${resource}/${subresource}`;
  return {...asked, status: {allowed: isAllowed({verb, group, resource: whole, namespace})}};
}
