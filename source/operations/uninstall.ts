// Uninstall: after a last dump, where one is asked for, the release goes; the data and its passwords stay unless their
// deletion is asked for.
import {cause, type Cause} from '../core/cause.ts';
import {extrasWhere, type Extra} from '../commands/permissions.ts';
import {fromValues} from '../chart/values.ts';
import {kubectlHere} from '../commands/kubectl.ts';
import {helm} from '../observation/checks/messages.ts';
import {clusterTime} from '../observation/cluster-time.ts';
import type {ObjectMetadata, PersistentVolumeClaim} from '../observation/kubernetes.ts';
import {unfinished} from '../observation/may-begin.ts';
import {isLeftByUs, notOurVolumes} from '../observation/ownership.ts';
import {removalTracksOf} from '../observation/removal-tracks.ts';
import type {OperationRecord, Snapshot, Target} from '../observation/snapshot.ts';
import {retainedVolumes, sizeOf, type RetainedVolume} from '../observation/storage.ts';
import {removedThere} from '../plan/steering.ts';
import {consequenceOf, deletedObjects, dumpConsequence, onlyCopies, waysOn} from '../plan/uninstall.ts';
import {retainedConsequences} from '../plan/volumes.ts';
import {begunBetween, changeBetween, claimsChanged} from './changed-meanwhile.ts';
import {converge, type Ending} from './converge.ts';
import {claimsLedger, isLeftIn, isNotBeingDeletedIn} from './ledger.ts';
import {permissionRefusal} from './permission-refusal.ts';
import {whyNotConfirmed} from './planned-request.ts';
import type {LedgerEntry, Plan, Progress, Result} from '../plan/progress.ts';
import {causeIn, endOf, outcomeOf, refused, type Beginning} from './result.ts';
import {dumpStep, prepareDump, type LastDump} from './steps/last-dump.ts';
import {refuseUninstall, writerProblem} from './storage-guard.ts';
import {
  claimsGo,
  claimsNotListed,
  mayHaveMoreClaims,
  noted,
  podsGo,
  releaseGoes,
  secretGoes,
  unreachableData,
  type UninstallStep,
} from './steps/uninstall-steps.ts';
import {notTaken, recordOf, takeLease} from './take-lease.ts';
import {
  isWithoutRelease,
  leftByHelm,
  leftConsequences,
  leftObjectsGo,
  ownConsequences,
  ownObjectsGo,
} from './steps/left-objects.ts';
import {whenFree} from './when-free.ts';
import type {Ports} from './ports/index.ts';
import type {LeaseRecord} from './ports/lease.ts';

export interface UninstallRequest {
  readonly deleteData: boolean;
  /** An absolute path on this machine; null: no dump. */
  readonly dumpTo: string | null;
  readonly dryRun: boolean;
  readonly timeoutMs: number;
  readonly command: string;
  readonly confirm: (plan: Plan) => Promise<boolean>;
}

const nothingToNote = async () => undefined;

/** What is there, and what is to become of it. */
interface Removal {
  readonly before: Snapshot;
  /** What was begun before, by the newest look. */
  readonly operation: OperationRecord | null;
  readonly dump: LastDump | null;
  readonly steps: readonly UninstallStep[];
  readonly retained: readonly RetainedVolume[];
  /** What the installer made beside helm, and the chart's Secret that an adoption had helm keep. */
  readonly own: readonly ObjectMetadata[];
  readonly ledger: readonly LedgerEntry[];
  readonly plan: Plan;
}

