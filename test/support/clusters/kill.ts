// SIGKILL to our process, to the helm that it has begun, or to both.
import {readdirSync, readFileSync} from 'node:fs';

/** `pid` is our process; helm is a child of it. */
export function kill(pid: number, victim: 'us' | 'helm' | 'both'): void {
  const end = (one: number) => {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  if (victim !== 'us') for (const child of childrenOf(pid)) end(child);
  if (victim !== 'helm') end(pid);
}

/** Linux: the fourth field of /proc/PID/stat is the parent. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return parent === pid ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
