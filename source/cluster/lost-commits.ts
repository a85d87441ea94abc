// Counts the transactions on the volume of an earlier writer that a reader did not get, in a throw-away pod that only
// reads.
import {databaseIn} from '../chart/names.ts';
import type {Pod} from '../observation/kubernetes.ts';
import type {Target} from '../observation/snapshot.ts';
import type {LostCommits} from '../operations/ports/failover.ts';
import {findPrograms} from '../postgres/psql.ts';
import type {Api} from './api.ts';
import {paths} from './paths.ts';
import {readFolder, readFromVolume} from './reading-pod.ts';

const maxMs = 30_000;

/**
 * pg_statistic with its index and its TOAST table, then pg_statistic_ext_data with its own. Source: PostgreSQL,
 * pg_statistic.h and pg_statistic_ext_data.h.
 */
const statistics = '2619 2696 2840 2841 3429 3433 3430 3431';

/**
 * Counts the commits among the records of pg_waldump after the line `fork`. A server that was paused analyzes its
 * tables as soon as it goes on: a transaction that is seen to write nothing but statistics loses nobody a row. Updates
 * in place (pg_class) belong to these too. A file that pg_waldump cannot find or open must not count as no
 * transactions.
 *
 * A transaction may have written rows before the fork, so it is left out only where it is known to have begun after it:
 * its number was not given yet when the server last wrote which transactions were running (`RUNNING_XACTS`), and it has
 * no record between that and the fork. `broken`: the WAL before the fork could not be read up to there.
 */
const countCommits = `
  BEGIN { split("${statistics}", names, " "); for (i in names) isStatistics[names[i]] = 1; unused = -1 }
  /^fork$/ { isAfter = 1; next }
  /^broken$/ { unused = -1; next }
  isAfter && /could not (find file|open|locate)/ { isUnread = 1 }
  match($0, /RUNNING_XACTS nextXid [0-9]+/) {
    if (!isAfter || unused < 0) unused = substr($0, RSTART + 22, RLENGTH - 22) + 0
    next
  }
  !match($0, /tx: +[0-9]+/) { next }
  { tx = substr($0, RSTART + 3, RLENGTH - 3) + 0 }
  !isAfter { isEarlier[tx] = 1; next }
  /^rmgr: Transaction/ {
    isNew = unused >= 0 && tx >= unused && !(tx in isEarlier)
    if (/desc: COMMIT/ && (/subxacts/ || !isNew || !(tx in analyzes) || tx in writes)) commits++
    next
  }
  tx == 0 || /^rmgr: (XLOG|Standby)/ || /desc: INPLACE/ { next }
  {
    rest = $0; only = 0
    while (match(rest, /rel [0-9]+[/][0-9]+[/][0-9]+/)) {
      name = substr(rest, RSTART, RLENGTH); sub(/.*[/]/, "", name)
      only = name in isStatistics
      if (!only) break
      rest = substr(rest, RSTART + RLENGTH)
    }
    if (only) analyzes[tx] = 1; else writes[tx] = 1
  }
  END { if (isUnread) exit 4; print commits + 0 }
`;

/**
 * pg_waldump reports even the end of the WAL as an error. The WAL before the fork is read from the beginning of its
 * 16 MiB, and of the 16 MiB before, which may be gone already. `$1`: the timeline, `$2`: where the new one forked off.
 */
export const countScript = [
  findPrograms,
  'command -v pg_waldump > /dev/null || exit 3',
  `records() { pg_waldump -p ${readFolder}/data/pg_wal -t "$@"; }`,
  'part=$((0x${2#*/} / 16777216))',
  'for from in $((part - 1)) $part; do',
  '  start=$(printf "%s/%X" "${2%/*}" $((from * 16777216)))',
  '  [ "$from" -lt 0 ] || [ "$start" = "$2" ] || records "$1" -s "$start" -e "$2" 2> /dev/null || echo broken',
  `done | { cat; echo fork; records "$1" -s "$2" 2>&1; } | awk '${countCommits}'`,
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
  return readFromVolume(
    api,
    namespace,
    {
      name: `${target.fullname}-count-lost`,
      purpose: 'count-lost',
      claim,
      image: database?.image,
      command: ['sh', '-c', countScript, 'count', String(timeline), fork],
      spec: {securityContext, serviceAccountName, imagePullSecrets, tolerations},
      containerSecurity: database?.securityContext,
    },
    {read: countIn, maxMs},
  );
}

function countIn([line = '']: readonly string[]): number | null {
  return /^\d+$/.test(line.trim()) ? Number(line) : null;
}