/** Looks, shows what goes and what stays, takes the Lease, and converges. Throws only what is a bug. */
export async function* uninstall(
  request: UninstallRequest,
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<Progress, Result> {
  const askedAt = ports.now();
  const before = await ports.look();
  const asked = {...request, operation: 'uninstall', before, askedAt};
  return yield* whenFree(asked, ports, signal, (seen, base) => removeAsSeen(seen, ports, signal, base));
}

async function* removeAsSeen(
  {before, ...request}: UninstallRequest & {readonly before: Snapshot},
  ports: Ports,
  signal: AbortSignal,
  base: Beginning,
): AsyncGenerator<Progress, Result> {
  const refusal =
    (await whyRefused(request, ports, before)) ?? removedThere(before) ?? refuseUninstall(before, request.deleteData);
  if (refusal) return refused({...base, cause: refusal});
  const removal = await prepare(request, ports, before);
  if ('code' in removal) return refused({...base, cause: removal});
  const {plan, ledger, steps} = removal;
  if (request.dryRun) return endOf({...base, outcome: 'planned', plan, ledger});
  // An operation that was left behind still has to be cleared away.
  if (!before.operation && steps.every((step) => step.done(before, {...request, note: nothingToNote})))
    return endOf({...base, outcome: 'unchanged', ledger});
  let {operation} = before;
  const no = await whyNotConfirmed(request.confirm, plan, async () => {
    const now = await ports.look();
    // Somebody may have gone on with it meanwhile, and left it again.
    operation = now.operation;
    return changedFor(request, before, now) ?? begunBetween(before, now);
  });
  if (no) return refused({...base, cause: no});
  return yield* runUninstall(request, {...removal, operation}, ports, signal, base);
}

/** @returns the cause that forbids the dump, else all that is known before the first step */
async function prepare(request: UninstallRequest, ports: Ports, before: Snapshot): Promise<Removal | Cause> {
  const {deleteData, dumpTo} = request;
  const [leftObjects, own] = await Promise.all([leftByHelm(ports, before), ports.ownObjects()]);
  const dump = dumpTo === null ? null : await prepareDump(ports, before, dumpTo);
  if (dump !== null && 'code' in dump) return dump;
  const steps = [
    ...(dump ? [dumpStep(dump)] : []),
    releaseGoes(before),
    ...[
      leftObjectsGo(isWithoutRelease(before) ? leftObjects : null),
      podsGo,
      ...(deleteData ? [claimsGo] : []),
      ownObjectsGo(own, deleteData),
      ...(deleteData ? [secretGoes] : []),
    ].map(noted),
  ];
  const retained = deleteData ? retainedVolumes(before.claims, await ports.volumes(before.claims)) : [];
  const ledger = ledgerOf(before, deleteData ? () => false : isNotBeingDeletedIn(before), {retained, own});
  const {release} = ports.target;
  const plan: Plan = {
    consequences: [
      ...(dump ? [dumpConsequence(dump)] : []),
      ...deletedObjects(before),
      ...leftConsequences(before, leftObjects),
      ...ownConsequences(own),
      ...ledger.flatMap(consequenceOf),
      ...retainedConsequences(ports.target, retained),
      ...(deleteData ? onlyCopies(before, writerProblem(before)) : []),
      ...waysOn(before, deleteData),
    ],
    steps: steps.map(({name}) => ({
      name,
      command: name === 'release' ? helm(ports.target, 'uninstall', release) : null,
    })),
    values: {},
    manifests: '',
    command: request.command,
  };
  return {before, operation: before.operation, dump, steps, retained, own, ledger, plan};
}

async function* runUninstall(
  request: UninstallRequest,
  removal: Removal,
  ports: Ports,
  signal: AbortSignal,
  base: Beginning,
): AsyncGenerator<Progress, Result> {
  const {before, operation, dump, steps} = removal;
  const deadline = ports.now() + request.timeoutMs;
  const record = recordOfRemoval(removal, base);
  const left = leftBefore(removal);
  const first = recordUntilThen(removal, left, record);
  const held = yield* takeLease(first, ports, {deadline, signal, over: operation});
  if (held) return notTaken(base, held);
  const changed = await changedUnderLease(request, removal, ports);
  if (changed) return refused({...base, cause: changed});
  yield {type: 'plan', steps: steps.map(({name}) => name)};
  const begun = {isRemoving: isWithoutRelease(before)};
  const note = async () => {
    if (!begun.isRemoving && first !== record) await ports.noteLease(record);
    begun.isRemoving = true;
  };
  const ending = yield* converge(steps, {...request, note}, ports, {
    deadline,
    signal,
    judge: false,
    tracks: (snapshot) => removalTracksOf(snapshot, request.deleteData, dump),
    holdsLease: true,
  });
  const untouched = dump !== null && dump.whole === null;
  const endsLease = ending.how === 'done' || (!begun.isRemoving && !left);
  await (endsLease ? ports.endLease() : ports.pauseLease()).catch(() => undefined);
  const ledger = [...dumpedLedger(dump), ...(untouched ? [] : await endLedger(removal, ending, ports))];
  return endOf({...base, ending: endsLease ? withoutLease(ending, dump) : ending, outcome: outcomeOf(ending), ledger});
}

/** What the Lease has until something is removed, and from then on `record`. */
function recordUntilThen({before, dump}: Removal, left: LeaseRecord | null, record: LeaseRecord): LeaseRecord {
  if (left) return left;
  return dump === null || isWithoutRelease(before) ? record : {...record, isDumping: true};
}

/**
 * What was begun before: the Lease keeps it until something is removed, and whoever does not want to remove the release
 * any more goes on with that. Null: nothing that has to be ended, or the release is gone already.
 */
function leftBefore({dump, before, operation: newest}: Removal): LeaseRecord | null {
  const operation = unfinished(newest);
  if (operation === null || isWithoutRelease(before)) return null;
  const lastDump = dump?.whole === null ? {lastDump: {path: dump.path, startedAt: dump.startedAt}} : {};
  return {...recordOf(operation), ...lastDump};
}

/** Nothing records any more that the dump is this uninstall's, so the same command would not write over it. */
function withoutLease(ending: Ending, dump: LastDump | null): Ending {
  const isFileThere = dump !== null && (dump.whole !== null || dump.replace);
  if (!ending.cause || !isFileThere) return ending;
  const title = `Move ${dump.path} away or name another file, and run the same command again`;
  const remedies = ending.cause.remedies.map((one) => (one.again === true ? {title} : one));
  return {...ending, cause: {...ending.cause, remedies}};
}

function recordOfRemoval({before, dump}: Removal, {began}: Beginning): LeaseRecord {
  const startedAt = dump?.startedAt ?? new Date(clusterTime(began, before)).toISOString();
  return {kind: 'uninstall', startedAt, wanted: null, ...(dump ? {dumpTo: dump.path} : {})};
}

/** What others changed after the plan was made: the plan names the release, and the data that is deleted. */
function changedFor({deleteData}: UninstallRequest, before: Snapshot, now: Snapshot): Cause | null {
  return changeBetween(before, now) ?? (deleteData ? claimsChanged(before, now) : null);
}

/** As `changedFor`; where something changed, the Lease is left as it was found. */
async function changedUnderLease(
  request: UninstallRequest,
  {before, operation}: Removal,
  ports: Ports,
): Promise<Cause | null> {
  const changed = await ports.look().then((now) => changedFor(request, before, now), causeIn);
  if (changed) await putBack(operation, ports).catch(() => undefined);
  return changed;
}

async function putBack(left: OperationRecord | null, ports: Ports): Promise<void> {
  if (left === null) return ports.endLease();
  await ports.takeLease(recordOf(left));
  await ports.pauseLease();
}

function dumpedLedger(dump: LastDump | null): LedgerEntry[] {
  return dump === null || dump.whole === null ? [] : [{kind: 'Dump', name: dump.path, fate: 'kept', bytes: dump.whole}];
}

/** After an uninstall that broke off, the ledger says what is there, not what was planned. */
async function endLedger(
  {before, retained, own, ledger}: Removal,
  {how, snapshot}: Ending,
  ports: Ports,
): Promise<readonly LedgerEntry[]> {
  if (how === 'done') return ledger;
  const left = await ports.ownObjects().catch(() => own);
  const isLeft = isLeftIn(snapshot ?? before);
  const isThere = (name: string) => isLeft(name) || left.some(({metadata}) => metadata.name === name);
  return ledgerOf(before, isThere, {retained, own});
}

/** Why the uninstall of a release that is ours is refused. Null: it is not. */
async function whyRefused({deleteData}: UninstallRequest, ports: Ports, before: Snapshot): Promise<Cause | null> {
  if (before.unreadable.includes('releases'))
    return cause(
      'FORBIDDEN',
      `Helm's records in namespace ${ports.target.namespace} may not be read, so whose ${ports.target.release} ` +
        'is, is not known. Nothing was removed.',
    );
  if (deleteData && mayHaveMoreClaims(before)) return claimsNotListed(before);
  const isUnknown = isWithoutRelease(before) && !isLeftByUs(before);
  if (deleteData && isUnknown && before.claims.length > 0) return notOurVolumes(before);
  return (
    (deleteData ? null : unreachableData(before)) ??
    permissionRefusal(ports, {command: 'uninstall', extras: extrasOf(before, deleteData)})
  );
}

function extrasOf({backup, release}: Snapshot, deleteData: boolean): readonly Extra[] {
  const {metrics = 'off'} = fromValues(release.values) ?? {};
  return extrasWhere({
    backups: Boolean(backup?.cronJob),
    'service monitor': metrics === 'service-monitor',
    volumes: deleteData,
  });
}

/** What stays or goes of what a release leaves behind: helm itself never touches these. */
function ledgerOf(
  {target, claims, secret, backup, keptClaims = []}: Snapshot,
  isLeft: (name: string) => boolean,
  {retained, own}: Pick<Removal, 'retained' | 'own'>,
): LedgerEntry[] {
  const ofSecret = secret
    ? [
        {
          kind: 'Secret',
          name: secret.name,
          fate: secret.ours && !isLeft(secret.name) ? 'deleted' : 'kept',
          bytes: null,
        } as const,
      ]
    : [];
  const ownSecrets = own.filter(({kind}) => kind === 'Secret').map(({metadata: {name}}) => name);
  return [
    ...claimsLedger(target, claims, isLeft, retained),
    ...ofSecret,
    ...ownSecrets.map((name): LedgerEntry => {
      return {kind: 'Secret', name, fate: isLeft(name) ? 'kept' : 'deleted', bytes: null};
    }),
    ...keptLedger(target, backup?.claim ? [...keptClaims, backup.claim] : keptClaims),
  ];
}

/**
 * Backups, and volumes of earlier writers after a failover, outlive every uninstall: a user who wants them gone has to
 * delete their claims.
 */
function keptLedger(target: Target, claims: readonly PersistentVolumeClaim[]): LedgerEntry[] {
  return claims.map((claim) => {
    const {name} = claim.metadata;
    const remove = kubectlHere(target, 'delete', 'pvc', name);
    return {kind: 'PersistentVolumeClaim', name, fate: 'kept', bytes: sizeOf(claim), remove};
  });
}
