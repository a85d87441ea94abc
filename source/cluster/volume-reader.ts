// The volumes under a release's claims, for looks that come several times a second: read seldom, in the background.
import type {PersistentVolumeClaim, PersistentVolume} from '../observation/kubernetes.ts';

type Volumes = Readonly<Record<string, PersistentVolume>>;

/** One request for each claim this often, at most. */
const freshMs = 5000;

interface VolumeReader {
  /** Returns what is known, and reads again in the background when that is old, or the claims have changed. */
  known(claims: readonly PersistentVolumeClaim[]): Volumes;
}

/**
 * Volumes that cannot be read are missing from the result. Nothing waits for the reading, and nothing fails when it
 * fails.
 */
export function volumeReader(
  read: (claims: readonly PersistentVolumeClaim[]) => Promise<Volumes>,
  now: () => number,
): VolumeReader {
  let newest: Volumes = {};
  let of = '';
  let askedAt = -Infinity;
  let isAsking = false;
  return {
    known(claims) {
      const bound = claims.filter(({spec}) => spec.volumeName);
      const desired = bound.map(({spec}) => spec.volumeName).join();
      if (!isAsking && bound.length > 0 && (desired !== of || now() - askedAt >= freshMs)) {
        isAsking = true;
        of = desired;
        askedAt = now();
        void read(bound)
          .then((volumes) => (newest = volumes))
          .catch(() => undefined)
          .finally(() => (isAsking = false));
      }
      return newest;
    },
  };
}
