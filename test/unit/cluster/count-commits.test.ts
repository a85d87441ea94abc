// How the transactions are counted that a failover lost: the script that runs beside the kept volume, with the lines
// that PostgreSQL's pg_waldump wrote.
import {execFileSync} from 'node:child_process';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {countScript} from '../../../source/cluster/lost-commits.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pghi-count-'));
});
afterEach(() => rmSync(folder, {recursive: true}));

/** What the script says of these lines; null: it does not know. */
function counted(...lines: readonly string[]): number | null {
  return countedAfter([running(700)], ...lines);
}

/** `before`: the lines from before the fork; null: they cannot be read to their end. */
function countedAfter(before: readonly string[] | null, ...lines: readonly string[]): number | null {
  const waldump = join(folder, 'pg_waldump');
  const print = (printed: readonly string[]) => `cat <<'LINES'\n${printed.join('\n')}\nLINES\n`;
  const earlier = `${print(before ?? [running(700)])}exit ${before ? 0 : 1}`;
  writeFileSync(waldump, `#!/bin/sh\ncase "$*" in *' -e 0/3001000') ${earlier};; esac\n${print(lines)}exit 1\n`);
  chmodSync(waldump, 0o755);
  const env = {PATH: `${folder}:${process.env['PATH']}`};
  try {
    return Number(execFileSync('sh', ['-c', countScript, 'count', '1', '0/3001000'], {env, encoding: 'utf8'}));
  } catch {
    return null;
  }
}

const record = (rmgr: string, tx: number, desc: string) =>
  `rmgr: ${rmgr.padEnd(11)} len (rec/tot):     64/    64, tx: ${String(tx).padStart(10)}, lsn: 0/01589900, ` +
  `prev 0/01588470, desc: ${desc}`;
const running = (next: number) =>
  record('Standby', 0, `RUNNING_XACTS nextXid ${next} latestCompletedXid ${next - 1} oldestRunningXid ${next}`);
const at = (rel: number) => `blkref #0: rel 1663/5/${rel} blk 1`;
const commit = (tx: number, more = '') => record('Transaction', tx, `COMMIT 2026-11-30 15:26:13.351807 UTC${more}`);
const end = 'pg_waldump: error: error in WAL record at 0/158BF68: invalid record length at 0/158BFF0: wanted 24, got 0';

/** What a server writes that analyzes a table. */
const analyzed = (tx: number) => [
  record('Heap', tx, `INSERT off 14 flags 0x01, ${at(2619)} FPW`),
  record('Btree', tx, `INSERT_LEAF off 405, ${at(2696)}`),
  record('XLOG', tx, `FPI_FOR_HINT , ${at(1259)} FPW`),
  record('Heap', tx, `INPLACE off 3, ${at(1259)}`),
  commit(tx, '; inval msgs: catcache 63 relcache 16388'),
];

test('each commit counts', () => {
  const insert = record('Heap', 730, `INSERT off 2 flags 0x08, ${at(16388)}`);
  expect(counted(insert, commit(730), commit(731), record('Transaction', 732, 'ABORT 2026-11-30'), end)).toBe(2);
  expect(counted(end)).toBe(0);
});

test('but one that wrote nothing but statistics: a server that was paused analyzes as soon as it goes on', () => {
  expect(counted(...analyzed(726), ...analyzed(727), commit(728), end)).toBe(1);
  const both = record('Heap', 726, `INSERT off 2 flags 0x08, ${at(16388)}`);
  expect(counted(both, ...analyzed(726), end)).toBe(1);
  expect(counted(record('Heap', 9, `INSERT off 1, ${at(2619)}`), commit(9, '; subxacts: 10'), end)).toBe(1);
});

test('and only where it is shown to have begun after the fork: its rows may be in the WAL before', () => {
  const insert = record('Heap', 726, `INSERT+INIT off 1 flags 0x00, ${at(16388)}`);
  expect(countedAfter([running(720), insert], ...analyzed(726), ...analyzed(727), end)).toBe(1);
  expect(countedAfter([running(730)], ...analyzed(726), end)).toBe(1);
  expect(countedAfter([], ...analyzed(726), end)).toBe(1);
  expect(countedAfter(null, ...analyzed(726), end)).toBe(1);
  // What was running after the fork says so too, of what began later.
  expect(countedAfter([], ...analyzed(726), running(727), ...analyzed(727), end)).toBe(1);
});

test('a file that is not there is not nothing', () => {
  expect(counted('pg_waldump: error: could not find file "000000010000000000000003"')).toBeNull();
});
