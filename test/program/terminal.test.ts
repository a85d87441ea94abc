// The built program on a terminal: no kubeconfig and a path to one, plain lines where nothing can be drawn, and a
// terminal that is as before however it ends.
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {paths} from '../../source/cluster/paths.ts';
import {fakeApi} from '../support/fakes/fake-api.ts';
import {program} from '../support/paths.ts';
import {runInTerminal, type PseudoTerminal} from '../support/screens/pseudo-terminal.ts';
import {waitFor} from '../support/wait-for.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'pghi-terminal-'));
});
afterAll(() => rmSync(home, {recursive: true, force: true}));

/**
 * Runs the program in a shell that first tells the process id, and afterwards how it ended and what the terminal is set
 * to.
 */
function open(env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): PseudoTerminal {
  const script = `/bin/sh -c 'echo pid=$$; exec "$0" "$@"' "$0" "$@"; echo "code=$?"; stty -a`;
  return runInTerminal('/bin/sh', ['-c', script, process.execPath, program, ...args], {
    columns: 80,
    rows: 24,
    env: {HOME: home, KUBECONFIG: '', ...env},
  });
}

async function pidOf(terminal: PseudoTerminal): Promise<number> {
  return Number(/pid=(\d+)/.exec(await terminal.waitFor(/pid=\d+/))?.[1]);
}

