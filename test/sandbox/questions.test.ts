// The wizard in lines: from nothing to a proven release, and a change of it, by answers to single questions.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, it} from 'vitest';
import type {Status} from '../../source/client/questions/status.ts';
import {cliJson} from '../support/cli.ts';
import {helm4, program} from '../support/paths.ts';
import {runInTerminal} from '../support/screens/pseudo-terminal.ts';
import {startSandbox, type TestSandbox} from '../support/clusters/sandbox.ts';
import {waitFor} from '../support/wait-for.ts';

let sandbox: TestSandbox;
let home: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'pghi-questions-'));
  sandbox = await startSandbox();
});
afterAll(async () => {
  await sandbox.stop();
  rmSync(home, {recursive: true, force: true});
});

/** A terminal, and what is typed at the end of a line that ends like this. */
function dialogue(...args: string[]) {
  const words = [process.execPath, program, ...args];
  const terminal = runInTerminal('/bin/sh', ['-c', '"$0" "$@"; echo "code=$?"', ...words], {
    columns: 100,
    rows: 30,
    env: {...sandbox.env, HOME: home, KUBECONFIG: '', PGHI_HELM: helm4, ACCESSIBLE: '1'},
  });
  let answered = 0;
  /** Without what only moves the cursor. */
  const said = () => terminal.output().replace(/\u001b\[[\d;?]*[A-Za-z]/g, '');
  const seen = (what: RegExp) =>
    waitFor(
      String(what),
      () => said().slice(answered),
      (output) => what.test(output),
      {deadlineMs: 60_000, everyMs: 20},
    );
  return {
    terminal,
    seen,
    /** @returns what was said since the question before */
    async answer(question: RegExp, reply: string): Promise<string> {
      const before = await seen(question);
      answered = said().length;
      terminal.write(`${reply}\r`);
      return before;
    },
  };
}

/** The number of the choice whose words begin like this. */
function numberOf(list: string, words: string): string {
  return new RegExp(`^(\\d+)\\. ${words}`, 'm').exec(list)?.[1] ?? `no ${words} in ${list}`;
}

const password = 'nobody sees this one';

it('without a kubeconfig the sandbox is a choice, and a whole install is answers to questions', async () => {
  const {terminal, seen, answer} = dialogue();
  const places = await seen(/What now: $/);
  expect(places).toContain('There is no kubeconfig');
  await answer(/What now: $/, numberOf(places, 'The sandbox'));
  await answer(/Name of the release: $/, 'orders');
  await answer(/Namespace \[default\]: $/, '');
  await answer(/Username \[postgres\]: $/, 'app');
  await answer(/Password: $/, 'short');
  await answer(/Take it all the same\? \[y\/N\] $/, '');
  await answer(/Password: $/, password);
  await answer(/The same once more: $/, `${password}!`);
  await answer(/These were two different ones\.\s+Password: $/, password);
  await answer(/The same once more: $/, password);
  const types = await seen(/Instance type \[\d\]: $/);
  expect(types).toContain('4 nodes fit');
  await answer(/Instance type \[\d\]: $/, numberOf(types, 'any'));
  await answer(/Storage size \[20Gi\]: $/, '1 apple');
  await answer(/That cannot be: [^]*Storage size \[20Gi\]: $/, '1Gi');
  await answer(/Read replicas \[0\]: $/, '1');
  const more = await seen(/Anything else \[1\]: $/);
  await answer(/Anything else \[1\]: $/, numberOf(more, 'Placement'));
  const classes = await seen(/Storage class \[\d\]: $/);
  await answer(/Storage class \[\d\]: $/, numberOf(classes, 'fixed'));
  while (!/Anything else \[1\]: $/.test(await seen(/: $/))) await answer(/: $/, '');
  await answer(/Anything else \[1\]: $/, '');
  await answer(/What will happen:[^]*Install orders into default on \S+\? \[y\/N\] $/, 'y');
  await terminal.ended;
  const output = terminal.output();
  expect(output).toContain('code=0');
  expect(output).toContain('orders in default: install done');
  expect(output).not.toContain(password);
  // At most a line editor asks where the cursor is: no screen is drawn, none is cleared, nothing is drawn in blocks.
  expect(output).not.toMatch(/\u001b\[2J|\u001b\[\?1049h|\u001b\[\?25l|[▁▂▃▄▅▆▇█]/);
  const {json} = await cliJson<Status>(['status', 'orders', '--sandbox'], {env: sandbox.env});
  expect(json).toMatchObject({
    state: 'ready',
    storageSize: '1Gi',
    readers: {ready: 1},
    parameters: {username: 'app', instanceType: 'any', storageClass: 'fixed'},
  });
  const {json: found} = await cliJson<{connectionStrings: {writer: {uri: string}}}>(
    ['endpoints', 'orders', '--sandbox', '--role', 'writer', '--show-password'],
    {env: sandbox.env},
  );
  expect(JSON.stringify(found)).toContain(encodeURIComponent(password));
}, 120_000);

it('what can be done with a release is a list of numbers, of which each asks and runs its command', async () => {
  const {terminal, seen, answer} = dialogue();
  const places = await seen(/What now: $/);
  await answer(/What now: $/, numberOf(places, 'The sandbox'));
  await answer(/Look at orders in default[^]*What now: $/, '1');
  const list = await seen(/What now: $/);
  expect(list).toContain('orders in default is ready');
  await answer(/What now: $/, numberOf(list, 'What the writer is doing'));
  const look = await seen(/What now: $/);
  expect(look).toMatch(/\d\d:\d\d:\d\d {2}\d+ of \d+ sessions/);
  await answer(/What now: $/, numberOf(look, 'More or fewer readers'));
  await answer(/Read replicas \[1\]: $/, '2');
  await answer(/What will happen:[^]*\? \[y\/N\] $/, 'y');
  const after = await seen(/scale done in[^]*What now: $/);
  // A refusal is told, and the next choice is asked for.
  await answer(/What now: $/, numberOf(after, 'Replace a writer that is lost'));
  await answer(/The node \[1\]: $/, '');
  const refused = await seen(/WRITER_HEALTHY[^]*What now: $/);
  await answer(/What now: $/, numberOf(refused, 'Leave'));
  await terminal.ended;
  expect(terminal.output()).toMatch(/code=\d/);
  const {json} = await cliJson<Status>(['status', 'orders', '--sandbox'], {env: sandbox.env});
  expect(json).toMatchObject({state: 'ready', readers: {wanted: 2}});
}, 120_000);

it('top says how often a line comes, which is seldom enough to be read aloud, and draws nothing', async () => {
  const {terminal, seen} = dialogue('top', 'orders', '--sandbox');
  await seen(/A line comes every 10 s\. Ctrl-C ends it\./);
  await seen(/ of \d+\s+sessions[^]*oldest\s+transaction\s+id[^]*disk/);
  terminal.write('\u0003');
  await terminal.ended;
  expect(terminal.output()).not.toMatch(/[▁▂▃▄▅▆▇█]/);
});

it('a release that is named is shown at once', async () => {
  const {terminal, seen, answer} = dialogue('wizard', 'orders', '--sandbox');
  const list = await seen(/orders in default is ready[^]*What now: $/);
  expect(list).not.toContain('Look at');
  await answer(/What now: $/, numberOf(list, 'Leave'));
  await terminal.ended;
}, 60_000);
