// ResourceQuota and LimitRange: what a namespace may hold, and the defaults of containers that ask for nothing.
import {parseQuantity} from '../../quantity.ts';
import {kinds, type Kind} from '../../store/kinds.ts';
import {equal} from '../../store/canonical.ts';
import {StatusError, type KubeObject} from '../../store/objects.ts';
import {describe, detailsOf, type Store} from '../../store/store.ts';
import {formatQuantity} from '../schema/quantity.ts';

type Amounts = Map<string, bigint>;
interface Container {
  readonly name?: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}
const counted: readonly Kind[] = [
  kinds.pod,
  kinds.claim,
  kinds.service,
  kinds.secret,
  kinds.configMap,
  kinds.resourceQuota,
  kinds.statefulSet,
  kinds.job,
  kinds.cronJob,
];
const one = 1_000_000_000n;

/** @throws StatusError 403 `exceeded quota: …`, `failed quota: …: must specify …` */
export function checkQuotas(store: Store, kind: Kind, object: KubeObject): void {
  const namespace = object.metadata.namespace ?? '';
  const refuse = (text: string) => {
    throw new StatusError(
      403,
      'Forbidden',
      `${describe(kind)} "${object.metadata.name}" is forbidden: ${text}`,
      detailsOf(kind, object.metadata.name),
    );
  };
  const asked = useOf(kind, object);
  if (asked.size === 0) return;
  for (const quota of store.list(kinds.resourceQuota, namespace)) {
    const {name} = quota.metadata;
    const hard = hardOf(quota);
    if (kind === kinds.pod) {
      const containers = (object['spec'] as {containers?: Container[]} | undefined)?.containers ?? [];
      const missing = [...hard.keys()]
        .filter((resource) => /^(requests\.|limits\.)?(cpu|memory)$/.test(resource))
        .flatMap((resource) => {
          const without = containers
            .filter(({resources}) => amountIn(resources, resource) === undefined)
            .map((container) => container.name ?? '');
          return without.length > 0 ? [`${resource} for: ${without.join(',')}`] : [];
        });
      if (missing.length > 0) refuse(`failed quota: ${name}: must specify ${missing.sort().join('; ')}`);
    }
    const used = usedIn(store, namespace, hard);
    const over = [...asked.keys()]
      .filter(
        (resource) => hard.has(resource) && amount(used, resource) + amount(asked, resource) > amount(hard, resource),
      )
      .sort();
    if (over.length === 0) continue;
    const list = (amounts: Amounts) =>
      over.map((resource) => `${resource}=${text(resource, amount(amounts, resource))}`).join(',');
    refuse(
      `exceeded quota: ${name}, requested: ${list(asked)}, used: ${list(used)}, limited: ` +
        `${over.map((resource) => `${resource}=${rawHard(quota)[resource]}`).join(',')}`,
    );
  }
}

/** Keeps status.used up to date, as the quota controller does. @returns a function that ends this */
export function keepQuotaStatus(store: Store): () => void {
  let due = new Set<string>();
  return store.onChange(({kind, object}) => {
    const {namespace} = object.metadata;
    if (!namespace || !counted.includes(kind)) return;
    if (due.size === 0)
      queueMicrotask(() => {
        const namespaces = due;
        due = new Set();
        for (const one of namespaces) for (const quota of store.list(kinds.resourceQuota, one)) refresh(store, quota);
      });
    due.add(namespace);
  });
}

/**
 * Fills a pod's containers from the LimitRanges of its namespace.
 * @throws StatusError 403 where a container asks for more than they allow
 */
