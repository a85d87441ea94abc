// Taking a database out of the release of an application: what it means, why it cannot be, and what others have to do.
import {adoptAsIs, releaseRef} from '../commands/operation.ts';
import {databaseNameSelector, instanceSelector} from '../chart/names.ts';
import {resourcePolicy} from '../chart/tool-annotations.ts';
import {propose, render} from '../commands/command-line.ts';
import {mergeValues, type Values} from '../chart/tree.ts';
import {cause, type Cause, type Remedy} from '../core/cause.ts';
import {kubectlHere} from '../commands/kubectl.ts';
import {counted, helm, object} from '../observation/checks/messages.ts';
import type {Target} from '../observation/snapshot.ts';
import {type SubChart} from '../observation/sub-chart.ts';
import type {ChangeConsequence} from './change-facts.ts';

/** The values of the release that the database becomes. They restart no pod, and add no policy that was not there. */
export function detachedValues({values, objects}: SubChart): Values {
  const hasPolicy = objects.some(({kind}) => kind === 'NetworkPolicy');
  const component = {
    // The chart's own rollingUpdate is taken away, because it goes with RollingUpdate alone.
    updateStrategy: {type: 'OnDelete', rollingUpdate: null},
    ...(hasPolicy ? {} : {networkPolicy: {enabled: false}}),
  };
  return mergeValues(values, {primary: component, readReplicas: component});
}

/** Null: it can be taken out. */
export function detachRefusal(seen: SubChart | null, target: Target): Cause | null {
  if (seen === null)
    return refused(
      target,
      'no record of it has the chart postgresql as a dependency, so there is nothing to take out',
      [],
    );
  const {parent, sets, version} = seen;
  if (parent.newest.status !== 'deployed')
    return refused(target, `its revision ${parent.newest.revision} is ${parent.newest.status}`, [
      {title: 'When no helm is at work on it any more, complete it with helm; then run the same command again'},
    ]);
  if (sets.length === 0 && seen.pods.length === 0)
    return refused(target, 'its database has no StatefulSet and no pod that carry its labels', []);
  const major = Number(version.split('.')[0]);
  if (!(major >= 11 && major <= 16))
    return refused(
      target,
      `its sub-chart is postgresql ${version || 'of an unknown version'}, and 11 to 16 are known here`,
      [],
    );
  return null;
}

function refused(target: Target, why: string, remedies: readonly Remedy[]): Cause {
  return cause('NOT_ADOPTABLE', `The database of ${target.release} cannot be taken out: ${why}. Nothing was changed.`, {
    object: object('Release', target, target.release),
    remedies,
  });
}

const off = ({path}: SubChart) => `${path.join('.')}.enabled=false`;

export function detachConsequences(seen: SubChart, target: Target): readonly ChangeConsequence[] {
  const {parent, release, objects, pods} = seen;
  const {chartName, chartVersion} = parent.newest;
  const application = `Release/${parent.release}`;
  return [
    {
      code: 'OWNERSHIP_CHANGE',
      object: application,
      sentence:
        `The database leaves ${parent.release} (chart ${chartName} ${chartVersion}) and becomes the release ` +
        `${release}, with the same data, volumes, names, addresses and passwords. ` +
        `${counted(pods.length, 'pod')} ${pods.length === 1 ? 'goes' : 'go'} on running.`,
    },
    {
      code: 'DATA_KEPT',
      object: application,
      sentence:
        `First ${objects.length} objects are marked so that helm leaves them (helm.sh/resource-policy: keep). Before ` +
        `that is done, an upgrade of ${parent.release} without the database would delete them.`,
    },
    {
      code: 'OWNERSHIP_CHANGE',
      object: application,
      sentence:
        `Then you upgrade ${parent.release} with ${off(seen)}, with your chart and values; its pods restart where ` +
        'their settings follow from that, so give it the address and the Secret of the database as an external one.',
    },
    {
      code: 'ENDPOINT_CHANGE',
      object: `Service/${release}`,
      sentence:
        'Then the StatefulSets are made again around their pods, and pods, volumes and Services get the new label at ' +
        'once: connections stay, and for some milliseconds a new one may find no pod.',
    },
    {
      code: 'OWNERSHIP_CHANGE',
      object: application,
      // Seen with helm 4.1: it does not own the labels that were moved, and takes them only with this flag.
      sentence:
        `The way back, until it is adopted: ${undoCommands(seen, target).join('; ')}. Helm 4 takes --force-conflicts ` +
        'beside that.',
    },
  ];
}

/** The commands that undo it, until the database is adopted. */
function undoCommands({parent, release}: SubChart, target: Target): readonly string[] {
  const labels = instanceSelector(parent.release);
  const selector = ['-l', `${instanceSelector(release)},${databaseNameSelector}`];
  return [
    kubectlHere(target, 'delete', 'statefulset', ...selector, '--cascade=orphan'),
    kubectlHere(target, 'label', 'pod,pvc', ...selector, labels, '--overwrite'),
    kubectlHere(target, 'delete', 'secret', '-l', `owner=helm,name=${release}`),
    `${helm(target, 'upgrade', parent.release, 'CHART', '-f', 'values-of-before.yaml', '--take-ownership')}`,
  ];
}

/** What has to be done next by whoever has the parent's chart. */
export function parentHasIt(seen: SubChart, target: Target): Cause {
  const {parent} = seen;
  const {chartVersion} = parent.newest;
  return cause(
    'NOT_ADOPTABLE',
    `All ${seen.objects.length} objects of the database of ${parent.release} are marked so that helm leaves them. ` +
      `Now ${parent.release} has to be upgraded without it, by whoever has its chart.`,
    {
      object: object('Release', target, parent.release),
      remedies: [
        {
          title: 'With the chart that it has, and with the database as an external one in its values',
          command: helm(
            target,
            ...['upgrade', parent.release, 'CHART', '--version', chartVersion, '--reuse-values', '--set', off(seen)],
          ),
        },
        {title: 'Run the same command again: it goes on from there', again: true},
        {
          title: 'Or leave it as it is, and take the marks away',
          command: kubectlHere(
            target,
            ...['annotate', [...new Set(seen.objects.map(({kind}) => kind.toLowerCase()))].join(',')],
            ...['-l', `${instanceSelector(parent.release)},${databaseNameSelector}`, `${resourcePolicy}-`],
          ),
        },
      ],
    },
  );
}

/** Refuses to adopt a release that is an application with a database inside. */
export function insideAnother(target: Target, chartName: string): Cause {
  return cause(
    'NOT_ADOPTABLE',
    `${target.release} cannot be adopted: it is a release of the chart ${chartName}, with a database inside, and ` +
      'helm changes a release as a whole. Nothing was changed.',
    {
      object: object('Release', target, target.release),
      remedies: [
        propose('Take the database out of it first, as a release of its own; the plan says how, and what it risks', {
          ...adoptAsIs(releaseRef(target)),
          detach: true,
        }),
      ],
    },
  );
}

/** What is left to do. */
export function detachedNotes({release, parent}: SubChart, target: Target): readonly string[] {
  return [
    `The database of ${parent.release} is the release ${release} now, made by plain helm.`,
    `Take it over: ${render(adoptAsIs({...releaseRef(target), release}))}`,
  ];
}
