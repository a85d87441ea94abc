// ControllerRevisions: which template a pod was made of. Templates that mean the same are one revision, whoever wrote
// them.
import {createHash} from 'node:crypto';
import {sameMeaning, withoutZeros} from '../../store/canonical.ts';
import {kinds} from '../../store/kinds.ts';
import type {KubeObject} from '../../store/objects.ts';
import {omit} from '../../store/omit.ts';
import type {Store} from '../../store/store.ts';
import {controllerOf, ownedBy} from '../shapes.ts';
import {specOf, type Template} from './shape.ts';

const hashLabel = 'controller.kubernetes.io/hash';
/**
 * The letters of Kubernetes: no vowels and no digits that look like them. Source: apimachinery, rand.SafeEncodeString.
 */
const safeLetters = 'bcdfghjklmnpqrstvwxz2456789';

/** All revisions of the set, oldest first. A revision that was kept when the set was replaced is taken over. */
export function revisionsOf(store: Store, set: KubeObject): KubeObject[] {
  const wanted = specOf(set).selector;
  const found = store.list(kinds.controllerRevision, set.metadata.namespace ?? '').flatMap((revision) => {
    const owner = controllerOf(revision);
    if (owner) return owner.uid === set.metadata.uid ? [revision] : [];
    const labels = revision.metadata.labels ?? {};
    const mine =
      revision.metadata.name.startsWith(`${set.metadata.name}-`) &&
      Object.entries(wanted.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
    return mine
      ? [
          store.update(kinds.controllerRevision, {
            ...revision,
            metadata: {...revision.metadata, ownerReferences: ownedBy(set)},
          }),
        ]
      : [];
  });
  return found.sort((a, b) => numberOf(a) - numberOf(b));
}

/** The revision of the set's current template: an existing one, which then becomes the newest, or a new one. */
export function updateRevision(store: Store, set: KubeObject, known: readonly KubeObject[]): KubeObject {
  const {template} = specOf(set);
  const newest = numberOf(known.at(-1));
  const same = known.findLast((revision) => sameMeaning(templateOf(revision), template));
  if (same)
    return numberOf(same) === newest ? same : store.update(kinds.controllerRevision, {...same, revision: newest + 1});
  const {name, namespace = ''} = set.metadata;
  for (let collisions = 0; ; collisions++) {
    const hash = hashOf(template, collisions);
    if (store.get(kinds.controllerRevision, namespace, `${name}-${hash}`)) continue;
    return store.create(kinds.controllerRevision, {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `${name}-${hash}`,
        namespace,
        labels: {...template.metadata?.labels, [hashLabel]: hash},
        ownerReferences: ownedBy(set),
      },
      data: {spec: {template: {...template, $patch: 'replace'}}},
      revision: newest + 1,
    });
  }
}

/** Removes revisions that no pod is made from and that are more than the set keeps. */
export function dropOldRevisions(
  store: Store,
  set: KubeObject,
  known: readonly KubeObject[],
  inUse: ReadonlySet<string>,
): void {
  const idle = known.filter(({metadata}) => !inUse.has(metadata.name));
  for (const {metadata} of idle.slice(0, Math.max(0, idle.length - (specOf(set).revisionHistoryLimit ?? 10))))
    store.remove(kinds.controllerRevision, metadata.namespace ?? '', metadata.name);
}

export function templateOf(revision: KubeObject): Template {
  const {spec} = revision['data'] as {spec: {template: Template & {$patch?: string}}};
  return omit(spec.template, '$patch');
}

function numberOf(revision: KubeObject | undefined): number {
  return Number(revision?.['revision'] ?? 0);
}

function hashOf(template: unknown, collisions: number): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([withoutZeros(template), collisions]))
    .digest();
  return [...digest.subarray(0, 10)].map((byte) => safeLetters[byte % safeLetters.length]).join('');
}
