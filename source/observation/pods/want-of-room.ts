// What the API server says where a namespace has no room for an object: a quota is used up, or a LimitRange wants more
// of a container than a throw-away pod asks for. Source: Kubernetes, plugin/pkg/admission/{resourcequota,limitranger}.

const exceededQuota = /exceeded quota: ([^,]+), requested: (.+?), used: (.+?), limited: (.+?)\.?$/s;

/** What was asked for, what is in use and what is allowed where a quota is used up, such as `pods=3`. */
export function quotaShortage(words: string): string | null {
  const [, , requested, used, limited] = exceededQuota.exec(words) ?? [];
  return requested === undefined ? null : `wanted ${requested}, in use ${used}, allowed ${limited}`;
}

export function exceededQuotaName(words: string): string | null {
  return exceededQuota.exec(words)?.[1] ?? null;
}

/** What a quota demands of each container, such as limits.cpu, and which containers do not state it. */
export interface Unstated {
  readonly quota: string;
  readonly resources: readonly string[];
  /** Empty where the API server does not name them. */
  readonly containers: readonly string[];
}

/** What a quota demands and a container does not state; null: it is another refusal. */
export function unstatedIn(words: string): Unstated | null {
  const [, quota, demanded = ''] = /failed quota: ([^:]+): must specify (.+?)\.?$/s.exec(words) ?? [];
  if (quota === undefined) return null;
  // Each part is such as `limits.cpu for: metrics,postgresql`; older servers say `limits.cpu,limits.memory` alone.
  const parts = demanded.split(';').map((part) => part.trim().split(/ for: ?/));
  const all = (index: 0 | 1) => [
    ...new Set(parts.flatMap((part) => (part[index] ?? '').split(',')).map((one) => one.trim())),
  ];
  return {quota, resources: all(0).filter(Boolean), containers: all(1).filter(Boolean)};
}

/**
 * Why a small pod that is to live for seconds is refused where a release fits; null: for another reason, which would
 * stop the release too.
 */
export function wantOfRoom(words: string, namespace: string): string | null {
  const quota = exceededQuotaName(words);
  if (quota !== null) return `quota ${quota} of namespace ${namespace} has no room for it (${quotaShortage(words)})`;
  if (/exceeded quota/.test(words)) return `a quota of namespace ${namespace} has no room for it`;
  const [bound] =
    /(?:minimum \S+ usage|\S+ max limit to request ratio) per (?:Container|Pod) .*?(?=\.?$)/.exec(words) ?? [];
  return bound === undefined ? null : `a LimitRange of namespace ${namespace} does not admit so small a pod (${bound})`;
}
