// The built wizard in a real terminal on a real cluster: install, scale, uninstall; and what is left when it is ended in the middle.
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {cliJson} from '../support/cli.ts';
import {kubectlJson, makeNamespace, type TestNamespace} from '../support/namespace.ts';
import {helm3, program, smallChart} from '../support/paths.ts';
import {runInTerminal, type PseudoTerminal} from '../support/pseudo-terminal.ts';
import {waitFor} from '../support/wait-for.ts';

interface Listed {
  readonly items: readonly {readonly metadata: {readonly name: string}; readonly status?: {readonly readyReplicas?: number}}[];
}

let namespace: TestNamespace;
beforeEach(async () => {
  namespace = await makeNamespace('wizard');
});
afterEach(() => namespace.remove());

/** In a shell that tells afterwards how it ended and what the terminal is set to. */
function open(): PseudoTerminal {
  const flags = ['--chart', smallChart, '-n', namespace.name, '--storage-size', '1Gi', '--cpu', '100m', '--memory', '256Mi', '--instance-type', 'any', '--spread', 'preferred'];
  const script = `/bin/sh -c 'echo pid=$$; exec "$0" "$@"' "$0" "$@"; echo "code=$?"; stty -a`;
  return runInTerminal('/bin/sh', ['-c', script, process.execPath, program, ...flags], {columns: 80, rows: 24, env: {PGHI_HELM: helm3}});
}

/** Waits for what is on the screen now, not for what was once written. */
async function see(terminal: PseudoTerminal, what: string | RegExp, deadlineMs = 90_000): Promise<string> {
  const isSeen = (screen: string) => (typeof what === 'string' ? screen.includes(what) : what.test(screen));
  return waitFor(`${String(what)} on the screen`, async () => (await terminal.screen()).join('\n'), isSeen, {deadlineMs, everyMs: 50});
}

async function toProgress(terminal: PseudoTerminal): Promise<void> {
  const screen = await see(terminal, /❯ Release name|n new/);
  if (screen.includes('n new')) terminal.write('n');
  await see(terminal, '❯ Release name');
  terminal.write('orders\r');
  await see(terminal, '❯ Parameters');
  terminal.write('\r');
  await see(terminal, /❯ Username[^]*→ 1 writer/);
  terminal.write('\u001b[B\u001b[B\u001b[B\u001b[B');
  await see(terminal, '❯ Read replicas');
  terminal.write('1\t\t');
  await see(terminal, '❯ Preview');
  terminal.write('\r');
  await see(terminal, '1 reader is made');
  terminal.write('\r');
  await see(terminal, 'Installing orders');
}

async function readyReaders(): Promise<number> {
  const {items} = await kubectlJson<Listed>(['-n', namespace.name, 'get', 'statefulset']);
  return items.find(({metadata}) => metadata.name === 'orders-postgresql-read')?.status?.readyReplicas ?? 0;
}

function expectRestored(output: string): void {
  expect(output).toMatch(/\bicanon\b/);
  expect(output).not.toMatch(/-icanon|-echo\b/);
  expect(output.lastIndexOf('\u001b[?25h')).toBeGreaterThan(output.lastIndexOf('\u001b[?25l'));
  expect(output.lastIndexOf('\u001b[?2004l')).toBeGreaterThan(output.lastIndexOf('\u001b[?2004h'));
}

test('installs with one reader, scales to two, uninstalls by name', async () => {
  const terminal = open();
  await toProgress(terminal);
  await see(terminal, /writer +orders-postgresql-primary[^]*1 streaming[^]*2 of 2 ready/);
  expect(await readyReaders()).toBe(1);

  terminal.write('s');
  await see(terminal, /Read replicas +1/);
  terminal.write('\u007f');
  terminal.write('2\r');
  await see(terminal, /read-1 is added[^]*do it/);
  terminal.write('\r');
  await see(terminal, 'Scaling orders');
  await see(terminal, /2 streaming[^]*3 of 3 ready/);
  expect(await readyReaders()).toBe(2);

  terminal.write('x');
  await see(terminal, 'Type orders to confirm');
  terminal.write('\u000e');
  await see(terminal, 'Deleted for good: 3 volumes');
  terminal.write('orders\r');
  await see(terminal, /orders is removed[^]*deleted/);
  const {items} = await kubectlJson<Listed>(['-n', namespace.name, 'get', 'statefulset,pvc,secret']);
  expect(items.map(({metadata}) => metadata.name)).toEqual([]);
  terminal.write('q');
  await terminal.ended;
  expect(terminal.output()).toContain('code=0');
  expectRestored(terminal.output());
});

describe('ended in the middle of an install', () => {
  const recovered = async () => {
    const {json} = await cliJson<{outcome: string; endpoints: object}>(['recover', 'orders', '-n', namespace.name, '--chart', smallChart, '--yes', '--timeout', '120s']);
    expect(json).toMatchObject({outcome: 'succeeded', endpoints: {writer: {proven: true}, reader: {proven: true, streaming: 1}}});
  };

  test('by SIGTERM: the terminal is as before, and recover goes on', async () => {
    const terminal = open();
    const pid = Number(/pid=(\d+)/.exec(await terminal.waitFor(/pid=\d+/))?.[1]);
    await toProgress(terminal);
    await see(terminal, /✔ Checks/);
    process.kill(pid, 'SIGTERM');
    await terminal.ended;
    expect(terminal.output()).toContain('code=143');
    expectRestored(terminal.output());
    await recovered();
  });

  test('by leaving: it says how to go on', async () => {
    const terminal = open();
    await toProgress(terminal);
    await see(terminal, /✔ Checks/);
    terminal.write('\u0003');
    await see(terminal, '❯ Stay');
    terminal.write('\u0003');
    await terminal.ended;
    expect(terminal.output()).toMatch(/pg-helm-install (recover|status) orders/);
    expect(terminal.output()).toContain('code=5');
    expectRestored(terminal.output());
    await recovered();
  });

  test('by undoing: nothing of it is left', async () => {
    const terminal = open();
    await toProgress(terminal);
    await see(terminal, '✔ Release');
    terminal.write('\u0003');
    await see(terminal, '❯ Stay');
    terminal.write('\u001b[B\u001b[B\u001b[B');
    await see(terminal, '❯ Undo');
    terminal.write('\r');
    await see(terminal, /orders is removed[^]*deleted/);
    const {items} = await kubectlJson<Listed>(['-n', namespace.name, 'get', 'statefulset,pod,pvc,secret,lease']);
    expect(items.map(({metadata}) => metadata.name)).toEqual([]);
    terminal.write('q');
    await terminal.ended;
  });

  test('by a terminal that is gone: nothing goes on without it, and recover does', async () => {
    const terminal = open();
    const pid = Number(/pid=(\d+)/.exec(await terminal.waitFor(/pid=\d+/))?.[1]);
    await toProgress(terminal);
    await see(terminal, /✔ Checks/);
    terminal.hangUp();
    await waitFor('the program gone', () => isAlive(pid), (alive) => !alive, {deadlineMs: 30_000});
    await recovered();
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
