// Asked before every change: whether this release is ours, and if not, what its owner does.
import {databaseChart} from '../chart/names.ts';
import type {Cause} from '../core/cause.ts';
import {defaultChart} from '../chart/default-chart.ts';
import {readBackDifferences} from '../chart/read-back.ts';
import {notOurs, ownershipOf, type RecordedRevision, type Held} from '../observation/ownership.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import type {Survey} from '../observation/survey.ts';
import type {HelmPort} from './ports/helm.ts';

export function heldIn(seen: Pick<Snapshot, 'target' | 'release' | 'statefulSets'> | Survey): Held {
  const {target, release} = seen;
  const sets = 'statefulSets' in seen ? seen.statefulSets : seen.sameNames.filter(({kind}) => kind === 'StatefulSet');
  return {target, release, holdsPostgres: sets.length > 0};
}

/**
 * NOT_OURS; null where it is ours, or there is no such release. Opens earlier records only where it is not.
 * @param chart where the chart is taken from
 */
export async function ownershipRefusal(
  held: Held,
  record: HelmPort['record'],
  chart: string = defaultChart.source,
): Promise<Cause | null> {
  const {kind} = ownershipOf(held);
  if (kind === 'none' || kind === 'ours') return null;
  return notOurs(held, kind === 'other chart' ? null : await earlierOf(held, record), chart);
}

async function earlierOf({target, release}: Held, record: HelmPort['record']): Promise<RecordedRevision | null> {
  const good = release.revisions
    .slice(0, -1)
    .filter(({status}) => status === 'deployed' || status === 'superseded')
    .reverse();
  for (const {revision, status} of good) {
    const opened = await record(revision);
    if (opened?.revision.chartName !== databaseChart) continue;
    if (readBackDifferences(opened.values, target)?.length === 0)
      return {revision, isDeployed: status === 'deployed', values: opened.values};
  }
  return null;
}
