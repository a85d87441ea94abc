// A database that `helm template | kubectl apply` made: helm has no record of it, and only whoever rendered it knows
// with what. With its values helm gets a record of it as it stands; then it is like one that helm made.
import {cause, type Cause} from '../core/cause.ts';
import {releaseRef} from '../commands/operation.ts';
import {render} from '../commands/command-line.ts';
import {helmAnnotations, lastApplied} from '../chart/names.ts';
import {helm, kubectlHere, object} from '../observation/checks/messages.ts';
import type {StatefulSet} from '../observation/kubernetes.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import {notNoted} from './applied-objects.ts';

/** What the chart makes, as kubectl names it; a kind that is not there counts as none. */
const kinds = 'statefulset,service,serviceaccount,configmap,secret,networkpolicy,poddisruptionbudget';

/** @param why it is not done here, such as `no label says which chart it was rendered of` */
export function withoutRecord({target, statefulSets}: Pick<Snapshot, 'target' | 'statefulSets'>, why: string): Cause {
  const {release, namespace} = target;
  const label = statefulSets.flatMap(({metadata}) => metadata.labels?.['helm.sh/chart'] ?? [])[0];
  const version = /^postgresql-(\d+\.\d+\.\d+)$/.exec(label ?? '')?.[1] ?? 'VERSION';
  const asked = {sizes: {}, readReplicas: null, restartsLater: false} as const;
  const record = ['upgrade', '--install', release, 'CHART', '--version', version, '-f', 'FILE'];
  return cause(
    'NOT_ADOPTABLE',
    `${release} cannot be adopted yet: helm has no record of it, and none can be made of what runs, because ${why}. ` +
      'Nothing was changed.',
    {
      object: object('Release', target, release),
      evidence: statefulSets.map(
        ({metadata}) =>
          `StatefulSet ${metadata.name}: ${metadata.labels?.['helm.sh/chart'] ?? 'no label helm.sh/chart'}`,
      ),
      remedies: [
        {
          title:
            'Give helm its record: the chart of that version, and the file of values that it was rendered with. ' +
            'Where the rendering is the same, its objects stay as they are and nothing restarts',
          command: helm(target, ...record, '--take-ownership'),
        },
        {
          title:
            'Where helm is older than 3.17 and does not know --take-ownership: mark the objects first, and leave ' +
            'it out',
          command: kubectlHere(
            target,
            ...['annotate', kinds, '-l', `app.kubernetes.io/instance=${release}`],
            `${helmAnnotations.releaseName}=${release}`,
            `${helmAnnotations.releaseNamespace}=${namespace}`,
          ),
        },
        {title: 'Then take it over', command: render({kind: 'adopt', ...releaseRef(target), ...asked})},
      ],
    },
  );
}

/**
 * As far as its StatefulSets say: what else was applied is read when it is taken over.
 * @returns null where a record can be made of it
 */
export function appliedRefusal(snapshot: Pick<Snapshot, 'target' | 'statefulSets'>): Cause | null {
  const {statefulSets} = snapshot;
  if (statefulSets.length === 0) return withoutRecord(snapshot, 'it has no StatefulSet');
  const unnoted = statefulSets.find(({metadata}) => metadata.annotations?.[lastApplied] === undefined);
  if (unnoted) return withoutRecord(snapshot, notNoted('StatefulSet', unnoted.metadata.name));
  const applier = appliersOf(statefulSets)[0];
  return applier === undefined
    ? null
    : withoutRecord(snapshot, `${applier} applies it, and would take back what is changed here`);
}

/**
 * Who applies again and again what is there. Sources: Flux, Kustomization; Rancher Fleet and k3s, labels of an object
 * set; kapp, labels; Config Sync, annotations.
 */
const appliers: readonly (readonly [mark: RegExp, name: string])[] = [
  [/^kustomize\.toolkit\.fluxcd\.io\/name$/, 'a Kustomization of Flux'],
  [/^objectset\.rio\.cattle\.io\//, 'Fleet'],
  [/^kapp\.k14s\.io\/app$/, 'kapp'],
  [/^configsync\.gke\.io\/|^configmanagement\.gke\.io\//, 'Config Sync'],
];

function appliersOf(sets: readonly Pick<StatefulSet, 'metadata'>[]): readonly string[] {
  const marks = sets.flatMap(({metadata}) => Object.keys({...metadata.labels, ...metadata.annotations}));
  return appliers.flatMap(([mark, name]) => (marks.some((one) => mark.test(one)) ? [name] : []));
}
