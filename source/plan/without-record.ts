// A database that `helm template | kubectl apply` made: helm has no record of it, and only whoever rendered it knows
// its values. What its objects do not say is asked for; with it, helm gets a record of the database as it stands.
import {cause, type Cause, type Remedy} from '../core/cause.ts';
import {adoptAsIs, releaseRef} from '../commands/operation.ts';
import {render} from '../commands/command-line.ts';
import {chartVersionOf, instanceSelector, labelKeys} from '../chart/names.ts';
import {helmAnnotations, lastApplied} from '../chart/tool-annotations.ts';
import {kubectlHere} from '../commands/kubectl.ts';
import {helm, listed, object} from '../observation/checks/messages.ts';
import type {StatefulSet} from '../observation/kubernetes.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import {appliedChartProblem, notNoted} from './applied-objects.ts';

/** What the chart makes, as kubectl names it; a kind that is not there counts as none. */
const kinds = 'statefulset,service,serviceaccount,configmap,secret,networkpolicy,poddisruptionbudget';

type Seen = Pick<Snapshot, 'target' | 'statefulSets'>;

/** @param why it is not done here, such as `no label says which chart it was rendered of` */
export function withoutRecord(seen: Seen, why: string): Cause {
  const {target, statefulSets} = seen;
  return cause(
    'NOT_ADOPTABLE',
    `${target.release} cannot be adopted yet: helm has no record of it, and none can be made of what runs, because ` +
      `${why}. Nothing was changed.`,
    {
      object: object('Release', target, target.release),
      evidence: statefulSets.map(
        ({metadata}) =>
          `StatefulSet ${metadata.name}: ${metadata.labels?.[labelKeys.chart] ?? `no label ${labelKeys.chart}`}`,
      ),
      remedies: recordByHand(seen),
    },
  );
}

/** The refusal when the objects do not say all: the rest is in the values that they were rendered with. */
export function appliedLost(seen: Seen, losses: readonly string[]): Cause {
  const {target} = seen;
  return cause(
    'NOT_ADOPTABLE',
    `${target.release} cannot be adopted yet: kubectl applied it, only whoever rendered it has its values, and ` +
      `without them ${listed(losses.slice(0, 3))}${losses.length > 3 ? ', and more,' : ''} would not be what it ` +
      'is now. Nothing was changed.',
    {object: object('Release', target, target.release), evidence: losses, remedies: recordByHand(seen)},
  );
}

function recordByHand({target, statefulSets}: Seen): readonly Remedy[] {
  const {release, namespace} = target;
  const [version = 'VERSION'] = statefulSets.flatMap(({metadata}) => chartVersionOf(metadata.labels) ?? []);
  const record = ['upgrade', '--install', release, 'CHART', '--version', version, '-f', 'FILE'];
  return [
    {
      title:
        'Give helm its record: the chart of that version, and the file of values that it was rendered with. ' +
        'Where the rendering is the same, its objects stay as they are and nothing restarts',
      command: helm(target, ...record, '--take-ownership'),
    },
    {
      title:
        'Where helm is older than 3.17 and does not know --take-ownership: mark the objects first, and leave it out',
      command: kubectlHere(
        target,
        ...['annotate', kinds, '-l', instanceSelector(release)],
        `${helmAnnotations.releaseName}=${release}`,
        `${helmAnnotations.releaseNamespace}=${namespace}`,
      ),
    },
    {title: 'Then take it over', command: render(adoptAsIs(releaseRef(target)))},
  ];
}

/**
 * Why it cannot be adopted, as far as its StatefulSets say: what else was applied is read when it is taken over.
 * @returns null where a record can be made of it
 */
export function appliedRefusal(seen: Seen): Cause | null {
  const {target, statefulSets} = seen;
  const applier = applierOf(statefulSets);
  if (applier !== null)
    return cause(
      'NOT_ADOPTABLE',
      `${target.release} cannot be adopted: ${applier} applies it again and again, and would take back what is ` +
        'changed here. Nothing was changed.',
      {
        object: object('Release', target, target.release),
        remedies: [
          {
            title:
              `Change it where ${applier} takes it from; or take it out there so that its objects stay, and adopt ` +
              'it then',
          },
        ],
      },
    );
  const unnoted = statefulSets.find(({metadata}) => metadata.annotations?.[lastApplied] === undefined);
  if (unnoted) return withoutRecord(seen, notNoted('StatefulSet', unnoted.metadata.name));
  const chart = statefulSets[0]?.metadata.labels?.[labelKeys.chart];
  const problem = appliedChartProblem(chart);
  return problem === null ? null : withoutRecord(seen, problem);
}

/**
 * Tools that apply what is there again and again. Sources: Flux, Kustomization; Rancher Fleet and k3s, labels of an
 * object set; kapp, labels; Config Sync, annotations.
 */
const appliers: readonly (readonly [mark: RegExp, name: string])[] = [
  [/^kustomize\.toolkit\.fluxcd\.io\/name$/, 'a Kustomization of Flux'],
  [/^objectset\.rio\.cattle\.io\//, 'Fleet'],
  [/^kapp\.k14s\.io\/app$/, 'kapp'],
  [/^configsync\.gke\.io\/|^configmanagement\.gke\.io\//, 'Config Sync'],
];

function applierOf(sets: readonly Pick<StatefulSet, 'metadata'>[]): string | null {
  const marks = sets.flatMap(({metadata}) => Object.keys({...metadata.labels, ...metadata.annotations}));
  return appliers.find(([mark]) => marks.some((one) => mark.test(one)))?.[1] ?? null;
}
