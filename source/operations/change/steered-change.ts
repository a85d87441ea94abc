// A change that goes through files: what is wanted is written into files for the place that the release comes from, and
// what has to be done before they are applied is done on the cluster.
import {changedValues, patchText, releasePatch, type PatchedFile} from '../../export/release-patch.ts';
import type {ExportedFile} from '../../export/release-files.ts';
import {cause, type Cause} from '../../core/cause.ts';
import {fromValues} from '../../chart/values.ts';
import {isApplied} from '../../observation/is-applied.ts';
import {viewOf} from '../../observation/release-view.ts';
import {isSteered} from '../../observation/steering.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {filesConsequence, nextSteps, notAppliedYet, takenBack, takesTwoChanges} from '../../plan/steering.ts';
import {isThroughFiles, type ChangeRequest} from './change-request.ts';
import type {Assessed, Found, Prepared} from './prepare-change.ts';
import type {Plan, Result} from '../../plan/progress.ts';

/** The files of a change for which files were asked, or that somebody else has to apply. Null: it is applied here. */
export function filesOf(
  request: ChangeRequest,
  found: Found,
  prepared: Pick<Prepared, 'applied'>,
): readonly PatchedFile[] | null {
  const {before} = found;
  if (!isThroughFiles(request, before) || (isSteered(before) && (prepared.applied || isInForce(found)))) return null;
  return releasePatch(before.steering ?? null, changedRelease(request, found));
}

/**
 * The cause where what is wanted is written there, but the cluster does not have it yet: pods that restart now would
 * miss it. Where helm has a record, that record tells.
 */
export function awaitsSync({kind}: ChangeRequest, {before}: Found, {assessment}: Assessed): Cause | null {
  if (!before.steering || before.release.hasRecord !== false || kind === 'restart') return null;
  return isApplied(assessment.rendering.sets, before) ? null : notAppliedYet(before, before.steering);
}

/**
 * Whether helm, or the tool that steers the release, has the values already, so that only the cluster has to follow.
 */
function isInForce({before, values, context}: Found): boolean {
  return values === before.release.values && viewOf(before).newest?.chartVersion === context.chart.version;
}

function changedRelease({chart}: ChangeRequest, {before, values}: Found) {
  const {target, release} = before;
  const now = {values: release.values ?? {}, chartVersion: viewOf(before).newest?.chartVersion ?? chart.version};
  return {
    release: target.release,
    namespace: target.namespace,
    before: now,
    after: {values, chartVersion: chart.version},
  };
}

/** The plan of such a change, which names the files first. */
export function planWithFiles(
  plan: Plan,
  files: readonly PatchedFile[],
  before: Snapshot,
  {patch}: Pick<ChangeRequest, 'patch'>,
): Plan {
  const places = files.map(({place}) => place);
  return {
    ...plan,
    consequences: [
      filesConsequence(before, before.steering ?? null, {places, folder: patch?.folder ?? null}),
      ...plan.consequences,
    ],
    files: files.map(({name, text}) => ({name, text})),
  };
}

/** Why files cannot express the change, or were not asked for. Null: they are written. */
export function filesRefusal(
  request: ChangeRequest,
  found: Found,
  {settings}: Assessed,
  files: readonly PatchedFile[],
): Cause | null {
  const {before, first} = found;
  if (request.patch === undefined && before.steering) {
    const isInGitAlone = before.steering.object !== null && files.every(({holds}) => holds === 'values');
    const differs = isInGitAlone ? changedValues(changedRelease(request, found)) : [];
    return takenBack(before, before.steering, {writing: request.writing ?? request.command, differs});
  }
  if (fromValues(before.release.values) === null) return unknownValues(before);
  if (settings.between !== null) return takesTwoChanges(before, 'Some of these settings rise and some fall');
  if (first !== null) return takesTwoChanges(before, 'Commits are to wait for another number of readers');
  return null;
}

function unknownValues({target}: Snapshot): Cause {
  return cause('STEERED', `What values ${target.release} has now is not known here. Nothing was changed.`, {
    object: {kind: 'Release', namespace: target.namespace, name: target.release},
  });
}

/** What is written: each file, and all that changes in them as one diff. */
export function writtenFiles(files: readonly PatchedFile[], release: string): readonly ExportedFile[] {
  return [...files.map(({name, text}) => ({name, text})), {name: `${release}.diff`, text: patchText(files)}];
}

/** The end of a run that wrote files, with where they are and what is left to do. */
export function withFiles(
  result: Result,
  written: readonly {readonly name: string; readonly path: string}[],
  {before}: Found,
  command: string,
): Result {
  const {release} = before.target;
  const next = written.length === 0 ? null : command;
  const notes = result.cause ? [] : nextSteps(before.steering ?? null, release, next);
  return {
    ...result,
    files: written,
    notes: [...result.notes, ...written.map(({path}) => `${path} is written.`), ...notes],
  };
}
