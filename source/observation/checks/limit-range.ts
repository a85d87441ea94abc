// Whether the limit ranges of the namespace admit pods and volumes of this size. Source: Kubernetes,
// plugin/pkg/admission/limitranger.
import {bytesOf, compareQuantities, formatBytes, formatMilliCpu, milliCpuOf} from '../../parameters/quantity.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {ofReaders} from '../../parameters/readers.ts';
import type {LimitRange, PersistentVolumeClaim} from '../kubernetes.ts';
import type {Survey} from '../survey.ts';
import {requestedBytes, takenClaims} from './claims.ts';
import {cpuLimitsTogether, desiredPods, givenCpuLimit, type DesiredContainer} from './desired-containers.ts';
import {refuse, type CheckContext, type CheckRule} from './rule.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {object} from './messages.ts';

export const limitRange: CheckRule = (survey, context) => {
  const {parameters, target} = context;
  const ranges = survey.limitRanges ?? [];
  const desired = [...desiredSizes(parameters, ranges), ...desiredVolumes(survey, context)];
  return ranges.flatMap(({metadata: {name}, spec}) => {
    const found = (spec?.limits ?? []).flatMap((item) =>
      desired.filter(({type}) => type === item.type).flatMap((one) => outsideOf(item, one)),
    );
    const outside = [...new Set(found)];
    if (outside.length === 0) return [];
    return [
      refuse(
        'ADMISSION_DENIED',
        `LimitRange ${name} of namespace ${target.namespace} would not admit the release: ${outside.join('; ')}.`,
        {
          object: object('LimitRange', target, name),
          evidence: outside,
          remedies: [
            {
              title:
                'Stay within it with --cpu, --cpu-limit, --memory and --storage-size, or have an administrator ' +
                'change it.',
            },
            {title: 'See what it allows', command: kubectlHere(target, 'describe', 'limitrange', name)},
          ],
        },
      ),
    ];
  });
};

type Item = NonNullable<NonNullable<LimitRange['spec']>['limits']>[number];

interface Asked {
  readonly amount: string;
  /** How to ask for another amount. */
  readonly flag: string;
}

interface Desired {
  readonly type: 'Container' | 'Pod' | 'PersistentVolumeClaim';
  /** How it is called in the middle of a sentence. */
  readonly name: string;
  readonly asked: Readonly<Record<string, Asked>>;
  /** Containers and pods have one. */
  readonly cpuLimit?: CpuLimit;
}

interface CpuLimit {
  /** Null: none. */
  readonly amount: string | null;
  /** Whether it is asked for, and not one that a LimitRange gives. */
  readonly own: boolean;
}

function desiredSizes(parameters: Parameters, ranges: readonly LimitRange[]): readonly Desired[] {
  return desiredPods(parameters).flatMap((containers): readonly Desired[] => [
    ...containers.map((one) => containerSize(one, ranges)),
    podSize(containers, ranges),
  ]);
}

function containerSize(container: DesiredContainer, ranges: readonly LimitRange[]): Desired {
  const {name, cpu, memory, cpuLimit} = container;
  const isDatabase = name === 'database';
  const flag = (resource: string) => (isDatabase ? `--${resource}` : `metrics.resources.requests.${resource}`);
  return {
    type: 'Container',
    name: isDatabase ? 'a Container' : `the ${name}`,
    asked: {cpu: {amount: cpu, flag: flag('cpu')}, memory: {amount: memory, flag: flag('memory')}},
    cpuLimit: {amount: givenCpuLimit(container, ranges), own: cpuLimit !== null},
  };
}

function podSize(containers: readonly DesiredContainer[], ranges: readonly LimitRange[]): Desired {
  const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0);
  const limit = cpuLimitsTogether(containers, ranges);
  return {
    type: 'Pod',
    name: 'a Pod',
    asked: {
      cpu: {amount: formatMilliCpu(sumOf(containers.map(({cpu}) => milliCpuOf(cpu)))), flag: '--cpu'},
      memory: {amount: formatBytes(sumOf(containers.map(({memory}) => bytesOf(memory)))), flag: '--memory'},
    },
    cpuLimit: {
      amount: limit === null ? null : formatMilliCpu(limit),
      own: containers.some(({cpuLimit}) => cpuLimit !== null),
    },
  };
}

