// A quota of the namespace does not allow another pod or claim.
import {kubectlHere} from '../../commands/kubectl.ts';
import {cause, type Remedy} from '../../core/cause.ts';
import {databaseContainer} from '../../chart/names.ts';
import {listed} from '../checks/messages.ts';
import type {Snapshot} from '../snapshot.ts';
import {exceededQuotaName, quotaShortage, unstatedIn, type Unstated} from '../pods/want-of-room.ts';
import {failedCreate} from './failed-create.ts';
import type {FoundCause} from './rule.ts';
import {askFor, evidence, refTo} from './messages.ts';

/** Certain: somebody has to raise the quota or ask for less. */
export function quotaExceeded(snapshot: Snapshot): FoundCause | null {
  const failed = failedCreate(snapshot, /exceeded quota|failed quota|must specify (limits|requests)\./);
  if (!failed) return null;
  const unsaid = unstatedIn(failed.words);
  const quota = exceededQuotaName(failed.words);
  const {namespace} = snapshot.target;
  const why = unsaid
    ? `the quota ${unsaid.quota} of the namespace ${namespace} demands that every container states ` +
      `${listed(unsaid.resources)}${withoutIt(unsaid)}`
    : quota
      ? `the quota ${quota} of the namespace ${namespace} leaves no room: ${quotaShortage(failed.words)}`
      : `a quota of the namespace ${namespace} leaves no room`;
  return {
    certain: failed.current,
    cause: cause('QUOTA_EXCEEDED', `The StatefulSet ${failed.set.metadata.name} may not create its next pod: ${why}.`, {
      object: refTo('StatefulSet', failed.set.metadata, snapshot),
      firstSeen: failed.firstSeen,
      evidence: evidence(failed.words),
      remedies: [
        {
          title: 'See the quotas of the namespace; who runs the cluster can raise them',
          command: kubectlHere(snapshot.target, 'describe', 'resourcequota'),
        },
        unsaid ? stateWhatIsDemanded(snapshot, unsaid) : askForLess(snapshot),
      ],
    }),
  };
}

function withoutIt({containers}: Unstated): string {
  return containers.length === 0 ? '' : `: ${listed(containers)} ${containers.length === 1 ? 'has' : 'have'} none`;
}

/** The containers beside the database that we know, and where the values of the chart have their resources. */
const resourcesAt: Readonly<Record<string, string>> = {
  metrics: 'metrics.resources',
  'init-chmod-data': 'volumePermissions.resources',
};

function stateWhatIsDemanded(snapshot: Snapshot, {resources, containers}: Unstated): Remedy {
  const demanded = listed(resources);
  const title = `Give the containers what the quota demands: ${demanded}`;
  const ofDatabase = containers.length === 0 || containers.includes(databaseContainer);
  if (resources.includes('limits.cpu') && ofDatabase)
    return askFor(snapshot, {kind: 'set', title, blanks: '--cpu-limit QUANTITY', flags: '--cpu-limit'});
  const places = containers.flatMap((name) =>
    resources.flatMap((resource) => (resourcesAt[name] ? [`${resourcesAt[name]}.${resource}`] : [])),
  );
  return askFor(snapshot, {
    kind: 'set',
    title: places.length === 0 ? `${title}, where the values have them` : `${title} (${listed(places)})`,
    blanks: '--values FILE',
    flags: `a value for ${demanded}`,
  });
}

function askForLess(snapshot: Snapshot): Remedy {
  return askFor(snapshot, {
    kind: 'resize',
    title: 'Or ask for less: resize with a smaller --memory or --cpu, or scale with fewer --read-replicas',
    blanks: '--memory QUANTITY --cpu QUANTITY',
    flags: 'less: --memory, --cpu, --storage-size or --read-replicas',
  });
}
