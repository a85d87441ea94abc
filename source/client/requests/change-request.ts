// What all requests for a change have in common: the release as it is, its chart, and the change to what is desired.
import {mkdir} from 'node:fs/promises';
import {join, resolve} from 'node:path';
import {isRemoteChart} from '../../chart/default-chart.ts';
import {fromValues} from '../../chart/values.ts';
import {UserError} from '../../core/cause.ts';
import {operationFlags, renderForScript} from '../../commands/command-line.ts';
import {deletesData, patchFolderOf, type Operation} from '../../commands/operation.ts';
import type {ExportedFile} from '../../export/release-files.ts';
import {resolveChart} from '../../helm/chart-source.ts';
import {viewOf} from '../../observation/release-view.ts';
import {isChange, type Snapshot} from '../../observation/snapshot.ts';
import type {ChangeRequest} from '../../operations/change/change.ts';
import {heldIn, ownershipRefusal} from '../../operations/ownership.ts';
import type {Chart} from '../../operations/ports/helm.ts';
import type {Ports} from '../../operations/ports/index.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {placeOf} from '../../observation/place.ts';
import {accessOf, chartFlags} from '../cluster-flags.ts';
import type {Edit} from './edits.ts';
import {requireRelease} from '../questions/existing-release.ts';
import {saveFile} from '../save-file.ts';
import {chartGiven, timeoutOf, type ReleaseSession, type Settings} from '../settings.ts';

/**
 * The request to apply the edit to the release as it is.
 * @throws UserError RELEASE_NOT_FOUND, FORBIDDEN, NOT_OURS, and as the chart is found
 */
export async function changeRequest(
  settings: Settings,
  session: ReleaseSession,
  edit: Edit,
  how: Pick<ChangeRequest, 'dryRun' | 'confirm'>,
  patchTo: string | null = null,
): Promise<ChangeRequest> {
  const {options} = settings;
  const {target, ports} = session;
  const {parameters, version, lastSource, snapshot} = await whatIs(settings, ports);
  const place = async () => placeOf(await ports.survey({password: null, pullSecret: null}));
  const {asked} = edit;
  const chart = await chartOf(settings, session, edit.chartVersion ?? version, lastSource);
  return {
    ...how,
    operation: asked.kind,
    kind: asked.kind,
    before: snapshot,
    parameters: await edit.parameters(parameters, place, snapshot),
    ...saidOf(edit, edit.preface?.(parameters, snapshot)),
    chart,
    deleteVolumes: deletesData(asked),
    ...(asked.kind === 'set' && asked.valuesFile !== null
      ? {valuesAreNew: {isStrict: options['strict'] === true}}
      : {}),
    timeoutMs: timeoutOf(options),
    ...commandsOf({...asked, ...target}, settings, chart.source, patchTo),
    ...(patchTo === null ? {} : {patch: {folder: patchTo, write: (files) => writeFiles(patchTo, files)}}),
  };
}

/** The texts of the request that follow from the edit. */
function saidOf(
  {asked, description: given, rollbackTo, notes}: Edit,
  preface: ChangeRequest['preface'],
): Pick<ChangeRequest, 'description' | 'preface' | 'rollbackTo' | 'notes'> {
  const flags = operationFlags(asked);
  const description = given ?? (flags.length === 0 ? undefined : [asked.kind, ...flags].join(' '));
  return {
    ...(description === undefined ? {} : {description}),
    ...(preface === undefined ? {} : {preface}),
    ...(rollbackTo === undefined ? {} : {rollbackTo}),
    ...(notes === undefined ? {} : {notes}),
  };
}

function commandsOf(
  asked: Operation,
  settings: Settings,
  source: string,
  patchTo: string | null,
): Pick<ChangeRequest, 'command' | 'writing' | 'applying'> {
  const line = (to: string | null) =>
    renderForScript(
      {...asked, ...(to === null ? {} : {patchTo: to})},
      accessOf(settings),
      chartFlags(settings, source),
    );
  if (asked.kind === 'restart') return {command: line(null)};
  return {command: line(patchTo), writing: line(patchTo ?? patchFolderOf(asked.release)), applying: line(null)};
}

/** @throws UserError BAD_INPUT */
async function writeFiles(
  folder: string,
  files: readonly ExportedFile[],
): Promise<readonly {readonly name: string; readonly path: string}[]> {
  const written = files.map((file) => ({...file, path: join(resolve(folder), file.name)}));
  await mkdir(resolve(folder), {recursive: true}).catch(() => undefined);
  for (const {path, text: content} of written) await saveFile('--to', path, content);
  return written.map(({name, path}) => ({name, path}));
}

/** @throws UserError RELEASE_NOT_FOUND, FORBIDDEN, NOT_OURS */
async function whatIs(
  settings: Settings,
  ports: Ports,
): Promise<{parameters: Parameters; version: string; lastSource: string | null; snapshot: Snapshot}> {
  const snapshot = requireRelease(await ports.look());
  const foreign = await ownershipRefusal(heldIn(snapshot), (revision) => ports.record(revision), chartGiven(settings));
  if (foreign) throw new UserError(foreign);
  const {newest} = viewOf(snapshot);
  const applied = fromValues(snapshot.release.values);
  if (!applied || !newest) throw new Error(`${snapshot.target.release} is ours and cannot be read back`);
  return {
    parameters: begunParameters(snapshot) ?? applied,
    version: newest.chartVersion,
    lastSource: snapshot.operation?.wanted?.chart.source ?? null,
    snapshot,
  };
}

/** What somebody began and did not finish stays desired, as part of it may be done already. Null: nothing was begun. */
function begunParameters({operation}: Snapshot): Parameters | null {
  if (!operation || !isChange(operation.kind)) return null;
  return operation.wanted?.parameters ?? null;
}

/**
 * The chart, from the flag, the environment, a paused operation or the default, in this order. The version is the
 * release's own unless another one is asked for.
 */
async function chartOf(
  {options, environment, signal}: Settings,
  session: Pick<ReleaseSession, 'helmProgram'>,
  version: string,
  lastSource: string | null,
): Promise<Chart> {
  const source = chartGiven({options, environment}, lastSource);
  const program = await session.helmProgram();
  return resolveChart({
    source,
    version: version === 'any' && !isRemoteChart(source) ? null : version,
    program,
    environment,
    signal,
  });
}
