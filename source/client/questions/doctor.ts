// Finds what is wrong with a release, or with the place where one is to be.
import {UserError, type Cause} from '../../core/cause.ts';
import {defaultChart} from '../../chart/default-chart.ts';
import {fromValues} from '../../chart/values.ts';
import {findCauses} from '../../observation/causes/index.ts';
import {runChecks} from '../../observation/checks/index.ts';
import {placeOf} from '../../observation/place.ts';
import {containerOf} from '../../observation/role/failover.ts';
import {keptVolumes, type KeptVolume} from '../../observation/role/kept-volumes.ts';
import {memoryAsked, type MemoryAsked} from '../../observation/pods/memory-asked.ts';
import type {Snapshot, Target} from '../../observation/snapshot.ts';
import {lacksRecord, stateOf} from '../../observation/state.ts';
import type {Survey} from '../../observation/survey.ts';
import {findWarnings} from '../../observation/warnings.ts';
import {ownershipOf} from '../../observation/ownership.ts';
import {heldIn, ownershipRefusal} from '../../operations/ownership.ts';
import {staleIndexes} from '../../chart/collations.ts';
import {render} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {isReady, viewOf} from '../../observation/release-view.ts';
import type {DatabasePort} from '../../operations/ports/database.ts';
import type {HelmPort} from '../../operations/ports/helm.ts';
import type {SwitchoverPort} from '../../operations/ports/switchover.ts';
import {givenSecretProblem} from '../../operations/adoption/read-adoptable.ts';
import {steeringOf, type Steering} from '../../observation/steering.ts';
import {resolve} from '../../parameters/resolve.ts';
import {adoptionRefusal} from '../../plan/adoption.ts';
import {makerOf, shapeOf, type Shape} from './origin.ts';
import type {HelmProgram, ReleaseSession} from '../settings.ts';
import type {Finding} from '../types.ts';

interface Diagnosis extends Finding {
  /** For a release that the chart made and not we; null: it is ours, there is none, or it is of another chart. */
  readonly adoption: NotYetOurs | null;
}

/** What a release that is not ours is, and what stands in the way of adopting it. */
export interface NotYetOurs {
  readonly madeBy: 'helm' | 'kubectl';
  readonly shape: Shape;
  readonly steeredBy: Steering | null;
  /** What stands in the way of adopting it, as far as it is seen without asking the database; null: nothing. */
  readonly refusal: Cause | null;
  /** The limit of memory that an adoption asks for; null: each pod has one. */
  readonly memoryAsked: MemoryAsked | null;
}

interface Examination extends Diagnosis {
  /** What was found of helm; what is wrong with it is the first of the problems. */
  readonly helm: HelmProgram | null;
  /** Volumes of earlier writers that failovers kept. */
  readonly kept: readonly KeptVolume[];
  /** All that was seen. It holds no passwords. */
  readonly seen: {readonly survey: Survey; readonly snapshot: Snapshot};
}

/** Looks at the place, the release and helm, and finds what is wrong, for a release that exists or could. */
export async function examine({ports, helmProgram}: ReleaseSession): Promise<Examination> {
  const [survey, snapshot, helm] = await Promise.all([
    ports.survey({password: null, pullSecret: null, permissions: {command: 'install', extras: []}}),
    ports.look().then((seen) => askEachReader(seen, ports)),
    orProblem(helmProgram),
  ]);
  const {source, version} = defaultChart;
  const found = await diagnose(survey, snapshot, {source, version}, ports);
  return {
    ...found,
    problems: [...('cause' in helm ? [helm.cause] : []), ...found.problems],
    helm: 'value' in helm ? helm.value : null,
    kept: keptVolumes(snapshot),
    seen: {survey, snapshot},
  };
}

async function orProblem<T>(get: () => Promise<T>): Promise<{readonly value: T} | {readonly cause: Cause}> {
  try {
    return {value: await get()};
  } catch (error) {
    if (error instanceof UserError) return {cause: error.reason};
    throw error;
  }
}

/** The Snapshot, with what each reader that runs says of its role: an endpoint answers for one of them at a time. */
async function askEachReader(
  snapshot: Snapshot,
  {serverFacts}: Pick<SwitchoverPort, 'serverFacts'>,
): Promise<Snapshot> {
  const running = viewOf(snapshot).readerPods.filter((pod) => containerOf(pod) === 'running');
  const asked = await Promise.all(
    running.map(async ({metadata}) => ({name: metadata.name, is: await serverFacts(metadata.name)})),
  );
  return {...snapshot, promotedReaders: asked.flatMap(({name, is}) => (is?.isReader === false ? [name] : []))};
}

/**
 * @param ports `record` opens one of helm's records; for a release that is not ours any more, the newest that was is
 * the way back
 */
export async function diagnose(
  survey: Survey,
  snapshot: Snapshot,
  chart: {readonly source: string; readonly version: string},
  ports: Pick<HelmPort, 'record'> & Pick<DatabasePort, 'sorting'>,
): Promise<Diagnosis> {
  const existing = fromValues(survey.release.values);
  const parameters = existing ?? resolve({}, placeOf(survey));
  // What an install would meet is not asked where a database runs already.
  const checks = lacksRecord(snapshot) ? () => ({refusals: [], warnings: []}) : runChecks;
  const {refusals, warnings} = checks(survey, {
    parameters,
    target: survey.target,
    explicit: new Set(),
    requireEncryption: false,
    passwordGiven: false,
    existing,
    chart,
  });
  const foreign = await ownershipRefusal(heldIn(snapshot), (revision) => ports.record(revision), chart.source);
  const state = stateOf(snapshot);
  const causes = findCauses(snapshot).map((found) => found.cause);
  const stale = isReady(viewOf(snapshot).writerPod) ? await staleIndexesOf(survey.target, ports) : null;
  const known = new Set(causes.map(({code}) => code));
  // Whoever only looks at a release may not install, and nothing is wrong with that.
  const isProblem = ({code}: Cause) => !known.has(code) && !(code === 'FORBIDDEN' && state !== null);
  const found = findWarnings(snapshot, existing);
  const said = new Set(found.map(({code}) => code));
  return {
    state,
    problems: [...causes, ...(foreign ? [foreign] : []), ...(stale ? [stale] : []), ...refusals.filter(isProblem)],
    warnings: [...found, ...warnings.filter(({code}) => !said.has(code))],
    adoption: notYetOurs(snapshot),
  };
}

async function staleIndexesOf(target: Target, ports: Pick<DatabasePort, 'sorting'>): Promise<Cause | null> {
  const sorting = await ports.sorting();
  const connect = render({kind: 'connect', ...releaseRef(target), role: null, forward: null});
  return sorting && staleIndexes({target}, sorting, connect);
}

function notYetOurs(snapshot: Snapshot): NotYetOurs | null {
  const isApplied = lacksRecord(snapshot);
  if (!isApplied && ownershipOf(heldIn(snapshot)).kind !== 'plain helm') return null;
  return {
    madeBy: makerOf(snapshot),
    shape: shapeOf(snapshot),
    steeredBy: steeringOf(snapshot),
    refusal: adoptionRefusal(snapshot) ?? givenSecretProblem(snapshot),
    memoryAsked: memoryAsked(snapshot),
  };
}
