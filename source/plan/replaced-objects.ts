// What a rendering would take away from the database that runs: its objects, its volumes, or where it looks for data.
import {cause, type Cause} from '../core/cause.ts';
import {releaseRef} from '../commands/operation.ts';
import {propose} from '../commands/command-line.ts';
import {helmAnnotations} from '../chart/tool-annotations.ts';
import {objectNames} from '../chart/names.ts';
import {canonical} from '../chart/same-values.ts';
import {at, isObject, listAt, withoutPaths, type Path} from '../chart/tree.ts';
import {kubectlHere} from '../commands/kubectl.ts';
import {listed, object} from '../observation/checks/messages.ts';
import {viewOf} from '../observation/release-view.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import {databaseInManifest, objectsOfKind} from './manifests.ts';

/** A property of an object, as text that is the same for what means the same. */
interface Trait {
  readonly name: string;
  readonly of: (object: unknown) => string;
}

const volumeVariables = ['PGDATA', 'POSTGRESQL_VOLUME_DIR'];

/** The size of the claims is left out: it may grow, and a check of its own says when it would shrink. */
const setTraits: readonly Trait[] = [
  {name: 'its service name', of: traitAt('spec', 'serviceName')},
  {name: 'the pods that it selects', of: traitAt('spec', 'selector')},
  {name: 'the claims of its pods', of: (set) => canonical(listAt(set, ['spec', 'volumeClaimTemplates']).map(claimOf))},
  {name: 'where the volume is mounted', of: (set) => canonical(mountsOf(set))},
  {name: 'the folder of the data', of: (set) => canonical(variablesOf(set))},
];
const selectorTrait: Trait = {name: 'the pods that it leads to', of: traitAt('spec', 'selector')};
const typeTrait: Trait = {
  name: 'its type',
  of: (service) => canonical(at(service, ['spec', 'type']) ?? 'ClusterIP'),
};

/**
 * Null where the objects of the database stay what they are.
 * @param manifests what helm would apply
 * @param keepsExposure whether the Services have to keep their type: nobody asked for another exposure
 */
export function replacedObjects(before: Snapshot, manifests: string, keepsExposure: boolean): Cause | null {
  const {target, services, operation} = before;
  const {newest} = viewOf(before);
  const {writer, reader, writerHeadless, readerHeadless} = objectNames(target);
  // While an operation is half done, a Service may have its earlier type, or the one that it is to have.
  const keepsType = keepsExposure && operation === null && newest?.status === 'deployed';
  const names = [writer, reader, writerHeadless, readerHeadless];
  const own = services.filter(({metadata: {name}}) => names.includes(name));
  const sets = before.statefulSets.filter(
    ({metadata: {name, annotations}}) =>
      names.includes(name) || annotations?.[helmAnnotations.releaseName] === target.release,
  );
  const stray = sets.find(({metadata: {name}}) => !names.includes(name) && !isRendered(manifests, name));
  if (stray) return leftSet(before, stray.metadata.name);
  const found = [
    ...differences('StatefulSet', sets, manifests, setTraits),
    ...differences('Service', own, manifests, [selectorTrait, ...(keepsType ? [typeTrait] : [])]),
  ];
  const [first] = found;
  if (!first) return null;
  return cause(
    'CHART_REJECTED',
    `What helm would apply does not keep the database of ${target.release} as it is: ` +
      `${listed(found.map(({text}) => text).slice(0, 3))}${found.length > 3 ? ', and more' : ''}. Its data could ` +
      'be out of reach. Nothing was changed.',
    {
      object: object(first.kind, target, first.name),
      evidence: found.flatMap(({text, evidence}) => (evidence === null ? [text] : [`${text}: ${evidence}`])),
      remedies: [
        propose('Take the chart and the settings with which it runs', {kind: 'values', ...releaseRef(target)}),
        {
          title:
            'Where it has to be another one: install a release under another name, and copy the data there ' +
            '(uninstall has --dump-to; pg_dump and psql do the same)',
        },
      ],
    },
  );
}

function isRendered(manifests: string, set: string): boolean {
  return objectsOfKind(manifests, 'StatefulSet').some((one) => at(one, ['metadata', 'name']) === set);
}

/** The refusal for a StatefulSet that helm does not know: of a revision that failed half-way, say, or made by hand. */
function leftSet({target}: Snapshot, name: string): Cause {
  return cause(
    'CHART_REJECTED',
    `The StatefulSet ${name} of ${target.release} stands beside its database: an earlier revision made it, and helm ` +
      'does not know it any more. Its pods may answer behind the same Services. Nothing was changed.',
    {
      object: object('StatefulSet', target, name),
      remedies: [
        {
          title: 'See whether somebody uses it',
          command: kubectlHere(target, 'get', `statefulset/${name}`, '-o', 'wide'),
        },
        {
          title: 'Remove it, if nobody does: its pods stop, and the volumes that it made stay',
          command: kubectlHere(target, 'delete', `statefulset/${name}`),
        },
      ],
    },
  );
}

interface Found {
  readonly kind: string;
  readonly name: string;
  readonly text: string;
  readonly evidence: string | null;
}

function differences(
  kind: string,
  live: readonly {readonly metadata: {readonly name: string}}[],
  manifests: string,
  traits: readonly Trait[],
): readonly Found[] {
  const rendered = objectsOfKind(manifests, kind);
  return live.flatMap((is): Found[] => {
    const {name} = is.metadata;
    const will = rendered.find((one) => at(one, ['metadata', 'name']) === name);
    if (!will) return [{kind, name, text: `${kind} ${name} would go`, evidence: null}];
    return traits.flatMap((trait): Found[] => {
      const [old, fresh] = [trait.of(is), trait.of(will)];
      if (old === fresh) return [];
      return [{kind, name, text: `${trait.name} would change in ${kind} ${name}`, evidence: `${old} → ${fresh}`}];
    });
  });
}

function traitAt(...path: Path): (object: unknown) => string {
  return (found) => canonical(at(found, path));
}

/** Without what the API server adds by itself. Kubernetes API: volumeMode is Filesystem where it is not named. */
function claimOf(template: unknown): object {
  const spec = at(template, ['spec']);
  const rest = isObject(spec) ? withoutPaths(spec, [['resources']]) : {};
  return {name: at(template, ['metadata', 'name']), volumeMode: 'Filesystem', ...rest};
}

/** Where the volumes that outlive a pod are mounted. */
function mountsOf(set: unknown): readonly object[] {
  const claims = listAt(set, ['spec', 'volumeClaimTemplates']).map((one) => at(one, ['metadata', 'name']));
  return listAt(databaseInManifest(set), ['volumeMounts'])
    .filter((mount) => claims.includes(at(mount, ['name'])) || at(mount, ['name']) === 'data')
    .map((mount) => ({
      name: at(mount, ['name']),
      mountPath: at(mount, ['mountPath']),
      subPath: at(mount, ['subPath']) || null,
    }));
}

function variablesOf(set: unknown): object {
  return Object.fromEntries(
    listAt(databaseInManifest(set), ['env']).flatMap((one): [string, unknown][] => {
      const name = at(one, ['name']);
      return typeof name === 'string' && volumeVariables.includes(name) ? [[name, at(one, ['value']) ?? '']] : [];
    }),
  );
}
