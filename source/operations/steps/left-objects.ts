// What helm leaves behind when it removes a release: it goes by the newest manifest, also by one of a revision that
// failed, and knows nothing of objects that only an older revision made.
import {isLeftByUs, ownershipOf} from '../../observation/ownership.ts';
import type {ObjectMetadata} from '../../observation/kubernetes.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {objectsNamedIn} from '../../plan/manifests.ts';
import type {Step} from '../converge.ts';
import {heldIn} from '../ownership.ts';
import type {Consequence} from '../../plan/progress.ts';
import type {HelmPort} from '../ports/helm.ts';

export function isWithoutRelease({release: {revisions}}: Pick<Snapshot, 'release'>): boolean {
  return revisions.length === 0 || revisions.at(-1)?.status === 'uninstalled';
}

/**
 * The objects that helm will not remove; without a release, all that are there. Never those of a release that is not
 * ours.
 */
export async function leftByHelm(ports: HelmPort, before: Snapshot): Promise<readonly ObjectMetadata[]> {
  if (isWithoutRelease(before)) return isLeftByUs(before) ? ports.helmObjects() : [];
  if (ownershipOf(heldIn(before)).kind !== 'ours') return [];
  const [objects, manifest] = await Promise.all([ports.helmObjects(), ports.manifest()]);
  const known = objectsNamedIn(manifest);
  return objects.filter((one) => !known.has(nameOf(one)));
}

/**
 * Looks for what is left once helm has finished, and removes it.
 * @param known what is there without a release; null: helm has not finished yet
 */
export function leftObjectsGo(known: readonly ObjectMetadata[] | null): Step<unknown> {
  let left = known;
  return {
    name: 'what helm left',
    done: () => left?.length === 0,
    async run(ports) {
      const found = await ports.helmObjects();
      if (found.length > 0) await ports.deleteObjects(found);
      left = found.length > 0 ? await ports.helmObjects() : found;
      return found.length === 0 ? null : `Helm had left behind, and it was removed: ${found.map(nameOf).join(', ')}.`;
    },
  };
}

/** What is there beside helm goes with the release; Secrets go when the data does. */
function ownObjectsThatGo(own: readonly ObjectMetadata[], deleteData: boolean): readonly ObjectMetadata[] {
  return own.filter(({kind}) => deleteData || kind !== 'Secret');
}

/** @param known what is there now */
export function ownObjectsGo(known: readonly ObjectMetadata[], deleteData: boolean): Step<unknown> {
  let left = ownObjectsThatGo(known, deleteData);
  return {
    name: 'what we made beside it',
    done: () => left.length === 0,
    async run(ports) {
      const found = ownObjectsThatGo(await ports.ownObjects(), deleteData);
      if (found.length > 0) await ports.deleteObjects(found);
      left = found.length > 0 ? ownObjectsThatGo(await ports.ownObjects(), deleteData) : found;
      return null;
    },
  };
}

/** Leaves out Secrets, which are in the ledger. */
export function ownConsequences(own: readonly ObjectMetadata[]): Consequence[] {
  return own
    .filter(({kind}) => kind !== 'Secret')
    .map((one) => ({
      code: 'REMOVE',
      object: nameOf(one),
      sentence: `${nameOf(one)} goes: an earlier run made it for backups or to try a start, and left it.`,
    }));
}

export function leftConsequences(before: Snapshot, left: readonly ObjectMetadata[]): Consequence[] {
  const newest = before.release.revisions.at(-1);
  const why = isWithoutRelease(before)
    ? 'helm has removed the release without it'
    : `revision ${newest?.revision ?? '?'}, ${newest?.status ?? '?'}, does not name it, so helm would leave it behind`;
  // A StatefulSet is mentioned together with its endpoint.
  const others = left.filter(({kind}) => kind !== 'StatefulSet');
  return others.map((one) => ({code: 'REMOVE', object: nameOf(one), sentence: `${nameOf(one)} goes: ${why}.`}));
}

function nameOf({kind, metadata}: ObjectMetadata): string {
  return `${kind}/${metadata.name}`;
}
