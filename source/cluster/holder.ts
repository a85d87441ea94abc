// Who holds a Lease: a process, and the place in which its process id means something.
import {readFileSync, readlinkSync} from 'node:fs';
import {hostname, userInfo} from 'node:os';

/**
 * This process, as `user@host/pid/start/boot id/PID namespace`: process ids are used again, and two virtual machines or
 * containers may share a host name. The last two parts are missing where the system has none.
 */
export function thisHolder(): string {
  // The host may be renamed meanwhile, but the holder of a Lease must stay the same.
  return (known ??= [`${safeUser()}@${hostname()}`, process.pid, startOf(process.pid) || 'alive', ...place()].join(
    '/',
  ));
}

let known: string | null = null;

/** Whether a holder's process is alive; null: that cannot be known from here, because it runs in another place. */
export function isProcessAlive(holder: string): boolean | null {
  const [, pid = '', start = '', ...its] = holder.split('/');
  const here = place();
  if (here.length === 0 || its.join('/') !== here.join('/')) return null;
  const found = startOf(Number(pid));
  return found === null ? null : found === start;
}

/**
 * The boot id and the PID namespace, without which a process id means nothing to anybody else. Linux: proc(5),
 * pid_namespaces(7).
 */
function place(): readonly string[] {
  try {
    // Where /proc belongs to another PID namespace than ours, its process ids are not ours.
    if (readlinkSync('/proc/self') !== String(process.pid)) return [];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const [namespace] = /\d+/.exec(readlinkSync('/proc/self/ns/pid')) ?? [];
    return boot && namespace ? [boot, namespace] : [];
  } catch {
    return [];
  }
}

/**
 * The start time of a process, which differs when its id is used again: field 22 of /proc/PID/stat. Empty when there is
 * no such process; null when that cannot be known, because /proc hides the processes of others (hidepid), say.
 */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; its parent just has not waited for it yet.
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
