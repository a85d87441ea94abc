// Counts the transactions on the volume of an earlier writer that a reader did not get, in a throw-away pod that only
// reads.
import {databaseIn} from '../chart/names.ts';
import type {Pod} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import type {LostCommits} from '../operations/ports/failover.ts';
import {findPrograms} from '../postgres/psql.ts';
import type {Api} from './api.ts';
import {paths} from './paths.ts';
import {readFolder, saidOnVolume} from './reading-pod.ts';

const maxMs = 30_000;

/**
 * pg_waldump reports even the end of the WAL as an error. A file that it cannot find or open must not count as no
 * transactions. `$1`: the timeline, `$2`: where the new one forked off.
 */
const script = [
  findPrograms,
  'command -v pg_waldump > /dev/null || exit 3',
  `out=$(pg_waldump -p ${readFolder}/data/pg_wal -t "$1" -s "$2" -r Transaction 2>&1)`,
  'case $out in *"could not find file"* | *"could not open"* | *"could not locate"*) exit 4 ;; esac',
  'printf "%s\\n" "$out" | grep -c "desc: COMMIT"',
  'exit 0',
].join('\n');

/** The parts of the database's own pod that the throw-away pod takes over. */
interface WriterSpec {
  readonly securityContext?: object;
  readonly serviceAccountName?: string;
  readonly imagePullSecrets?: readonly object[];
  readonly tolerations?: readonly object[];
  readonly containers: readonly {readonly name: string; readonly image?: string; readonly securityContext?: object}[];
}

/**
 * Null where the transactions cannot be counted, because the volume is on a node that is away, say.
 * @throws ApiError, ConnectionError
 */
export async function lostCommits(api: Api, target: Target, asked: LostCommits): Promise<number | null> {
  const {namespace} = target;
  const writer = await api.find<Pod & {readonly spec: WriterSpec}>(`${paths.pods(namespace)}/${asked.writer}`);
  if (!writer) return null;
  const spec: WriterSpec = writer.spec;
  const {securityContext, serviceAccountName, imagePullSecrets, tolerations, containers} = spec;
  const database = databaseIn(containers);
  const {claim, timeline, fork} = asked;
  return saidOnVolume(
    api,
    namespace,
    {
      name: `${target.fullname}-count-lost`,
      purpose: 'count-lost',
      claim,
      image: database?.image,
      command: ['sh', '-c', script, 'count', String(timeline), fork],
      spec: {securityContext, serviceAccountName, imagePullSecrets, tolerations},
      containerSecurity: database?.securityContext,
    },
    {read: countIn, maxMs},
  );
}

function countIn([line = '']: readonly string[]): number | null {
  return /^\d+$/.test(line.trim()) ? Number(line) : null;
}
