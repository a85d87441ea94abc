// What stands in the way of a change, and what somebody should know of it beforehand.
import {claimOfPod} from '../../chart/names.ts';
import {cause, UserError, type Cause, type Warning} from '../../core/cause.ts';
import {collationProblem, majorProblem} from '../../chart/postgres-major.ts';
import {backup} from '../../observation/checks/backup.ts';
import {certificate} from '../../observation/checks/certificate.ts';
import {blockedRelease} from '../../observation/checks/existing-release.ts';
import {growth} from '../../observation/checks/growth.ts';
import {images} from '../../observation/checks/images.ts';
import {limitRange} from '../../observation/checks/limit-range.ts';
import {settingsRoomOfChange} from '../../observation/checks/memory.ts';
import {network} from '../../observation/checks/network.ts';
import {whyForbidden} from '../../observation/checks/permissions.ts';
import {placement, type ReplacedPod} from '../../observation/checks/placement.ts';
import {quotaForMore} from '../../observation/checks/quota.ts';
import {room, roomForMore} from '../../observation/checks/room.ts';
import type {Finding, CheckContext} from '../../observation/checks/rule.ts';
import {secretMalformed} from '../../observation/causes/secret-malformed.ts';
import {serviceMonitor} from '../../observation/checks/service-monitor.ts';
import {syncWouldBlock} from '../../observation/checks/sync-would-block.ts';
import {isBetweenPasswords, rotationPauses} from '../../observation/rotation.ts';
import {synchronousWarning} from '../../observation/synchronous.ts';
import {goesOnWith} from '../../observation/may-begin.ts';
import {isReady, viewOf} from '../../observation/release-view.ts';
import type {ChangeKind, Snapshot} from '../../observation/snapshot.ts';
import {setsOfOtherSize, smallClaims} from '../../observation/storage.ts';
import type {Survey} from '../../observation/survey.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {diskSizesOf, ofReaders} from '../../parameters/readers.ts';
import type {PodUpdatePlan} from '../../plan/pod-update-plan.ts';
import {
  refuseDeletion,
  refuseFewerReaders,
  refuseGrowth,
  refuseInTerminatingNamespace,
  refuseRestarts,
} from '../storage-guard.ts';
import type {ClusterPort} from '../ports/cluster.ts';
import type {StoragePort} from '../ports/storage.ts';
import {growClaims} from '../steps/storage-steps.ts';

interface Judgement {
  readonly refusals: readonly Cause[];
  readonly warnings: readonly Warning[];
}

interface JudgementInput {
  readonly kind: ChangeKind;
  readonly survey: Survey;
  readonly before: Snapshot;
  readonly desired: CheckContext;
  /** The version that the server reports; null when it could not be asked. */
  readonly running: string | null;
  readonly chartAppVersion: string;
  /** Whether the volumes of readers that are not wanted are deleted. */
  readonly deleteVolumes: boolean;
  /** Somebody else applies the change: here files are written, which takes no permission. */
  readonly throughFiles: boolean;
}

function forbidden({kind, survey, throughFiles}: JudgementInput): readonly Finding[] {
  const {permissions, user, target} = survey;
  const why = throughFiles ? null : whyForbidden(kind, permissions, user, target);
  return why ? [{severity: 'refuse', cause: why}] : [];
}

/** What can be judged before helm renders anything. */
export function judgeChange(input: JudgementInput): Judgement {
  const {kind, survey, before, desired, running, chartAppVersion} = input;
  const {parameters, existing} = desired;
  const {desiredReaders, writerPod, readerPods} = viewOf(before);
  const taken = [writerPod, ...readerPods].flatMap((pod) => pod?.spec.nodeName ?? []);
  const more = parameters.readReplicaCount - desiredReaders;
  const isResized =
    existing !== null && (isOtherSize(existing, parameters) || isOtherSize(ofReaders(existing), ofReaders(parameters)));
  const versions = existing && {
    target: survey.target,
    running,
    existing: existing.images,
    desired: parameters.images,
    chartAppVersion,
  };
  const guard = versions && (majorProblem(versions) ?? collationProblem(versions));
  const {refusals, warnings} = sorted(
    [
      ...forbidden(input),
      ...settingsRoomOfChange(survey, desired),
      ...blockedRelease(survey, desired).filter(
        (finding) =>
          !(finding.severity === 'refuse' && finding.cause.code === 'RELEASE_LOCKED' && continues(survey, kind)),
      ),
      ...secretFindings(before),
      ...(more > 0 || isResized ? room(survey, desired) : []),
      ...roomForMore(survey, desired, more, taken),
      ...growth(survey, desired),
      ...syncWouldBlock(before, parameters, existing),
      ...synchronous(parameters),
      ...(more > 0 || isResized ? limitRange(survey, desired) : []),
      ...quotaForMore(survey, desired, false),
      ...backup(survey, desired),
      ...certificate(survey, desired),
      ...network(survey, desired),
      ...serviceMonitor(survey, desired),
      ...images(survey, desired).filter(({severity}) => severity === 'refuse'),
    ],
    guard,
  );
  return {
    refusals: [
      ...refuseInTerminatingNamespace(before),
      ...refusals,
      ...refuseGrowth(before, diskSizesOf(parameters)),
      ...refuseFewerReaders(before, parameters.readReplicaCount, input.deleteVolumes),
      ...(input.deleteVolumes ? refuseDeletion(before) : []),
    ],
    warnings,
  };
}

