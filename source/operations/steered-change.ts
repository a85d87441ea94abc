// A change that goes through files: what is wanted is written where the release comes from, and what has to be there
// before that is applied is done on the cluster.
import {changedValues, patchText, releasePatch, type PatchedFile} from '../export/release-patch.ts';
import type {ExportedFile} from '../export/release-files.ts';
import {cause, type Cause} from '../core/cause.ts';
import {fromValues} from '../chart/values.ts';
import {isApplied} from '../observation/is-applied.ts';
import {viewOf} from '../observation/release-view.ts';
import {isSteered} from '../observation/steering.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import {filesConsequence, nextSteps, notAppliedYet, takenBack, takesTwoChanges} from '../plan/steering.ts';
import type {ChangeRequest} from './change-request.ts';
import type {Assessed, Found, Prepared} from './prepare-change.ts';
import type {Plan, Result} from './progress.ts';

/** What goes through files, of a change that is asked for so, or that somebody else has to apply. */
export function filesOf(
  request: ChangeRequest,
  found: Found,
  prepared: Pick<Prepared, 'applied'>,
): readonly PatchedFile[] | null {
  const {before} = found;
  const isOurs = request.patch === undefined && !isSteered(before);
  if (isOurs || (isSteered(before) && (prepared.applied || isInForce(found)))) return null;
  return releasePatch(before.steering ?? null, changedRelease(request, found));
}

/**
 * What is wanted is said there, and the cluster does not have it yet: pods that restart now would miss it. Helm's
 * record says that itself.
 */
export function awaitsSync({kind}: ChangeRequest, {before}: Found, {assessment}: Assessed): Cause | null {
  if (!before.steering || before.release.hasRecord !== false || kind === 'restart') return null;
  return isApplied(assessment.rendering.sets, before) ? null : notAppliedYet(before, before.steering);
}

/** Helm, or whoever steers it, has the values already; what is left is the cluster's. */
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

/** The plan, told as what it is. */
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

/** Why files cannot say it, or are not asked for. Null: they are written. */
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
