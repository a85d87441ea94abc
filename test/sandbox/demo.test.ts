// The demo as somebody starts it who has no helm: the question, its keys afterwards, lines that are only added, and all
// of its steps, of which the last one loses a node.
import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {Cause} from '../../source/core/cause.ts';
import {cliJson} from '../support/cli.ts';
import {programWithoutHelm, type WithoutHelm} from '../support/clusters/helm-mirror.ts';
import {kubectl} from '../support/clusters/namespace.ts';
import {runInTerminal, type PseudoTerminal} from '../support/screens/pseudo-terminal.ts';
import {startSandbox, type TestSandbox} from '../support/clusters/sandbox.ts';
import {waitFor} from '../support/wait-for.ts';

let sandbox: TestSandbox;
let program: WithoutHelm;
beforeAll(async () => {
  [sandbox, program] = await Promise.all([startSandbox(), programWithoutHelm()]);
});
afterAll(async () => {
  program.stop();
  await sandbox.stop();
});

const environment = (): Record<string, string> => ({...program.env(), PGHI_SANDBOX_FOLDER: sandbox.folder});

/** On a terminal whose settings are told at the end. */
function demo(...flags: string[]): PseudoTerminal {
  const words = [process.execPath, ...program.command, 'demo', ...flags];
  return runInTerminal('/bin/sh', ['-c', '"$0" "$@"; echo "code=$?"; stty -a', ...words], {
    columns: 80,
    rows: 24,
    env: environment(),
  });
}

/** Longer than a terminal waits by itself: an operation is under way. */
function seen(terminal: PseudoTerminal, what: string): Promise<string> {
  return waitFor(
    what,
    () => terminal.output(),
    (output) => output.includes(what),
    {deadlineMs: 60_000, everyMs: 20},
  );
}

const stepsIn = (output: string) => output.split('  $ pg-helm-install ').length - 1;

it('asks for helm with one key, and its keys work afterwards: space pauses, space goes on, q ends it', async () => {
  const terminal = demo();
  await seen(terminal, '[Y/n]');
  expect(program.asked()).toEqual([]);
  terminal.write('\r');
  await seen(terminal, 'helm 4.1.4 is at');
  expect(program.asked()).toHaveLength(1);
  await seen(terminal, 'Space pauses before the next step');
  terminal.write(' ');
  const paused = await seen(terminal, 'Paused: space goes on.');
  // Nothing tells that nothing begins but that it has not begun a while later.
  await new Promise((later) => setTimeout(later, 1000));
  expect(stepsIn(terminal.output())).toBe(stepsIn(paused));
  terminal.write(' ');
  await seen(terminal, 'One more reader');
  await seen(terminal, 'writing: ');
  terminal.write('q');
  await terminal.ended;
  const output = terminal.output();
  expect(output).toContain('code=0');
  expect(output).not.toContain('More memory');
  expect((await terminal.history()).join('\n')).toMatch(
    /writes were out for \d+\.\d\d s[^]*Nothing is left of the demo/,
  );
  expect(output).toMatch(/\bicanon\b/);
  expect(output).not.toMatch(/-icanon|-echo\b/);
}, 120_000);

it('with --plain nothing is written over, from the question about helm on, and nothing is drawn', async () => {
  const terminal = demo('--plain');
  await seen(terminal, '[Y/n]');
  terminal.write('\r');
  await seen(terminal, 'Fetching helm');
  // Before that, the line editor of the question has moved the cursor.
  const answered = terminal.output().indexOf('Fetching helm');
  await seen(terminal, 'One more reader');
  terminal.write('q');
  await terminal.ended;
  const output = terminal.output();
  expect(output).toContain('code=0');
  expect(program.asked()).toHaveLength(1);
  // There are at most colours.
  expect(output.slice(answered).replace(/\u001b\[[\d;]*m/g, '')).not.toMatch(/\u001b\[[02]?K|\r(?!\n)/);
  expect(output).not.toMatch(/[▁▂▃▄▅▆▇█]/);
}, 120_000);

interface Told {
  readonly outcome: string;
  readonly cause?: Cause;
  readonly steps: readonly {readonly kind: string; readonly rows: number; readonly longestGapMs: number}[];
  readonly lostNode: {
    readonly node: string;
    readonly atRisk: {readonly bytes: number; readonly covered: boolean};
    readonly rows: {readonly acknowledged: number; readonly missing: number; readonly unanswered: number};
  } | null;
}

function forScripts(env: Readonly<Record<string, string>>, ...flags: string[]): Promise<Told> {
  return new Promise((resolve) => {
    const words = [...program.command, 'demo', '--yes', '--output', 'json', ...flags];
    execFile(process.execPath, words, {env}, (_error, stdout) => resolve(JSON.parse(stdout) as Told));
  });
}

it('with --yes nobody is asked and nothing fetched, unless --fetch-helm is given', async () => {
  const env = environment();
  const {outcome, cause} = await forScripts(env);
  expect({outcome, code: cause?.code}).toEqual({outcome: 'refused', code: 'HELM_MISSING'});
  expect(program.asked()).toEqual([]);
  expect(existsSync(join(env['XDG_CACHE_HOME'] ?? '', 'pg-helm-install', 'helm'))).toBe(false);
});

it('each step is done under a client that writes, and each row that it was promised is looked for', async () => {
  const {outcome, cause, steps, lostNode} = await forScripts(environment(), '--fetch-helm');
  expect({outcome, cause}).toEqual({outcome: 'succeeded', cause: undefined});
  const [first, ...others] = steps;
  expect(first).toMatchObject({kind: 'install', rows: 0});
  expect(others.map(({kind}) => kind)).toEqual(['scale', 'resize', 'rotate-password', 'switchover', 'failover']);
  for (const {kind, rows, longestGapMs} of others) {
    expect(rows, kind).toBeGreaterThan(0);
    // A row is written every 20 ms: no gap between two of them can be shorter.
    expect(longestGapMs, kind).toBeGreaterThanOrEqual(20);
  }
  // The cluster takes 5 seconds to give a silent node up.
  expect(others.at(-1)?.longestGapMs).toBeGreaterThan(5000);
  expect(lostNode).toMatchObject({node: expect.stringMatching(/^node\d+$/), atRisk: {covered: false}});
  // Each of them is there or said to be missing; commits wait for no reader, so that some may be.
  expect(lostNode?.rows.acknowledged).toBeGreaterThanOrEqual(others.reduce((sum, {rows}) => sum + rows, 0));
  expect(lostNode?.rows.missing).toBeLessThan(100);
  const {json: list} = await cliJson<{releases: unknown[]}>(['list', '--sandbox'], {env: sandbox.env});
  expect(list.releases).toEqual([]);
  const {json: status} = await cliJson<{faults: {nodeOff: null}}>(['sandbox', 'status'], {env: sandbox.env});
  expect(status.faults.nodeOff).toBeNull();
  // The volume of the earlier writer, which a failover keeps, is gone too.
  expect(await kubectl(['--kubeconfig', sandbox.kubeconfig, 'get', 'pv,pvc', '-A', '-o', 'name'])).toBe('');
}, 180_000);
