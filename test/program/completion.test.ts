// Completion as a shell asks for it: the real bash, zsh and fish, and a cluster that does not answer in time.
import {execFileSync} from 'node:child_process';
import {chmodSync, existsSync, mkdtempSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest';
import {cli} from '../support/cli.ts';
import {helmRecord} from '../support/fakes/cluster.ts';
import {fakeApi, type FakeApi} from '../support/fakes/fake-api.ts';
import {program} from '../support/paths.ts';
import {runInTerminal} from '../support/screens/pseudo-terminal.ts';
import {waitFor} from '../support/wait-for.ts';

const folder = mkdtempSync(join(tmpdir(), 'pghi-completion-'));
writeFileSync(join(folder, 'pg-helm-install'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
chmodSync(join(folder, 'pg-helm-install'), 0o755);

/** A kubeconfig with two contexts, both of which lead to that port. */
function kubeconfigTo(port: number): string {
  const file = join(folder, `config-${port}`);
  const context = (name: string) => ({name, context: {cluster: 'c', user: 'u'}});
  writeFileSync(
    file,
    JSON.stringify({
      clusters: [{name: 'c', cluster: {server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true}}],
      users: [{name: 'u', user: {token: 't'}}],
      contexts: [context('prod-eu'), context('prod-us')],
      'current-context': 'prod-eu',
    }),
  );
  return file;
}

/** What bash would offer behind these words. */
function offered(...words: string[]): string[] {
  const script = [
    'source <(pg-helm-install completion bash)',
    'COMP_WORDS=(pg-helm-install "$@"); COMP_CWORD=$#',
    '_pg_helm_install',
    'printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  const env = {...process.env, PATH: `${folder}:${process.env['PATH']}`, KUBECONFIG: kubeconfigTo(1)};
  const answer = execFileSync('bash', ['-c', script, 'bash', ...words], {encoding: 'utf8', env, cwd: folder});
  return answer.split('\n').filter(Boolean);
}

it.skipIf(!existsSync('/bin/bash'))('bash completes commands, flags, their values, contexts and files', () => {
  expect(offered('sw')).toEqual(['switchover']);
  expect(offered('status', 'orders', '--wa')).toEqual(['--watch']);
  expect(offered('status', 'orders', '--output', 'j')).toEqual(['json']);
  expect(offered('list', '--context', 'prod-')).toEqual(['prod-eu', 'prod-us']);
  expect(offered('install', 'orders', '--answers', 'pg-')).toEqual(['pg-helm-install']);
  expect(offered('status', '')).toEqual([]);
  // In bash "=" is a word of its own.
  expect(offered('status', 'orders', '--output', '=', 'j')).toEqual(['json']);
});

const installed = (shell: string) =>
  ['/bin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'].map((at) => join(at, shell)).find(existsSync);
const environment = {PATH: `${folder}:${process.env['PATH']}`, KUBECONFIG: kubeconfigTo(1), HOME: folder};

/** The line after a Tab, and what is listed below it. */
const zsh = installed('zsh');
it.skipIf(!zsh)(
  'zsh completes commands, flags, their values, contexts and files (where zsh is installed)',
  async () => {
    const terminal = runInTerminal(zsh ?? '', ['-f', '-i'], {columns: 80, rows: 30, env: environment});
    const line = async (what: string, isRight: (lines: readonly string[]) => boolean) =>
      waitFor(what, async () => terminal.screen(), isRight, {deadlineMs: 20_000, everyMs: 20});
    terminal.write(`cd ${folder}; PS1='> '; source <(pg-helm-install completion zsh); print rea''dy\r`);
    await line('a prompt', (lines) => lines.includes('ready') && lines.findLast((one) => one !== '')?.trim() === '>');
    const completes = async (typed: string, to: string | RegExp) => {
      terminal.write(`\u0015${typed}\t`);
      const is = (one: string) => (typeof to === 'string' ? one.trimEnd() === `> ${to}` : to.test(one));
      await line(`${typed} completed to ${String(to)}`, (lines) => lines.some(is));
      terminal.write('\u0015clear\r');
      await line(
        'an empty screen',
        (lines) =>
          lines
            .filter((one) => one !== '')
            .join()
            .trim() === '>',
      );
    };
    await completes('pg-helm-install sw', 'pg-helm-install switchover');
    await completes('pg-helm-install status orders --wa', 'pg-helm-install status orders --watch');
    await completes('pg-helm-install status orders --output j', 'pg-helm-install status orders --output json');
    await completes('pg-helm-install status orders --output=j', 'pg-helm-install status orders --output=json');
    await completes('pg-helm-install list --context prod-', /^prod-eu +prod-us$/);
    await completes(
      'pg-helm-install install orders --answers pg-',
      'pg-helm-install install orders --answers pg-helm-install',
    );
    await completes(
      'pg-helm-install install orders --answers=pg-',
      'pg-helm-install install orders --answers=pg-helm-install',
    );
    // What each command is for is listed beside it.
    await completes('pg-helm-install ro', /^rollback +-- \w/);
  },
);

const fish = installed('fish');
it.skipIf(!fish)('fish completes the same (where fish is installed)', () => {
  const offers = (line: string) => {
    const script = 'pg-helm-install completion fish | source; complete -C "$argv[1]"';
    const answer = execFileSync(fish ?? '', ['--no-config', '-c', script, line], {
      encoding: 'utf8',
      env: {...process.env, ...environment},
      cwd: folder,
    });
    return answer.split('\n').filter(Boolean);
  };
  const words = (line: string) => offers(`pg-helm-install ${line}`).map((one) => one.split('\t')[0]);
  expect(offers('pg-helm-install sw')).toEqual([expect.stringMatching(/^switchover\t\w/)]);
  expect(words('')).toContain('install');
  expect(words('status orders --wa')).toEqual(['--watch']);
  expect(words('status orders --output j')).toEqual(['json']);
  expect(words('status orders --output=j')).toEqual(['--output=json']);
  expect(words('list --context prod-')).toEqual(['prod-eu', 'prod-us']);
  expect(words('list --context=prod-')).toEqual(['--context=prod-eu', '--context=prod-us']);
  expect(words('install orders --answers pg-')).toEqual(['pg-helm-install']);
  expect(words('install orders --answers=pg-')).toEqual(['--answers=pg-helm-install']);
  expect(words('status ')).toEqual([]);
});

it('nothing is said where a cluster does not answer', async () => {
  // The server takes the connection and says nothing.
  const server = createServer(() => undefined);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const {port} = server.address() as {port: number};
  const answer = await cli(['__complete', 'status', ''], {env: {KUBECONFIG: kubeconfigTo(port)}});
  expect(answer).toMatchObject({code: 0, stdout: '', stderr: ''});
});

describe('names that the cluster has', () => {
  let fake: FakeApi;
  let env: Readonly<Record<string, string>>;
  beforeAll(async () => {
    fake = await fakeApi();
    const file = join(folder, 'config-live');
    writeFileSync(file, JSON.stringify(fake.kubeconfig()));
    env = {KUBECONFIG: file};
    for (const name of ['team-a', 'team-b']) fake.put('/api/v1/namespaces', {metadata: {name}});
    for (const name of ['orders', 'shop']) fake.put('/api/v1/namespaces/team-a/secrets', helmRecord(name, 1));
    fake.put('/api/v1/namespaces/team-b/secrets', {
      ...helmRecord('billing', 1),
      metadata: {...helmRecord('billing', 1).metadata, namespace: 'team-b'},
    });
  });
  afterAll(() => fake.stop());
  const complete = async (...words: string[]) => {
    const {code, stdout, stderr} = await cli(['__complete', ...words], {env});
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    return stdout.split('\n').flatMap((line) => line.split('\t')[0] || []);
  };
  /** On a busy machine the first answers may come too late for a person who waits. */
  const inTime = (...words: string[]) =>
    waitFor(
      'names',
      () => complete(...words),
      (names) => names.length > 0,
      {deadlineMs: 20_000, everyMs: 50},
    );

  it('are releases, of the namespace of the context or of the one that is named', async () => {
    expect(await inTime('status', '')).toEqual(['orders', 'shop']);
    expect(await inTime('status', '--namespace', 'team-b', '')).toEqual(['billing']);
    expect(await inTime('scale', '-n', 'team-b', '')).toEqual(['billing']);
  });

  it('are namespaces', async () => {
    expect(await inTime('status', 'orders', '--namespace', '')).toEqual(['team-a', 'team-b']);
    expect(await inTime('list', '--namespace=')).toEqual(['--namespace=team-a', '--namespace=team-b']);
  });

  it('are left out where the cluster is silent', async () => {
    fake.intercept(({path}) => (path.startsWith('/api') ? 'silent' : undefined));
    onTestFinished(() => fake.clearIntercepts());
    expect(await complete('status', '')).toEqual([]);
    expect(await complete('status', 'orders', '--namespace', '')).toEqual([]);
  });
});

it('a space stands for a word that is not begun, as PowerShell sends it', async () => {
  const {stdout} = await cli(['__complete', 'sandbox', ' ']);
  expect(stdout).toBe('up\ndown\nstatus\nfault\n');
});

it('each shell has its script, and others are named', async () => {
  for (const shell of ['bash', 'zsh', 'fish', 'powershell'])
    expect(await cli(['completion', shell])).toMatchObject({code: 0, stdout: expect.stringContaining('__complete')});
  const {code, stderr} = await cli(['completion', 'tcsh']);
  expect({code, stderr}).toEqual({
    code: 2,
    stderr: expect.stringContaining('completion: "tcsh" is none of bash, zsh, fish, powershell.'),
  });
});
