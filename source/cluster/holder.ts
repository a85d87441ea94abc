// Who holds a Lease: a process, and the place in which its process id means something.
import {readFileSync, readlinkSync} from 'node:fs';
import {hostname, userInfo} from 'node:os';

/**
 * This process, as `user@host/pid/start/boot id/PID namespace`: process ids come back, and a host name, two virtual
 * machines or containers may share. The last two are missing where the system has none.
 */
export function thisHolder(): string {
  // A host may be given another name meanwhile; who holds a Lease stays the same.
  return (known ??= [`${safeUser()}@${hostname()}`, process.pid, startOf(process.pid) || 'alive', ...place()].join(
    '/',
  ));
}

let known: string | null = null;

/** What can be known of a holder from here at once; null: nothing, because it is in another place. */
export function isProcessAlive(holder: string): boolean | null {
  const [, pid = '', start = '', ...its] = holder.split('/');
  const here = place();
  if (here.length === 0 || its.join('/') !== here.join('/')) return null;
  const found = startOf(Number(pid));
  return found === null ? null : found === start;
}

/** Without both, a process id says nothing to anybody else. Linux: proc(5), pid_namespaces(7). */
function place(): readonly string[] {
  try {
    // Where /proc shows another namespace than ours, its processes are not the ones that we mean.
    if (readlinkSync('/proc/self') !== String(process.pid)) return [];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const [namespace] = /\d+/.exec(readlinkSync('/proc/self/ns/pid')) ?? [];
    return boot && namespace ? [boot, namespace] : [];
  } catch {
    return [];
  }
}

/**
 * Changes when the process id is used again: field 22 of /proc/PID/stat. Empty when there is no such process; null when
 * that cannot be known, because /proc hides the processes of others (hidepid), say.
 */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not looked yet.
    return state === 'Z' || state === 'X' ? '' : (fields[18] ?? null);
  } catch {
    return exists(pid) ? null : '';
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function safeUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