function isOtherSize(is: Parameters, will: Parameters): boolean {
  return is.cpu !== will.cpu || is.memory !== will.memory || is.instanceType !== will.instanceType;
}

function synchronous(parameters: CheckContext['parameters']): readonly Finding[] {
  const warning = synchronousWarning(parameters);
  return warning ? [{severity: 'warn', warning}] : [];
}

/**
 * Nothing could be proven without the passwords, and a pod that is deleted would take its copy of them with it. A pod
 * that starts while they change might start with the wrong ones.
 */
function secretFindings(before: Snapshot): readonly Finding[] {
  const found = secretMalformed(before)?.cause ?? (isBetweenPasswords(before) ? rotationPauses(before) : null);
  return found ? [{severity: 'refuse', cause: found}] : [];
}

/** What can be judged when it is known which pods are recreated. */
export async function judgePodUpdates(
  {survey, before, desired}: Pick<JudgementInput, 'survey' | 'before' | 'desired'>,
  podUpdates: readonly PodUpdatePlan[],
  ports: StoragePort,
): Promise<Judgement> {
  const refusals = refuseRestarts(before, podUpdates);
  if (refusals.length > 0) return {refusals, warnings: []};
  const recreated = podUpdates.filter(({update}) => update === 'recreate');
  if (recreated.length === 0) return {refusals: [], warnings: []};
  const replacedPods = await replacedPodsOf(before, recreated, ports);
  const {writerPod, readerPods} = viewOf(before);
  const nodesOfOthers = [writerPod, ...readerPods]
    .filter((pod) => !recreated.some((podUpdate) => podUpdate.pod.metadata.name === pod?.metadata.name))
    .flatMap((pod) => pod?.spec.nodeName ?? []);
  return sorted(
    [
      ...quotaForMore(survey, desired, true),
      ...placement(survey, desired, replacedPods, nodesOfOthers, readerPods.filter(isReady)),
    ],
    null,
  );
}

export async function replacedPodsOf(
  before: Snapshot,
  podUpdates: readonly Pick<PodUpdatePlan, 'pod' | 'isWriter'>[],
  ports: StoragePort,
): Promise<readonly ReplacedPod[]> {
  const claimOf = ({metadata}: PodUpdatePlan['pod']) =>
    before.claims.find((claim) => claim.metadata.name === claimOfPod(before.target, metadata.name));
  const volumes = await ports.volumes(podUpdates.flatMap(({pod}) => claimOf(pod) ?? []));
  return podUpdates.map(({pod, isWriter}) => ({
    pod,
    isWriter,
    volume: volumes[claimOf(pod)?.metadata.name ?? ''] ?? null,
  }));
}

/** The cluster's own word, before anything changes, on whether the disks may grow. Null: they may, or need not. */
export async function growthRefused(
  before: Snapshot,
  {target, parameters}: CheckContext,
  ports: StoragePort & ClusterPort,
): Promise<Cause | null> {
  const disks = diskSizesOf(parameters);
  const sets = setsOfOtherSize(before, disks);
  try {
    await growClaims(smallClaims(before, parameters.readReplicaCount, disks), ports, {dryRun: true});
    if (sets.length > 0) await ports.orphanPods(sets, {dryRun: true});
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (!/only dynamically provisioned pvc can be resized/.test(error.reason.evidence.join())) return error.reason;
    return cause(
      'STORAGE_CANNOT_GROW',
      `The cluster does not let the volumes of ${target.release} grow: ${error.reason.evidence[0] ?? ''} Nothing ` +
        'was changed.',
      {
        object: {kind: 'Release', namespace: target.namespace, name: target.release},
        evidence: error.reason.evidence,
        remedies: [
          {
            title:
              'Install a release under another name with the size that is wanted, copy the data there (pg_dump, ' +
              'psql), and switch the clients over.',
          },
        ],
      },
    );
  }
}

function continues({operation, release}: Survey, kind: ChangeKind): boolean {
  return operation !== null && !operation.holderIsAlive && goesOnWith(operation.kind, release.revisions.at(-1), kind);
}

function sorted(findings: readonly Finding[], guard: Cause | null): Judgement {
  return {
    refusals: [
      ...findings.flatMap((finding) => (finding.severity === 'refuse' ? [finding.cause] : [])),
      ...(guard ? [guard] : []),
    ],
    warnings: findings.flatMap((finding) => (finding.severity === 'warn' ? [finding.warning] : [])),
  };
}
