// Whether the quotas of the namespace leave enough for the release.
import {bytesOf, formatBytes, formatMilliCpu, milliCpuOf} from '../../parameters/quantity.ts';
import {diskSizesOf, ofReaders} from '../../parameters/readers.ts';
import type {ResourceQuota} from '../kubernetes.ts';
import {desiredSize} from '../storage.ts';
import type {Survey} from '../survey.ts';
import {takenClaims} from './claims.ts';
import {cpuLimitsTogether, defaultCpuLimit, desiredPods} from './desired-containers.ts';
import {releaseExists} from './existing-release.ts';
import {refuse, type CheckRule, type Finding, type CheckContext} from './rule.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {object} from './messages.ts';

/**
 * A release that is there already has most of what it needs, so only a first install is checked. Quotas with scopes are
 * left out.
 */
export const quota: CheckRule = (survey, desired) =>
  releaseExists(survey) ? [] : judged(survey, desired, needsOf(survey, desired));

/**
 * For a release that exists: whether the quotas leave room for what it is to have in addition. `recreates`: pods are
 * recreated, and a pod that a quota keeps from coming back is away for good.
 */
export function quotaForMore(survey: Survey, desired: CheckContext, recreates: boolean): readonly Finding[] {
  const {existing, parameters} = desired;
  if (existing === null) return [];
  const [is, will] = [needsOf(survey, {...desired, parameters: existing}), needsOf(survey, desired)];
  const taken = takenClaims(survey, desired);
  const growth = [...(taken?.writer ? [taken.writer] : []), ...(taken?.readers ?? [])]
    .map((claim) => {
      const size = desiredSize(desired, claim, diskSizesOf(parameters));
      return Math.max(0, bytesOf(size) - bytesOf(claim.spec.resources?.requests?.['storage'] ?? size));
    })
    .reduce((sum, bytes) => sum + bytes, 0);
  const more = Object.entries(will).map(
    ([resource, amount]) =>
      [
        resource,
        Math.max(0, amount - (is[resource] ?? 0)) + (resource.endsWith('requests.storage') ? growth : 0),
      ] as const,
  );
  return judged(survey, desired, Object.fromEntries(more), recreates);
}

function judged(survey: Survey, desired: CheckContext, needs: Needs, recreates = false): readonly Finding[] {
  return (survey.quotas ?? [])
    .filter(({spec}) => (spec?.scopes ?? []).length === 0 && spec?.scopeSelector === undefined)
    .flatMap((found) => exceeded(found, needs, survey.limitRanges, desired, recreates));
}

type Needs = Readonly<Record<string, number>>;

function exceeded(
  found: ResourceQuota,
  needs: Needs,
  limitRanges: Survey['limitRanges'],
  {target, parameters}: CheckContext,
  recreates: boolean,
): readonly Finding[] {
  const hasNone = [parameters, ofReaders(parameters)].some(({cpuLimit}) => !cpuLimit);
  const isUnlimited = hasNone && limitRanges !== null && defaultCpuLimit(limitRanges) === null;
  const hard = found.status?.hard ?? found.spec?.hard ?? {};
  const used = found.status?.used ?? {};
  const shortages = Object.entries(hard).flatMap(([resource, limit]) => {
    // With such a quota, Kubernetes refuses pods without a CPU limit, as ours are; a LimitRange can give them one.
    if (resource === 'limits.cpu' && isUnlimited)
      return ['limits.cpu: every pod must have a CPU limit (--cpu-limit), and those of the database have none'];
    const needed = needs[resource] ?? 0;
    const unused = amountOf(resource, limit) - amountOf(resource, used[resource] ?? '0');
    const left = Math.max(0, unused);
    if (recreates && unused < 0 && ofPods.test(resource))
      return [
        `${resource}: more than the ${limit} that it allows is in use already, so that a recreated pod would be ` +
          'refused',
      ];
    return needed > left
      ? [`${resource}: ${shown(resource, needed)} needed, ${shown(resource, left)} of ${limit} left`]
      : [];
  });
  const {name} = found.metadata;
  if (shortages.length === 0) return [];
  return [
    refuse(
      'QUOTA_EXCEEDED',
      `ResourceQuota ${name} of namespace ${target.namespace} does not leave enough: ${shortages.join('; ')}.`,
      {
        object: object('ResourceQuota', target, name),
        evidence: shortages,
        remedies: [
          {
            title: 'See what it allows and what is used',
            command: kubectlHere(target, 'describe', 'resourcequota', name),
          },
          {
            title:
              'Ask for less (--read-replicas, --cpu, --cpu-limit, --memory, --storage-size), or have an ' +
              'administrator raise the quota.',
          },
        ],
      },
    ),
  ];
}

