// What the way back from an adoption depends on, read from the cluster.
import {secretKeys} from '../../chart/secret-keys.ts';
import {selectorOf} from '../../chart/names.ts';
import type {Values} from '../../chart/tree.ts';
import {fromValues} from '../../chart/values.ts';
import type {Api} from '../../cluster/api.ts';
import {readCredentials} from '../../cluster/credentials.ts';
import {passwordIn, type Secret} from '../../cluster/own-secret.ts';
import {paths} from '../../cluster/paths.ts';
import {ifAllowed} from '../../cluster/readable.ts';
import {readRevision, type PastRevision} from '../../cluster/releases.ts';
import type {Remedy} from '../../core/cause.ts';
import type {StatefulSet} from '../../observation/kubernetes.ts';
import type {Revision, Target} from '../../observation/snapshot.ts';
import {
  beforeAdoption,
  forgottenWayBack,
  grownSince,
  hasOtherImage,
  oldValuesIn,
  wayBack,
} from '../../plan/way-back.ts';

interface Before {
  readonly revision: Revision;
  readonly values: Values;
}

/** @param now the values of the newest revision */
export async function wayBackTo(
  api: Api,
  target: Target,
  {revision, values}: Before,
  {sets, now: newest}: {readonly sets: readonly StatefulSet[]; readonly now: Values | null},
): Promise<readonly Remedy[]> {
  const isGiven = target.given?.secret !== undefined;
  const now = isGiven ? null : ((await ifAllowed(readCredentials(api, target)))?.found ?? {});
  return wayBack(target, revision, {
    oldPasswords: now === null ? [] : await oldPasswordsOf(api, target, now),
    // A chart that was given a Secret reads no password from its values.
    oldValues: now === null ? [] : oldValuesIn(values, now),
    grown: grownSince(values, sets, target),
    isOtherImage: hasOtherImage(fromValues(newest)),
  });
}

/**
 * What a release that is ours by an adoption was before, and the values of its newest revision. Null for any other, and
 * where helm has forgotten it.
 */
export async function adoptedFrom(
  api: Api,
  target: Target,
  revisions: readonly PastRevision[],
): Promise<{readonly before: Before; readonly now: Values | null} | null> {
  const [revision, newest] = [beforeAdoption(revisions), revisions.at(-1)];
  if (revision === null || newest === undefined) return null;
  const [before, opened] = await Promise.all([
    readRevision(api, target, revision.revision),
    readRevision(api, target, newest.revision),
  ]);
  const now = opened?.values ?? null;
  // Whoever has gone back already is not told how.
  return before === null || fromValues(now) === null ? null : {before, now};
}

/** The way back of a release that is ours by an adoption; empty for any other. */
export async function wayBackIn(
  api: Api,
  target: Target,
  revisions: readonly PastRevision[],
): Promise<readonly Remedy[]> {
  const adopted = await adoptedFrom(api, target, revisions);
  if (adopted === null) return forgottenWayBack(revisions);
  const labels = {labelSelector: selectorOf(target)};
  const sets = await ifAllowed(api.list<StatefulSet>(paths.statefulSets(target.namespace), labels));
  return wayBackTo(api, target, adopted.before, {sets: sets?.items ?? [], now: adopted.now});
}

/** Keys of the chart's own Secret whose passwords the database no longer takes. A Secret that was given is the same. */
async function oldPasswordsOf(
  api: Api,
  target: Target,
  ours: Readonly<Partial<Record<'admin' | 'user' | 'replication', string>>>,
): Promise<readonly string[]> {
  const ofChart = await ifAllowed(api.find<Secret>(`${paths.secrets(target.namespace)}/${target.fullname}`));
  const roles = ['admin', 'user', 'replication'] as const;
  return roles.flatMap((role) => {
    const key = secretKeys[role];
    const [old, now] = [ofChart?.data?.[key], ours[role]];
    return old === undefined || now === undefined || passwordIn(old) === now ? [] : [key];
  });
}
