// A first install that broke off before the cluster made anything of it, and whose Secret was deleted: no database was
// ever made with the passwords.
import type {Snapshot} from './snapshot.ts';

/** Helm's words for a first install that has not ended well. */
const neverDeployed: readonly string[] = ['pending-install', 'failed'];
const kinds: readonly string[] = ['releases', 'secrets', 'statefulsets', 'pods', 'persistentvolumeclaims'];

/**
 * True only where it is certain: everything that a database would leave may be listed, and nothing of it is there.
 * Should an earlier helm still be at work, no pod starts meanwhile either, because the Secret is missing.
 */
export function isNeverMade({release, secret, statefulSets, pods, claims, unreadable}: Snapshot): boolean {
  return (
    secret === null &&
    release.revisions.every(({status}) => neverDeployed.includes(status)) &&
    statefulSets.length + pods.length + claims.length === 0 &&
    !kinds.some((kind) => unreadable.includes(kind))
  );
}