function expectRestored(output: string): void {
  expect(output).toMatch(/\bicanon\b/);
  expect(output).not.toMatch(/-icanon|-echo\b/);
  expect(output.lastIndexOf('\u001b[?25h')).toBeGreaterThan(output.lastIndexOf('\u001b[?25l'));
  expect(output.lastIndexOf('\u001b[?2004l')).toBeGreaterThan(output.lastIndexOf('\u001b[?2004h'));
  expect(output).not.toMatch(/\u001b\[[23]J/);
}

it('without a kubeconfig: what was looked for, and a path can be typed', async () => {
  const terminal = open();
  await terminal.waitFor('There is no kubeconfig');
  terminal.write('k');
  await terminal.waitFor('Path of the kubeconfig');
  terminal.write('/does/not/exist\r');
  await terminal.waitFor('/does/not/exist cannot be read');
  terminal.write('q');
  await terminal.ended;
  expect(terminal.output()).toContain('code=0');
  expectRestored(terminal.output());
});

describe('the terminal is as before after', () => {
  it.each([
    ['SIGTERM', 'SIGTERM', 143],
    ['SIGHUP', 'SIGHUP', 143],
    ['SIGINT from outside, which is the business of the screens', 'SIGINT', null],
  ] as const)('%s', async (_, signal, code) => {
    const terminal = open();
    const pid = await pidOf(terminal);
    await terminal.waitFor('There is no kubeconfig');
    process.kill(pid, signal);
    if (code === null) terminal.write('\u0003');
    await terminal.ended;
    expect(terminal.output()).toContain(`code=${code ?? 0}`);
    expectRestored(terminal.output());
  });
});

describe('a program with which the kubeconfig logs in, and that has to ask', () => {
  const apiVersion = 'client.authentication.k8s.io/v1';
  const script =
    'printf "the code: " >&2; read code || { echo nobody answered >&2; exit 1; }; ' +
    `printf '{"kind": "ExecCredential", "apiVersion": "${apiVersion}", "status": {"token": "%s"}}' "$code"`;
  const exec = {apiVersion, command: 'sh', args: ['-c', script], interactiveMode: 'IfAvailable'};
  async function opened(...args: readonly string[]) {
    const fake = await fakeApi({isSecure: true});
    onTestFinished(() => fake.stop());
    const path = join(home, 'asking');
    writeFileSync(path, JSON.stringify({...fake.kubeconfig(), users: [{name: 'fake', user: {exec}}]}));
    return {fake, terminal: open({KUBECONFIG: path}, args)};
  }

  it('asks on the terminal, before a command goes on', async () => {
    const {fake, terminal} = await opened('list');
    await terminal.waitFor('the code: ');
    terminal.write('abc\r');
    await terminal.ended;
    expect(terminal.output()).toContain('There is no PostgreSQL release');
    expect(new Set(fake.asked.map(({headers}) => headers.authorization))).toEqual(new Set(['Bearer abc']));
  });

  it('gets none of the keys of the screens, and what it said is shown', async () => {
    const {terminal} = await opened();
    await terminal.waitFor('nobody answered');
    expect(await terminal.screen()).toContainEqual(expect.stringContaining('gave no credentials') as string);
    terminal.write('q');
    await terminal.ended;
    expect(terminal.output()).toContain('code=0');
    expectRestored(terminal.output());
  });
});

it('a terminal that vanished ends it', async () => {
  const terminal = open();
  const pid = await pidOf(terminal);
  await terminal.waitFor('There is no kubeconfig');
  terminal.hangUp();
  await waitFor(
    'the program gone',
    () => isAlive(pid),
    (alive) => !alive,
    {deadlineMs: 15_000},
  );
});

describe('plain lines, and how to go on without screens,', () => {
  it.each([
    ['TERM=dumb', {TERM: 'dumb'}, [], /TERM=dumb says that this one cannot\.[^]*pg-helm-install --help/],
    ['TERM=dumb and flags', {TERM: 'dumb'}, ['--namespace', 'x'], /TERM=dumb says that this one cannot\./],
  ] as const)('with %s', async (_, env, args, seen) => {
    const plain = runInTerminal(
      '/bin/sh',
      [
        '-c',
        `${Object.entries(env)
          .map(([name, value]) => `${name}=${value} `)
          .join('')}"$0" "$@"; echo "code=$?"`,
        process.execPath,
        program,
        ...args,
      ],
      {columns: 80, rows: 24, env: {HOME: home, KUBECONFIG: ''}},
    );
    await plain.ended;
    expect(plain.output().replaceAll(/\s+/g, ' ')).toMatch(seen);
    expect(plain.output()).toContain('code=2');
    // No line is broken within a word.
    expect((await plain.history()).every((line) => line.trimEnd().length < 80)).toBe(true);
    // At most colours: nothing moves, hides or clears.
    expect(plain.output().replace(/\u001b\[[\d;]*m/g, '')).not.toContain('\u001b');
  });
});

it('without colour, nothing is coloured', async () => {
  const terminal = open({NO_COLOR: '1'});
  await terminal.waitFor('There is no kubeconfig');
  terminal.write('q');
  await terminal.ended;
  expect(terminal.output()).not.toMatch(/\u001b\[[\d;]*m/);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('questions in lines', () => {
  it.each([
    ['ACCESSIBLE=1', {ACCESSIBLE: '1'}, []],
    ['--plain', {}, ['--plain']],
    ['ACCESSIBLE=1 on TERM=dumb', {ACCESSIBLE: '1', TERM: 'dumb'}, []],
  ] as const)('with %s a name that cannot be is asked for again, and nothing is written over', async (_, env, args) => {
    const api = await fakeApi();
    onTestFinished(() => api.stop());
    // Whether this user may do something; who it is.
    const review = {status: 201, body: {status: {allowed: true, userInfo: {username: 'somebody'}}}} as const;
    api.intercept(({path}) =>
      [paths.accessReview, paths.selfReview].some((one) => one === path) ? review : undefined,
    );
    const kubeconfig = join(home, 'lines');
    writeFileSync(kubeconfig, JSON.stringify(api.kubeconfig()));
    const given = Object.entries({...env, KUBECONFIG: kubeconfig}).map(([name, value]) => `${name}=${value} `);
    const script = `${given.join('')}"$0" "$@"; echo "code=$?"`;
    const lines = runInTerminal('/bin/sh', ['-c', script, process.execPath, program, ...args], {
      columns: 80,
      rows: 24,
      env: {HOME: home},
    });
    await lines.waitFor('Name of the release: ');
    lines.write('Orders\r');
    await lines.waitFor('That cannot be: ');
    lines.write('orders\r');
    await lines.waitFor('Namespace [');
    lines.write('\r');
    await lines.waitFor(/Username \[postgres\]: /);
    lines.write('\u0003');
    await lines.ended;
    expect(lines.output()).toContain('code=130');
    // At most a line editor asks where the cursor is: no screen is drawn, none is cleared.
    expect(lines.output()).not.toMatch(/\u001b\[2J|\u001b\[\?1049h|\u001b\[\?25l/);
  });

  it('which cluster is a choice by number where the kubeconfig has several', async () => {
    const api = await fakeApi();
    onTestFinished(() => api.stop());
    const kubeconfig = join(home, 'several');
    const one = api.kubeconfig() as {contexts: {name: string}[]; 'current-context': string};
    const contexts = [...one.contexts, {...one.contexts[0], name: 'other'}];
    writeFileSync(kubeconfig, JSON.stringify({...one, contexts}));
    const lines = open({KUBECONFIG: kubeconfig, ACCESSIBLE: '1', PGHI_READ_ONLY: '1'});
    await lines.waitFor('Which cluster [1]: ');
    const said = lines.output();
    expect(said).toContain(`1. ${one['current-context']}, the current context`);
    expect(said).toMatch(/2\. other\r?\n3\. The sandbox: /);
    lines.write('4\r');
    await lines.waitFor('That cannot be: a number from 1 to 3 is asked for.');
    lines.write('2\r');
    await lines.waitFor('Cluster other');
    await lines.waitFor('What now: ');
    expect(lines.output()).not.toContain('Install a new database');
    lines.write('1\r');
    await lines.ended;
    expect(lines.output()).toContain('code=0');
  });
});
