// How full the volumes are: asked in the pods that have them mounted, seldom and in the background.
import {claimOfPod} from '../chart/names.ts';
import {bytesOf} from '../parameters/quantity.ts';
import {isReady} from '../observation/release-view.ts';
import type {Pod} from '../observation/kubernetes.ts';
import type {Snapshot, UsageFact} from '../observation/snapshot.ts';

type ExecIn = (
  pod: string,
  container: string,
  command: readonly string[],
  stdin: string,
  timeoutMs: number,
) => Promise<{readonly exitCode: number | null; readonly stdout: string}>;

const freshMs = 30_000;
const timeoutMs = 5000;
const volume = 'data';

/**
 * POSIX df in KiB. For a volume that is a folder of a larger disk (hostPath, local, NFS) df reports the disk, so its
 * files are counted instead. Arguments: the mount path, and the most KiB that a volume of that size can have.
 */
const script =
  'set -- "$1" "$2" $(df -Pk "$1" | tail -n 1); if [ "$4" -gt "$2" ]; then du -sk "$1"; else echo "$5"; fi';

/** What is asked about: the pods of a release and their claims. */
type Seen = Pick<Snapshot, 'target' | 'pods' | 'claims'>;

interface UsageReader {
  /** Returns what is known, and asks again in the background when that is old. */
  known(seen: Seen): readonly UsageFact[];
  /** Never throws; empty where nothing may be run in the pods. */
  asked(seen: Seen): Promise<readonly UsageFact[]>;
}

export function usageReader(exec: ExecIn, container: string, now: () => number): UsageReader {
  let newest: UsageFact | null = null;
  let askedAt = -Infinity;
  let asking: Promise<void> | null = null;

  const read = async (seen: Seen): Promise<void> => {
    askedAt = now();
    const volumes = await Promise.all(seen.pods.filter(isReady).map((pod) => usedOf(exec, container, pod, seen)));
    newest = {kind: 'usage', at: askedAt, volumes: volumes.flat()};
  };
  const refresh = (seen: Seen): Promise<void> => {
    if (now() - askedAt >= freshMs) asking ??= read(seen).finally(() => (asking = null));
    return asking ?? Promise.resolve();
  };
  const facts = () => (newest ? [newest] : []);
  return {
    known(seen) {
      void refresh(seen);
      return facts();
    },
    asked: async (seen) => refresh(seen).then(facts),
  };
}

/** Where the pod has its volume mounted; undefined where it mounts only a part of the volume. */
function mountPathIn({spec}: Pod, container: string): string | undefined {
  return spec.containers
    .find(({name}) => name === container)
    ?.volumeMounts?.find(({name, subPath}) => name === volume && !subPath)?.mountPath;
}

async function usedOf(
  exec: ExecIn,
  container: string,
  pod: Pod,
  {target, claims}: Seen,
): Promise<UsageFact['volumes']> {
  const path = mountPathIn(pod, container);
  const claim = claims.find(({metadata: {name}}) => name === claimOfPod(target, pod.metadata.name));
  const size = claim?.status?.capacity?.['storage'];
  if (!path || !claim || !size) return [];
  const maxKib = Math.ceil((1.5 * bytesOf(size)) / 1024);
  const {exitCode, stdout} = await exec(
    pod.metadata.name,
    container,
    ['sh', '-c', script, 'df', path, String(maxKib)],
    '',
    timeoutMs,
  ).catch(() => ({exitCode: null, stdout: ''}));
  const [, kibibytes] = /^(\d+)/.exec(stdout) ?? [];
  return exitCode === 0 && kibibytes !== undefined
    ? [{claim: claim.metadata.name, usedBytes: Number(kibibytes) * 1024}]
    : [];
}
