// One command of ours during which something happens, at one of the requests that change something.
import type {Change, CountingProxy} from '../support/clusters/counting-proxy.ts';
import {kill} from '../support/clusters/kill.ts';
import type {OperatedRelease} from '../support/clusters/operated-release.ts';

/** `cut`: nobody is killed, but the connection breaks off. */
export type Victim = 'us' | 'helm' | 'both' | 'cut';

export interface Point {
  /** The number of the change, counted from 1. */
  readonly number: number;
  readonly after: boolean;
  readonly victim: Victim;
}

interface KilledRun {
  /** Null: the command was killed. */
  readonly code: number | null;
  /** ndjson. */
  readonly stdout: string;
  /** The change at which it happened. Null: there were not so many changes. */
  readonly at: Change | null;
  readonly changes: readonly Change[];
}

/** @param point null: nothing happens */
export async function killedRun(
  release: OperatedRelease,
  proxy: CountingProxy,
  point: Point | null,
  [command, ...flags]: readonly [string, ...string[]],
): Promise<KilledRun> {
  let at: Change | null = null;
  let pid = 0;
  proxy.expect(point?.number ?? Infinity, point?.after ?? false, (change) => {
    at = change;
    if (!point || point.victim === 'cut') return 'cut';
    kill(pid, point.victim);
    // A helm that outlives the program goes on.
    return change.by === 'helm' && point.victim === 'us' ? 'go on' : 'hold';
  });
  const running = release.with({KUBECONFIG: proxy.kubeconfig}).begin(command, ...flags);
  pid = running.child.pid ?? 0;
  const {code, stdout} = await running.finished;
  return {code, stdout, at, changes: [...proxy.changes()]};
}

/** The result in what a run has printed, shortened. */
export function lastLine(stdout: string): string {
  return stdout.trim().split('\n').at(-1)?.slice(0, 600) ?? '';
}

export function toldOf(point: Point | null, at: Change | null): string {
  if (!point) return 'without a kill';
  const what = point.victim === 'cut' ? 'connection cut' : `${point.victim} killed`;
  const where = at === null ? 'not reached' : `${at.by} ${at.method} ${at.path.split('/').slice(-2).join('/')}`;
  return `${what} ${point.after ? 'after' : 'before'} change ${point.number} (${where})`;
}