export function withLimitRanges(store: Store, pod: KubeObject): KubeObject {
  const items = store
    .list(kinds.limitRange, pod.metadata.namespace ?? '')
    .flatMap((range) =>
      ((range['spec'] as {limits?: LimitItem[]} | undefined)?.limits ?? []).filter(({type}) => type === 'Container'),
    );
  if (items.length === 0) return pod;
  const spec = pod['spec'] as {containers?: Container[]};
  const set: string[] = [];
  const containers = (spec.containers ?? []).map((container) => {
    const {limits, requests, ...rest} = container.resources ?? {};
    const filledLimits = Object.assign({}, ...items.map((item) => item.default ?? {}), limits) as Record<
      string,
      string
    >;
    const filledRequests = Object.assign(
      {},
      ...items.map((item) => item.defaultRequest ?? {}),
      limits,
      requests,
    ) as Record<string, string>;
    const some = (name: string, values: Record<string, string>) =>
      Object.keys(values).length > 0 ? {[name]: values} : {};
    for (const [what, before, after] of [
      ['request', {...limits, ...requests}, filledRequests],
      ['limit', {...limits}, filledLimits],
    ] as const) {
      for (const resource of Object.keys(after))
        if (!(resource in before)) set.push(`${resource} ${what} for container ${container.name ?? ''}`);
    }
    return {...container, resources: {...rest, ...some('limits', filledLimits), ...some('requests', filledRequests)}};
  });
  const problems = containers.flatMap((container) => items.flatMap((item) => beyond(item, container)));
  if (problems.length > 0) {
    const {name} = pod.metadata;
    throw new StatusError(
      403,
      'Forbidden',
      `pods "${name}" is forbidden: ${problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`}`,
      detailsOf(kinds.pod, name),
    );
  }
  const annotations =
    set.length > 0
      ? {
          annotations: {
            ...pod.metadata.annotations,
            'kubernetes.io/limit-ranger': `LimitRanger plugin set: ${set.join('; ')}`,
          },
        }
      : {};
  return {...pod, metadata: {...pod.metadata, ...annotations}, spec: {...spec, containers}};
}

interface LimitItem {
  readonly type: string;
  readonly default?: Record<string, string>;
  readonly defaultRequest?: Record<string, string>;
  readonly min?: Record<string, string>;
  readonly max?: Record<string, string>;
}

function beyond({min = {}, max = {}}: LimitItem, {resources = {}}: Container): string[] {
  const {requests = {}, limits = {}} = resources;
  const value = (quantity: string | undefined) => parseQuantity(quantity ?? '0') ?? 0n;
  return [
    ...Object.entries(min).flatMap(([resource, least]) => {
      const asked = requests[resource];
      if (asked === undefined) return [`minimum ${resource} usage per Container is ${least}.  No request is specified`];
      return value(asked) < value(least)
        ? [`minimum ${resource} usage per Container is ${least}, but request is ${asked}`]
        : [];
    }),
    ...Object.entries(max).flatMap(([resource, most]) => {
      const asked = limits[resource];
      if (asked === undefined) return [`maximum ${resource} usage per Container is ${most}.  No limit is specified`];
      return value(asked) > value(most)
        ? [`maximum ${resource} usage per Container is ${most}, but limit is ${asked}`]
        : [];
    }),
  ];
}

function refresh(store: Store, quota: KubeObject): void {
  const hard = hardOf(quota);
  const used = usedIn(store, quota.metadata.namespace ?? '', hard);
  const status = {
    hard: rawHard(quota),
    used: Object.fromEntries([...hard.keys()].map((resource) => [resource, text(resource, amount(used, resource))])),
  };
  const now = store.get(kinds.resourceQuota, quota.metadata.namespace ?? '', quota.metadata.name);
  if (now && !equal(now['status'], status)) store.update(kinds.resourceQuota, {...now, status});
}

function usedIn(store: Store, namespace: string, hard: Amounts): Amounts {
  const used: Amounts = new Map();
  for (const kind of counted)
    for (const object of store.list(kind, namespace)) {
      const phase = (object['status'] as {phase?: string} | undefined)?.phase;
      if (kind === kinds.pod && (phase === 'Succeeded' || phase === 'Failed')) continue;
      for (const [resource, value] of useOf(kind, object))
        if (hard.has(resource)) used.set(resource, amount(used, resource) + value);
    }
  return used;
}

/** How much one object adds to what is used, by the names that a quota has. */
function useOf(kind: Kind, object: KubeObject): Amounts {
  if (!counted.includes(kind)) return new Map();
  const use: Amounts = new Map([[`count/${describe(kind)}`, one]]);
  if (kind.group === '') use.set(kind.resource, one);
  const spec = object['spec'] ?? {};
  if (kind === kinds.service) addServiceUse(use, spec);
  if (kind === kinds.claim) addClaimUse(use, spec);
  if (kind === kinds.pod) addPodUse(use, spec);
  return use;
}

function addServiceUse(use: Amounts, {type, ports = []}: {type?: string; ports?: unknown[]}): void {
  if (type === 'LoadBalancer') use.set('services.loadbalancers', one);
  if (type === 'LoadBalancer' || type === 'NodePort') use.set('services.nodeports', BigInt(ports.length) * one);
}

function addClaimUse(use: Amounts, {resources, storageClassName}: Container & {storageClassName?: string}): void {
  const size = parseQuantity(resources?.requests?.['storage'] ?? '0') ?? 0n;
  use.set('requests.storage', size);
  if (!storageClassName) return;
  use.set(`${storageClassName}.storageclass.storage.k8s.io/requests.storage`, size);
  use.set(`${storageClassName}.storageclass.storage.k8s.io/persistentvolumeclaims`, one);
}

const podResources = [
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
  'requests.ephemeral-storage',
  'limits.ephemeral-storage',
];

function addPodUse(use: Amounts, {containers = []}: {containers?: Container[]}): void {
  for (const {resources} of containers)
    for (const resource of podResources) {
      const value = amountIn(resources, resource);
      if (value !== undefined) use.set(resource, amount(use, resource) + value);
    }
}

function amountIn(resources: Container['resources'], resource: string): bigint | undefined {
  const of = resource.startsWith('limits.') ? resources?.limits : resources?.requests;
  const value = of?.[resource.replace(/^(requests|limits)\./, '')];
  return value === undefined ? undefined : (parseQuantity(value) ?? undefined);
}

function rawHard(quota: KubeObject): Record<string, string> {
  return (quota['spec'] as {hard?: Record<string, string>} | undefined)?.hard ?? {};
}

function hardOf(quota: KubeObject): Amounts {
  return new Map(Object.entries(rawHard(quota)).map(([resource, value]) => [resource, parseQuantity(value) ?? 0n]));
}

const amount = (amounts: Amounts, resource: string): bigint => amounts.get(resource) ?? 0n;

function text(resource: string, value: bigint): string {
  return formatQuantity(value, /memory|storage/.test(resource) ? 'binary' : 'decimal');
}
