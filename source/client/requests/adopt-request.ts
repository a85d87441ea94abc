// An adoption, as a command or a screen asks for it: a change from what plain helm made to what is ours.
import {randomBytes} from 'node:crypto';
import {fromValues} from '../../chart/values.ts';
import {operationFlags, renderForScript} from '../../commands/command-line.ts';
import type {RequestOf} from '../../commands/operation.ts';
import {badInput, UserError} from '../../core/cause.ts';
import {memoryAsked, type MemoryAsked} from '../../observation/pods/memory-asked.ts';
import {ownershipOf} from '../../observation/ownership.ts';
import {viewOf} from '../../observation/release-view.ts';
import type {OperationRecord, Snapshot} from '../../observation/snapshot.ts';
import type {ChangeRequest} from '../../operations/change/change.ts';
import {heldIn, ownershipRefusal} from '../../operations/ownership.ts';
import {givenSecretProblem, readAdoptable, type ReadAdoptable} from '../../operations/adoption/read-adoptable.ts';
import {ofReaders} from '../../parameters/readers.ts';
import {
  adoptionPreface,
  adoptionRefusal,
  lacksMemoryLimit,
  type AdoptionAsked,
  type StayingSecret,
} from '../../plan/adoption.ts';
import {accessOf, chartFlags} from '../cluster-flags.ts';
import {requireRelease} from '../questions/existing-release.ts';
import {findChart} from './install-request.ts';
import {chartGiven, timeoutOf, type ReleaseSession, type Settings} from '../settings.ts';

type Asked = RequestOf<'adopt'>;
type StartedAdoption = OperationRecord['wanted'];
/** Asks a person for the limit of memory that the release does not have. */
export type AskMemory = (asked: MemoryAsked) => Promise<string>;

type How = Pick<ChangeRequest, 'dryRun' | 'confirm' | 'operation'> & {readonly askMemory?: AskMemory | null};

/**
 * The request for an adoption. Where helm has applied it already, in a run that was interrupted or whose restart waits,
 * it is for the rest.
 * @throws UserError RELEASE_NOT_FOUND, FORBIDDEN, NOT_ADOPTABLE, PASSWORD_MISMATCH, as the chart is found, and
 * BAD_INPUT where nobody says how much memory a pod may use
 */
export async function adoptRequest(
  settings: Settings,
  session: ReleaseSession,
  given: Asked,
  {askMemory = null, ...how}: How,
): Promise<ChangeRequest> {
  const {target, ports} = session;
  const before = requireReleaseToAdopt(await ports.look());
  const begun: StartedAdoption = before.operation?.kind === 'adopt' ? before.operation.wanted : null;
  const {asked, parameters, adoption, version} = (await isOurs(before, session, settings))
    ? foundApplied(before, given, begun)
    : await foundThere(before, session, await withMemory(before, given, begun, askMemory), begun);
  const chart = await chartOf(settings, session, begun, version);
  const {restartsLater} = asked;
  const preface = async (secrets: readonly string[]) =>
    adoptionPreface(before, await stayingSecrets(session, secrets), {
      chartVersion: chart.version,
      restartsLater,
      parameters,
    });
  return {
    ...how,
    kind: 'adopt',
    parameters,
    restartsLater,
    chart,
    before,
    deleteVolumes: false,
    description: ['adopt', ...operationFlags(asked)].join(' '),
    ...(adoption ? {adoption, preface: await preface(adoption.secrets)} : {}),
    timeoutMs: timeoutOf(settings.options),
    command: renderForScript({...asked, ...target}, accessOf(settings), chartFlags(settings, chart.source)),
  };
}

/** What is adopted, with which version of the chart. Without `adoption`: helm has applied it already. */
type Found = Pick<ReadAdoptable, 'parameters'> &
  Partial<ReadAdoptable> & {readonly asked: Asked; readonly version: string | undefined};

/** @throws UserError BAD_INPUT */
function foundApplied(before: Snapshot, asked: Asked, begun: StartedAdoption): Found {
  assertAsksNothing(asked, begun, before.target.release);
  const version = viewOf(before).newest?.chartVersion;
  return {asked, parameters: begun?.parameters ?? applied(before), version};
}

