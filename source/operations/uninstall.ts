// Uninstall: after a last dump, where one is asked for, the release goes; the data and its passwords stay unless their
// deletion is asked for.
import {cause, UserError, type Cause} from '../core/cause.ts';
import {releaseRef} from '../commands/operation.ts';
import {propose} from '../commands/command-line.ts';
import {extrasWhere, type Extra} from '../commands/permissions.ts';
import {objectNames, readerOfClaim} from '../chart/names.ts';
import {fromValues} from '../chart/values.ts';
import {secretMalformed} from '../observation/causes/secret-malformed.ts';
import {kubectlHere} from '../commands/kubectl.ts';
import {helm, listed, object} from '../observation/checks/messages.ts';
import {clusterTime} from '../observation/cluster-time.ts';
import type {ObjectMetadata, PersistentVolumeClaim} from '../observation/kubernetes.ts';
import {unfinished} from '../observation/may-begin.ts';
import {isLeftByUs, notOurVolumes} from '../observation/ownership.ts';
import {removalTracksOf} from '../observation/removal-tracks.ts';
import type {OperationRecord, Snapshot, Target} from '../observation/snapshot.ts';
import {retainedVolumes, sizeOf, type RetainedVolume} from '../observation/storage.ts';
import {removedThere} from '../plan/steering.ts';
import {inBrackets, retainedConsequences} from '../plan/volumes.ts';
import {begunBetween, changeBetween, claimsChanged} from './changed-meanwhile.ts';
import {converge, type Ending, type Step} from './converge.ts';
import {claimsLedger, isLeftIn, isNotBeingDeletedIn} from './ledger.ts';
import {permissionRefusal} from './permission-refusal.ts';
import {whyNotConfirmed} from './planned-request.ts';
import type {Consequence, LedgerEntry, Plan, Progress, Result} from '../plan/progress.ts';
import {causeIn, endOf, outcomeOf, refused, type Beginning} from './result.ts';
import {dumpStep, prepareDump, type LastDump} from './steps/last-dump.ts';
import {refuseUninstall, writerProblem} from './storage-guard.ts';
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

interface DesiredUninstall extends UninstallRequest {
  /** Says in the Lease that the release is being removed, right before the first part of it is. */
  readonly note: () => Promise<void>;
}

type UninstallStep = Step<DesiredUninstall>;
const nothingToNote = async () => undefined;

/** Somebody else may have removed the release, so that its own step, which notes it too, is skipped. */
function noted(step: Step<unknown>): UninstallStep {
  if (!step.run) return step;
  return {
    ...step,
    async run(ports, desired, snapshot, signal) {
      await desired.note();
      return (await step.run?.(ports, desired, snapshot, signal)) ?? null;
    },
  };
}

function releaseGoes(before: Snapshot): UninstallStep {
  return {
    name: 'release',
    done: isWithoutRelease,
    async run(ports, {deleteData, note}, snapshot, signal) {
      // Checked again, because a long dump may lie between the first check and this one.
      const refusal =
        changeBetween(before, snapshot) ??
        (deleteData ? null : unreachableData(snapshot)) ??
        refuseUninstall(snapshot, deleteData);
      if (refusal) throw new UserError(refusal);
      await note();
      await ports.helm.uninstall(signal);
      return null;
    },
  };
}

/** Pods are recognised by their names, because somebody else's pod may carry the labels of the release and stays. */
const podsGo: Step<unknown> = {
  name: 'pods',
  done({pods, statefulSets, target}) {
    const {writer, reader} = objectNames(target);
    const sets = [writer, reader];
    return (
      !statefulSets.some(({metadata}) => sets.includes(metadata.name)) &&
      !pods.some(({metadata}) => sets.includes(metadata.name.replace(/-\d+$/, '')))
    );
  },
};

const claimsGo: Step<unknown> = {
  name: 'volumes',
  done: (snapshot) => snapshot.claims.length === 0 && !mayHaveMoreClaims(snapshot),
  async run(ports, _wanted, snapshot) {
    if (mayHaveMoreClaims(snapshot)) throw new UserError(claimsNotListed(snapshot));
    await ports.deleteClaims(snapshot.claims);
    return null;
  },
};

const secretGoes: Step<unknown> = {
  name: 'secret',
  done: ({secret}) => secret === null || !secret.ours,
  async run(ports) {
    await ports.deleteSecret();
    return null;
  },
};

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
      ...(deleteData ? onlyCopies(before) : []),
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

