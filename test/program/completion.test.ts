// Completion as a shell asks for it: the real bash, and a cluster that does not answer in time.
import {execFileSync} from 'node:child_process';
import {chmodSync, existsSync, mkdtempSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, it, onTestFinished} from 'vitest';
import {cli} from '../support/cli.ts';
import {program} from '../support/paths.ts';

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
});

it('a cluster that does not answer costs a moment, and nothing is said', async () => {
  // It takes the connection and says nothing.
  const server = createServer(() => undefined);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const {port} = server.address() as {port: number};
  const began = performance.now();
  const answer = await cli(['__complete', 'status', ''], {env: {KUBECONFIG: kubeconfigTo(port)}});
  expect(answer).toMatchObject({code: 0, stdout: '', stderr: ''});
  // The client itself waits 10 s for an answer.
  expect(performance.now() - began).toBeLessThan(5000);
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
