// What all changes have in common: the release as it is, its chart, and the change to what is wanted.
import {UserError} from '../core/cause.ts';
import {fromValues} from '../chart/values.ts';
import {resolveChart} from '../helm/chart-source.ts';
import {commandLine} from '../helm/command-line.ts';
import {placeOf} from '../observation/place.ts';
import {viewOf} from '../observation/release-view.ts';
import {isChange, type ChangeKind, type Snapshot} from '../observation/snapshot.ts';
import {change, type ChangeRequest} from '../operations/change.ts';
import {heldIn, ownershipRefusal} from '../operations/ownership.ts';
import type {Chart, World} from '../operations/world.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {chartFlags, clusterFlags, defaultChart} from './cluster-flags.ts';
import type {Invocation} from './command.ts';
import {ask, mayAsk, typedName} from './confirm.ts';
import {runToEnd} from './run-to-end.ts';
import type {Edit} from './edits.ts';
import {mustExist, openSession, text, timeoutOf, type Session} from './session.ts';

/** What a question begins with. */
const asked: Readonly<Record<ChangeKind, string>> = {
  scale: 'Scale',
  upgrade: 'Upgrade',
  resize: 'Resize',
  set: 'Change',
  restart: 'Restart',
  rollback: 'Roll back',
};

/** @returns the exit code */
export async function changeRelease(
  invocation: Invocation,
  editOf: (session: Session) => Promise<Edit>,
): Promise<number> {
  const {options} = invocation;
  mayAsk(invocation);
  timeoutOf(options);
  const session = await openSession(invocation);
  const {target} = session;
  const edit = await editOf(session);
  const request = await changeRequest(invocation, session, edit, {
    dryRun: options['dryRun'] === true,
    confirm:
      options['yes'] === true
        ? null
        : async (plan) => {
            invocation.reporter.plan(plan);
            return edit.deleteVolumes && text(options['confirm']) === null
              ? typedName(invocation, target.release)
              : ask(invocation, `${asked[edit.kind]} ${target.release} in ${target.namespace} on ${target.context}?`);
          },
  });
  return runToEnd(invocation, change(request, session.world, invocation.signal));
}

/**
 * The release as it is, with the edit.
 * @throws UserError RELEASE_NOT_FOUND, FORBIDDEN, NOT_OURS, and as the chart is found
 */
export async function changeRequest(
  invocation: Invocation,
  session: Pick<Session, 'target' | 'world' | 'helmProgram'>,
  edit: Edit,
  how: Pick<ChangeRequest, 'dryRun' | 'confirm'>,
): Promise<ChangeRequest> {
  const {options} = invocation;
  const {target, world} = session;
  const {parameters, version, lastSource, snapshot} = await whatIs(invocation, world);
  const place = async () => placeOf(await world.survey({password: null, pullSecret: null}));
  const preface = edit.preface?.(parameters, snapshot);
  const chart = await chartOf(invocation, session, edit.chartVersion ?? version, lastSource);
  return {
    ...how,
    operation: edit.kind,
    kind: edit.kind,
    before: snapshot,
    parameters: await edit.parameters(parameters, place, snapshot),
    ...(edit.flags.length === 0 && edit.description === undefined
      ? {}
      : {description: edit.description ?? [edit.kind, ...edit.flags].join(' ')}),
    ...(preface === undefined ? {} : {preface}),
    ...(edit.rollbackTo === undefined ? {} : {rollbackTo: edit.rollbackTo}),
    ...(edit.notes === undefined ? {} : {notes: edit.notes}),
    chart,
    deleteVolumes: edit.deleteVolumes,
    timeoutMs: timeoutOf(options),
    command: commandLine('pg-helm-install', [
      ...[
        edit.kind,
        target.release,
        ...(edit.words ?? []),
        ...clusterFlags(invocation, target.context),
        '--namespace',
        target.namespace,
      ],
      ...edit.flags,
      ...chartFlags(invocation, chart.source),
      ...(edit.deleteVolumes ? ['--confirm', target.release] : []),
      '--yes',
    ]),
  };
}

/** @throws UserError RELEASE_NOT_FOUND, FORBIDDEN, NOT_OURS */
async function whatIs(
  invocation: Invocation,
  world: World,
): Promise<{parameters: Parameters; version: string; lastSource: string | null; snapshot: Snapshot}> {
  const snapshot = mustExist(await world.look());
  const foreign = await ownershipRefusal(
    heldIn(snapshot),
    (revision) => world.record(revision),
    chartGiven(invocation),
  );
  if (foreign) throw new UserError(foreign);
  const {operation} = snapshot;
  const {newest} = viewOf(snapshot);
  const applied = snapshot.release.values ? fromValues(snapshot.release.values) : null;
  // What somebody began and did not finish is wanted still: a part of it may be done already.
  const parameters =
    applied && operation && isChange(operation.kind) ? (operation.wanted?.parameters ?? applied) : applied;
  if (parameters && newest)
    return {parameters, version: newest.chartVersion, lastSource: operation?.wanted?.chart.source ?? null, snapshot};
  throw new Error(`${snapshot.target.release} is ours and cannot be read back`);
}

/** Flag, environment, what is known of before, default. */
export function chartGiven(
  {options, environment}: Pick<Invocation, 'options' | 'environment'>,
  last: string | null = null,
): string {
  return text(options['chart']) ?? (environment['PGHI_CHART'] || last) ?? defaultChart.source;
}

/**
 * Flag, environment, an operation that paused, default. The version is the release's own unless another one is asked
 * for.
 */
async function chartOf(
  {options, environment, signal}: Invocation,
  session: Pick<Session, 'helmProgram'>,
  version: string,
  lastSource: string | null,
): Promise<Chart> {
  const source = chartGiven({options, environment}, lastSource);
  const program = await session.helmProgram();
  return resolveChart({
    source,
    version: version === 'any' && !source.startsWith('oci://') ? null : version,
    program,
    environment,
    signal,
  });
}