/** The cause where data would stay without its passwords, because their last copies would go with the pods. */
function unreachableData(snapshot: Snapshot): Cause | null {
  const mayHaveData = snapshot.claims.length > 0 || mayHaveMoreClaims(snapshot);
  const found = mayHaveData ? secretMalformed(snapshot)?.cause : undefined;
  if (!found) return null;
  const {target} = snapshot;
  return {
    ...found,
    message: `${found.message} Without them nobody could use the data that an uninstall leaves. Nothing was removed.`,
    remedies: [
      ...found.remedies,
      propose('Or delete the data with the release. This cannot be undone', {
        kind: 'uninstall',
        ...releaseRef(target),
        deleteData: true,
        dumpTo: null,
      }),
    ],
  };
}

/** Where claims may not be listed, there may be some. */
function mayHaveMoreClaims({unreadable}: Snapshot): boolean {
  return unreadable.includes('persistentvolumeclaims');
}

/** Without the names of the claims no volume would be deleted, but its passwords would be. */
function claimsNotListed({target}: Snapshot): Cause {
  return cause(
    'FORBIDDEN',
    `The claims in namespace ${target.namespace} may not be listed, so which volumes ${target.release} has is not ` +
      'known. The passwords are not deleted while there may be data that needs them.',
    {
      object: object('Release', target, target.release),
      remedies: [
        {
          title: 'Have somebody run it who may list and delete persistentvolumeclaims there. Whether you may list them',
          command: kubectlHere(target, 'auth', 'can-i', 'list', 'persistentvolumeclaims'),
        },
        propose('Or uninstall without --delete-data: the volumes and the Secret stay', {
          kind: 'uninstall',
          ...releaseRef(target),
          deleteData: false,
          dumpTo: null,
        }),
      ],
    },
  );
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

/** What becomes of volumes that stay, said once for them all. */
function waysOn({claims, target}: Snapshot, deleteData: boolean): Consequence[] {
  if (deleteData || claims.length === 0) return [];
  return [
    {
      code: 'DATA_KEPT',
      object: `Release/${target.release}`,
      sentence: `An install named ${target.release} takes the volumes up again. --delete-data deletes them, later too.`,
    },
  ];
}

/** Where the writer serves another database, what goes with the readers' volumes may be nowhere else. */
function onlyCopies(before: Snapshot): Consequence[] {
  const {target, claims} = before;
  const names = claims.map(({metadata}) => metadata.name).filter((name) => readerOfClaim(target, name) !== null);
  const problem = writerProblem(before);
  if (!problem || names.length === 0) return [];
  return [
    {
      code: 'DATA_DELETED',
      object: `Release/${target.release}`,
      sentence:
        `${listed(names)} may hold the only copy of an earlier database, and ${names.length === 1 ? 'goes' : 'go'} ` +
        `too: ${problem.message}`,
    },
  ];
}

function deletedObjects({statefulSets}: Snapshot): Consequence[] {
  return statefulSets.map(({metadata}) => ({
    code: 'REMOVE',
    object: `StatefulSet/${metadata.name}`,
    sentence: `${metadata.name} stops, and its endpoint goes.`,
  }));
}

function dumpConsequence({path, whole}: LastDump): Consequence {
  return {
    code: 'DATA_KEPT',
    object: `File/${path}`,
    sentence:
      whole === null
        ? `First all databases and roles are dumped to ${path}. What is written after that has begun is not in it; ` +
          'without it nothing is removed.'
        : `The dump of the interrupted run stays at ${path}.`,
  };
}

/** A volume that outlives its claim has a sentence of its own. */
function consequenceOf({kind, name, fate, bytes, remove}: LedgerEntry): Consequence[] {
  if (kind === 'PersistentVolume') return [];
  const what = `${kind === 'PersistentVolumeClaim' ? 'Volume' : kind} ${name}${inBrackets(bytes)}`;
  const later = remove === undefined ? '' : ` To remove it: ${remove}`;
  return fate === 'kept'
    ? [{code: 'DATA_KEPT', object: `${kind}/${name}`, sentence: `${what} stays.${later}`}]
    : [{code: 'DATA_DELETED', object: `${kind}/${name}`, sentence: `${what} is deleted, with what is in it.`}];
}