/**
 * What the release needs, by the names that quotas use; CPU in thousandths, memory and storage in bytes. Source:
 * Kubernetes, Resource Quotas.
 */
function needsOf(survey: Survey, desired: CheckContext): Needs {
  const {parameters} = desired;
  const {readReplicaCount: count} = parameters;
  const readers = ofReaders(parameters);
  const pods = 1 + count;
  const taken = takenClaims(survey, desired);
  const [writerClaims, readerClaims] = [taken?.writer ? 0 : 1, count - (taken?.readers.length ?? 0)];
  const claims = writerClaims + readerClaims;
  const storage = writerClaims * bytesOf(parameters.storageSize) + readerClaims * bytesOf(readers.storageSize);
  const containers = desiredPods(parameters).flat();
  const cpu = containers.reduce((sum, one) => sum + milliCpuOf(one.cpu), 0);
  const memory = containers.reduce((sum, one) => sum + bytesOf(one.memory), 0);
  const limits = cpuLimitsTogether(containers, survey.limitRanges ?? []);
  const exposures = [parameters.exposure, readers.exposure];
  const balancers = exposures.filter((one) => one === 'load-balancer').length;
  // helm's record and, unless their Secret is there, the passwords.
  const secrets = survey.secret === null ? 2 : 1;
  return {
    pods,
    'count/pods': pods,
    cpu,
    'requests.cpu': cpu,
    memory,
    'requests.memory': memory,
    'limits.memory': memory,
    ...(limits === null ? {} : {'limits.cpu': limits}),
    persistentvolumeclaims: claims,
    'count/persistentvolumeclaims': claims,
    'requests.storage': storage,
    ...(parameters.storageClass === null
      ? {}
      : {
          [`${parameters.storageClass}.storageclass.storage.k8s.io/requests.storage`]: storage,
          [`${parameters.storageClass}.storageclass.storage.k8s.io/persistentvolumeclaims`]: claims,
        }),
    services: 4,
    'count/services': 4,
    'services.loadbalancers': balancers,
    // A load balancer's Service takes a node port as well.
    'services.nodeports': exposures.filter((one) => one !== 'cluster').length,
    secrets,
    'count/secrets': secrets,
    'count/statefulsets.apps': 2,
    'count/serviceaccounts': 1,
    'count/networkpolicies.networking.k8s.io': 2,
    'count/poddisruptionbudgets.policy': 2,
    'count/leases.coordination.k8s.io': 1,
  };
}

/** Resources that a pod uses up. */
const ofPods = /(^|[./])(cpu|memory|pods)$/;
const isCpu = (resource: string): boolean => /(^|\.)cpu$/.test(resource);
const isBytes = (resource: string): boolean => /(memory|storage)$/.test(resource);

function amountOf(resource: string, text: string): number {
  return isCpu(resource) ? milliCpuOf(text) : bytesOf(text);
}

function shown(resource: string, amount: number): string {
  return isCpu(resource) ? formatMilliCpu(amount) : isBytes(resource) ? formatBytes(amount) : String(amount);
}