/** Those that are made or grow: a volume that is there already stays, whatever is allowed by now. */
function desiredVolumes(survey: Survey, context: CheckContext): readonly Desired[] {
  const {parameters} = context;
  const {backup, readReplicaCount} = parameters;
  const taken = takenClaims(survey, context);
  const volumes = (count: number, claims: readonly PersistentVolumeClaim[], amount: string, flag: string) => {
    const isThere = claims.filter((claim) => requestedBytes(claim) >= bytesOf(amount)).length === count;
    const name = 'a PersistentVolumeClaim';
    return isThere ? [] : [{type: 'PersistentVolumeClaim', name, asked: {storage: {amount, flag}}} as const];
  };
  const ofBackups = survey.backupClaim ? [survey.backupClaim] : [];
  return [
    ...volumes(1, taken?.writer ? [taken.writer] : [], parameters.storageSize, '--storage-size'),
    ...volumes(readReplicaCount, taken?.readers ?? [], ofReaders(parameters).storageSize, '--storage-size'),
    ...(backup.schedule === null ? [] : volumes(1, ofBackups, backup.size, '--backup-size')),
  ];
}

function outsideOf(item: Item, desired: Desired): readonly string[] {
  const {asked, cpuLimit} = desired;
  const above = Object.entries(asked).flatMap(([resource, one]) => aboveMost(item, desired, resource, one));
  const below = Object.entries(asked).flatMap(([resource, one]) => belowLeast(item, desired, resource, one));
  // Where more CPU is asked for than any limit may be, no limit helps.
  const isTooMuch = asked['cpu'] !== undefined && aboveMost(item, desired, 'cpu', asked['cpu']).length > 0;
  if (!cpuLimit || isTooMuch) return [...above, ...below];
  return [
    ...above,
    ...below,
    ...(cpuLimit.own ? [] : aboveDefault(item, desired)),
    ...limitOutside(item, desired, cpuLimit),
  ];
}

function aboveMost({max}: Item, {name}: Desired, resource: string, {amount, flag}: Asked): readonly string[] {
  const most = max?.[resource];
  if (most === undefined || compareQuantities(amount, most) <= 0) return [];
  return [`${name} may have at most ${most} of ${resource}, ${amount} is asked (${flag})`];
}

function belowLeast({min}: Item, {name}: Desired, resource: string, {amount, flag}: Asked): readonly string[] {
  const least = min?.[resource];
  if (least === undefined || compareQuantities(amount, least) >= 0) return [];
  return [`${name} must have at least ${least} of ${resource}, ${amount} is asked (${flag})`];
}

/** A default is the limit of a container that states none. */
function aboveDefault({default: given}: Item, {name, asked}: Desired): readonly string[] {
  const [limit, cpu] = [given?.['cpu'], asked['cpu']?.amount ?? '0'];
  if (limit === undefined || compareQuantities(cpu, limit) <= 0) return [];
  return [`${name} without a CPU limit gets one of ${limit}, and ${cpu} of cpu is asked (--cpu-limit, --cpu)`];
}

/** A maximum and a ratio judge the limit, and demand one. */
function limitOutside({max, maxLimitRequestRatio}: Item, desired: Desired, limit: CpuLimit): readonly string[] {
  const {name, asked} = desired;
  const [most, ratio] = [max?.['cpu'], maxLimitRequestRatio?.['cpu']];
  // A ratio is a quantity too: the API gives back 2.5 as 2500m.
  const [requested, thousandths] = [milliCpuOf(asked['cpu']?.amount ?? '0'), milliCpuOf(ratio ?? '0')];
  const bounds = [
    ...(most === undefined || isAtMost(limit, most) ? [] : [`at most ${most}`]),
    ...(ratio === undefined || isAtMost(limit, formatMilliCpu(Math.floor((requested * thousandths) / 1000)))
      ? []
      : [`at most ${thousandths / 1000} times what it requests`]),
  ];
  return bounds.map((bound) =>
    limit.amount === null
      ? `${name} must have a CPU limit of ${bound}, and there is none (--cpu-limit)`
      : `${name} may have a CPU limit of ${bound}, ${limit.amount} is ${limit.own ? 'asked' : 'given'} (--cpu-limit)`,
  );
}

function isAtMost({amount}: CpuLimit, most: string): boolean {
  return amount !== null && compareQuantities(amount, most) <= 0;
}