async function foundThere(
  before: Snapshot,
  {ports}: ReleaseSession,
  asked: Asked,
  begun: StartedAdoption,
): Promise<Found> {
  const found = await readAdoptable(before, sizesOf(asked, begun), ports, (count) => randomBytes(count));
  return {asked, ...found, version: begun?.chart.version};
}

/**
 * What is asked for, with an answer to what only a person can say. What prevents an adoption comes first.
 * @throws UserError NOT_ADOPTABLE and others; BAD_INPUT where nobody can be asked
 */
async function withMemory(
  before: Snapshot,
  asked: Asked,
  begun: StartedAdoption,
  askMemory: AskMemory | null,
): Promise<Asked> {
  const refusal = adoptionRefusal(before) ?? givenSecretProblem(before);
  if (refusal) throw new UserError(refusal);
  const lacking = memoryAsked(before);
  if (lacking === null || sizesOf(asked, begun).memory !== null) return asked;
  if (askMemory === null) throw new UserError(lacksMemoryLimit(before, asked));
  return {...asked, sizes: {...asked.sizes, memory: await askMemory(lacking)}};
}

/** Argo CD leaves no record of helm's, only objects. @throws UserError RELEASE_NOT_FOUND, FORBIDDEN, NOT_ADOPTABLE */
function requireReleaseToAdopt(seen: Snapshot): Snapshot {
  const steered = seen.release.revisions.length === 0 && seen.statefulSets.length > 0 ? adoptionRefusal(seen) : null;
  if (steered) throw new UserError(steered);
  return requireRelease(seen);
}

/** The Secret that was given, or those that the chart made, with everything that reads each. */
async function stayingSecrets(
  {target, ports}: ReleaseSession,
  ofChart: readonly string[],
): Promise<readonly StayingSecret[]> {
  const names = target.given?.secret ? [target.given.secret.name] : ofChart;
  return Promise.all(names.map(async (name) => ({name, readers: await ports.secretReaders(name)})));
}

function chartOf(
  settings: Settings,
  {helmProgram}: ReleaseSession,
  begun: StartedAdoption,
  version: string | undefined,
): ReturnType<typeof findChart> {
  const source = begun ? {source: begun.chart.source} : {};
  return findChart(settings, helmProgram, {...source, ...(version === undefined ? {} : {version})});
}

/** @throws UserError NOT_OURS for a release of ours that somebody changed with helm */
async function isOurs(before: Snapshot, {ports}: ReleaseSession, settings: Settings): Promise<boolean> {
  const held = heldIn(before);
  const ownership = ownershipOf(held);
  if (ownership.kind === 'ours') return true;
  if (ownership.kind !== 'changed') return false;
  const refusal = await ownershipRefusal(held, (revision) => ports.record(revision), chartGiven(settings));
  if (refusal) throw new UserError(refusal);
  return false;
}

/** @throws UserError BAD_INPUT for sizes of a release that is ours already: an adoption does not apply them */
function assertAsksNothing({sizes, readReplicas}: Asked, begun: StartedAdoption, release: string): void {
  if (begun !== null || (Object.keys(sizes).length === 0 && readReplicas === null)) return;
  throw badInput(
    `${release} is a release of pg-helm-install already: use resize for --cpu and --memory, scale for --read-replicas.`,
  );
}

/** The sizes that are asked for now; one that is not named is taken from the interrupted run before this one. */
function sizesOf({sizes, readReplicas}: Asked, begun: StartedAdoption): AdoptionAsked {
  const before = begun?.parameters ?? null;
  const asked = (own: typeof before) => ({
    cpu: sizes.cpu ?? own?.cpu ?? null,
    memory: sizes.memory ?? own?.memory ?? null,
  });
  return {
    ...asked(before),
    readers: asked(before && ofReaders(before)),
    readReplicas: readReplicas ?? before?.readReplicaCount ?? null,
  };
}

function applied({release, target}: Snapshot): ChangeRequest['parameters'] {
  const parameters = fromValues(release.values);
  if (!parameters) throw new Error(`${target.release} is ours and cannot be read back`);
  return parameters;
}
