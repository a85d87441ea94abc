// What the API server says where a namespace has no room for an object: a quota is used up, or a LimitRange wants more
// of a container than a throw-away pod asks for. Source: Kubernetes, plugin/pkg/admission/{resourcequota,limitranger}.

const exceededQuota = /exceeded quota: ([^,]+), requested: (.+?), used: (.+?), limited: (.+?)\.?$/s;

/** Of a quota that is used up: what was asked for, what is in use and what is allowed, such as `pods=3`. */
export function quotaShortage(words: string): string | null {
  const [, , requested, used, limited] = exceededQuota.exec(words) ?? [];
  return requested === undefined ? null : `wanted ${requested}, in use ${used}, allowed ${limited}`;
}

export function exceededQuotaName(words: string): string | null {
  return exceededQuota.exec(words)?.[1] ?? null;
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
