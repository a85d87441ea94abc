// The built wizard in a real terminal on a real cluster: install, scale, uninstall; and what is left when it is ended
// in the middle.
import {mkdtempSync, symlinkSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {cliJson} from '../support/cli.ts';
import {kubectl, kubectlJson, makeNamespace, type TestNamespace} from '../support/clusters/namespace.ts';
import {helm3, program, smallChart} from '../support/paths.ts';
import {runInTerminal, type PseudoTerminal} from '../support/screens/pseudo-terminal.ts';
import {waitFor} from '../support/wait-for.ts';
import {smallSize} from '../support/clusters/small-size.ts';

interface Listed {
  readonly items: readonly {
    readonly metadata: {readonly name: string};
    readonly status?: {readonly readyReplicas?: number};
  }[];
}

let namespace: TestNamespace;
beforeEach(async () => {
  namespace = await makeNamespace('wizard');
});
afterEach(() => namespace.remove());

/** Runs the wizard in a shell that tells afterwards how it ended and what the terminal is set to. */
function open(more: readonly string[] = []): PseudoTerminal {
  const flags = ['--chart', smallChart, '-n', namespace.name, ...smallSize, '--spread', 'preferred', ...more];
  const script = `/bin/sh -c 'echo pid=$$; exec "$0" "$@"' "$0" "$@"; echo "code=$?"; stty -a`;
  return runInTerminal('/bin/sh', ['-c', script, process.execPath, program, ...flags], {
    columns: 80,
    rows: 24,
    env: {PGHI_HELM: helm3},
  });
}

/** Waits for what is on the screen now, not for what was once written. */
async function see(terminal: PseudoTerminal, what: string | RegExp, deadlineMs = 90_000): Promise<string> {
  const isSeen = (screen: string) => (typeof what === 'string' ? screen.includes(what) : what.test(screen));
  return waitFor(`${String(what)} on the screen`, async () => (await terminal.screen()).join('\n'), isSeen, {
    deadlineMs,
    everyMs: 50,
  });
}

async function toPreview(terminal: PseudoTerminal): Promise<void> {
  const screen = await see(terminal, /❯ Release name|n new/);
  if (screen.includes('n new')) terminal.write('n');
  await see(terminal, '❯ Release name');
  terminal.write('orders\r');
  await see(terminal, '❯ Parameters');
  terminal.write('\r');
  // What was given by flag is not asked for again.
  await see(terminal, /❯ Username[^]*Instance type +any[^]*CPU 100m[^]*→ 1 writer/);
  terminal.write('\u001b[B\u001b[B\u001b[B\u001b[B');
  await see(terminal, '❯ Read replicas');
  terminal.write('1\t\t');
  await see(terminal, '❯ Preview');
  terminal.write('\r');
  await see(terminal, '1 reader is made');
}

async function toProgress(terminal: PseudoTerminal): Promise<void> {
  await toPreview(terminal);
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

/** What the database itself says, asked through the Service. */
async function psql(role: 'primary' | 'read', query: string): Promise<string> {
  const secret = await kubectlJson<{data: Record<string, string>}>([
    '-n',
    namespace.name,
    'get',
    'secret',
    'orders-postgresql-auth',
  ]);
  const password = Buffer.from(secret.data['postgres-password'] ?? '', 'base64').toString();
  return (
    await kubectl([
      '-n',
      namespace.name,
      'exec',
      'orders-postgresql-primary-0',
      '--',
      'env',
      `PGPASSWORD=${password}`,
      'psql',
      '-h',
      `orders-postgresql-${role}`,
      '-U',
      'postgres',
      '-Atc',
      query,
    ])
  ).trim();
}

async function scaleTo(terminal: PseudoTerminal, from: number, to: number): Promise<void> {
  terminal.write('s');
  await see(terminal, new RegExp(`Read replicas +${from} +now ${from}[^]*Each reader takes 100m CPU`));
  terminal.write('\u007f');
  terminal.write(`${to}\r`);
  await see(terminal, /\[?plan[^]*read-\d (is added|stops)[^]*do it/);
  terminal.write('\r');
  await see(terminal, 'Scaling orders');
  await see(terminal, new RegExp(`${to} streaming[^]*${to + 1} of ${to + 1} ready`));
  expect(await readyReaders()).toBe(to);
  expect(await psql('primary', "select count(*) from pg_stat_replication where state = 'streaming'")).toBe(String(to));
}

test(
  'installs, scales out and in, upgrades and uninstalls, and the database confirms what the screen says',
  {timeout: 300_000},
  async () => {
    const terminal = open();
    await toProgress(terminal);
    await see(
      terminal,
      /writer +orders-postgresql-primary[^]*1 streaming[^]*2 of 2 ready[^]*primary-0 +node\d +ready +disk [\d.]+ MiB of 1 GiB/,
    );
    expect(await readyReaders()).toBe(1);
    expect([
      await psql('primary', 'select pg_is_in_recovery()'),
      await psql('read', 'select pg_is_in_recovery()'),
    ]).toEqual(['f', 't']);
    await scaleTo(terminal, 1, 3);
    await scaleTo(terminal, 3, 1);

    terminal.write('u');
    await see(terminal, '❯ Image tag        17.12-bookworm');
    terminal.write(`${'\u007f'.repeat('.12-bookworm'.length)}-bookworm\r`);
    await see(terminal, /The writer restarts once[^]*do it/);
    terminal.write('\u001b[C\u001b[C');
    await see(terminal, /\+ +image: .*postgres:17-bookworm/);
    terminal.write('\r');
    await see(terminal, 'Upgrading orders');
    await see(terminal, /1 streaming[^]*image 17-bookworm · ready/);
    const {items: pods} = await kubectlJson<{items: readonly {spec: {containers: readonly {image: string}[]}}[]}>([
      '-n',
      namespace.name,
      'get',
      'pods',
    ]);
    expect(pods.map(({spec}) => spec.containers[0]?.image)).toEqual(
      Array(2).fill('docker.io/library/postgres:17-bookworm'),
    );
    expect(await psql('primary', 'select pg_is_in_recovery()')).toBe('f');

    terminal.write('x');
    // The volumes of the readers that were scaled away are named too.
    await see(terminal, /Kept: 4 volumes[^]*volume data-orders-postgresql-read-2/);
    terminal.write('\u000e');
    await see(terminal, 'Deleted for good: 4 volumes');
    terminal.write('orders\r');
    await see(terminal, /orders is removed[^]*deleted/);
    const {items} = await kubectlJson<Listed>(['-n', namespace.name, 'get', 'statefulset,pvc,secret']);
    expect(items.map(({metadata}) => metadata.name)).toEqual([]);
    terminal.write('q');
    await terminal.ended;
    expect(terminal.output()).toContain('code=0');
    expectRestored(terminal.output());
  },
);

test('an image that is missing is put right with one key, and the release comes up', {timeout: 240_000}, async () => {
  const terminal = open(['--image-tag', '17.99-bookworm']);
  await toProgress(terminal);
  await see(terminal, /IMAGE_NOT_FOUND +Pod[^]*1 run/);
  terminal.write('1');
  await see(terminal, 'Going on with orders');
  await see(terminal, /1 streaming[^]*image 17\.12-bookworm · ready/);
  expect(await psql('read', 'select pg_is_in_recovery()')).toBe('t');
});

test('the command of the preview, pasted into a shell, gives the same release', {timeout: 240_000}, async () => {
  const terminal = open();
  await toPreview(terminal);
  terminal.write('\u001b[D');
  await see(terminal, 'pg-helm-install install orders');
  terminal.write('c');
  await see(terminal, 'was sent to your terminal');
  const [, copied = ''] = /\u001b\]52;c;([^\u0007]*)\u0007/.exec(terminal.output()) ?? [];
  const command = Buffer.from(copied, 'base64').toString();
  expect(command).toMatch(/^pg-helm-install install orders /);

  const bin = mkdtempSync(join(tmpdir(), 'pghi-bin-'));
  symlinkSync(program, join(bin, 'pg-helm-install'));
  const shell = runInTerminal('/bin/sh', ['-i'], {
    columns: 80,
    rows: 24,
    env: {PGHI_HELM: helm3, PATH: `${bin}:${process.env['PATH']}`},
  });
  shell.write(`${command}; echo "ended=$?"\r`);
  await waitFor(
    'the end of the command',
    () => shell.output(),
    (output) => /ended=\d/.test(output.replace('ended=$?', '')),
    {deadlineMs: 90_000, everyMs: 100},
  );
  expect(shell.output()).toContain('ended=0');
  shell.write('exit\r');
  await shell.ended;

  // The wizard asks for the very same: it finds nothing to change.
  terminal.write('\r');
  await see(terminal, /writer +orders-postgresql-primary[^]*1 streaming[^]*revision 1 /);
  terminal.write('q');
  await terminal.ended;
  expect(terminal.output()).toContain('orders in');
});

describe('ended in the middle of an install', () => {
  const recovered = async () => {
    const {json} = await cliJson<{outcome: string; endpoints: object}>([
      'recover',
      'orders',
      '-n',
      namespace.name,
      '--chart',
      smallChart,
      '--yes',
      '--timeout',
      '120s',
    ]);
    expect(json).toMatchObject({
      outcome: 'succeeded',
      endpoints: {writer: {proven: true}, reader: {proven: true, streaming: 1}},
    });
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
    await waitFor(
      'the program gone',
      () => isAlive(pid),
      (alive) => !alive,
      {deadlineMs: 30_000},
    );
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
