import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test, vi} from 'vitest';
import {UserError} from '../../source/core/cause.ts';
import {childEnvironment} from '../../source/helm/environment.ts';
import {run} from '../../source/helm/run.ts';
import {folder, script} from './support.ts';

const environment = {PATH: process.env['PATH']};

describe.skipIf(process.platform === 'win32')('run', () => {
  test('a password in our environment reaches neither the environment nor the arguments of the child', async () => {
    const canary = 'canary-7f3a';
    const dir = folder();
    const path = script(
      join(dir, 'helm'),
      `env > '${dir}/env'; printf '%s\\n' "$0" "$@" > '${dir}/argv'; cat > '${dir}/stdin'`,
    );
    for (const name of ['PGHI_PASSWORD', 'PGPASSWORD', 'POSTGRES_PASSWORD', 'HELM_KUBETOKEN']) vi.stubEnv(name, canary);
    try {
      await run({path, args: ['install', 'orders'], input: '{"port":1}', environment: process.env});
    } finally {
      vi.unstubAllEnvs();
    }
    expect(readFileSync(join(dir, 'env'), 'utf8')).toContain('PATH=');
    for (const file of ['env', 'argv', 'stdin']) expect(readFileSync(join(dir, file), 'utf8')).not.toContain(canary);
    expect(readFileSync(join(dir, 'stdin'), 'utf8')).toBe('{"port":1}');
  });

  test('arguments reach the child as they are, without a shell', async () => {
    const path = script(join(folder(), 'helm'), `printf '%s\\n' "$@"`);
    const args = ['a b', '$(id)', '; rm -rf x', '*', '', "it's"];
    const {stdout, exitCode, signal, stopped} = await run({path, args, environment});
    expect(stdout).toBe(`${args.join('\n')}\n`);
    expect({exitCode, signal, stopped}).toEqual({exitCode: 0, signal: null, stopped: false});
  });

  test('an exit code and both streams come back', async () => {
    const path = script(join(folder(), 'helm'), 'echo out; echo err >&2; exit 7');
    expect(await run({path, args: [], environment})).toMatchObject({exitCode: 7, stdout: 'out\n', stderr: 'err\n'});
  });

  test('large values arrive whole', async () => {
    const path = script(join(folder(), 'helm'), 'wc -c');
    const {stdout} = await run({path, args: [], input: 'x'.repeat(3_000_000), environment});
    expect(stdout.trim()).toBe('3000000');
  });

  test('a child that does not read its values is no error of ours', async () => {
    const path = script(join(folder(), 'helm'), 'exit 1');
    expect(await run({path, args: [], input: 'x'.repeat(3_000_000), environment})).toMatchObject({exitCode: 1});
  });

  test('of much output the end is kept, and the child is not stopped for it', async () => {
    const path = script(join(folder(), 'helm'), 'head -c 2000000 /dev/zero | tr "\\0" x; echo end');
    const {stdout, exitCode} = await run({path, args: [], environment, keepBytes: 1000});
    expect(exitCode).toBe(0);
    expect(stdout).toHaveLength(1000);
    expect(stdout.endsWith('xend\n')).toBe(true);
  });

  test('aborting sends SIGTERM, and what the child says then is kept', async () => {
    const dir = folder();
    const path = script(
      join(dir, 'helm'),
      `trap 'echo cancelled; exit 1' TERM; touch '${dir}/ready'; while :; do sleep 0.05; done`,
    );
    const stop = new AbortController();
    const running = run({path, args: [], environment, signal: stop.signal});
    await vi.waitFor(() => expect(existsSync(join(dir, 'ready'))).toBe(true), 5000);
    stop.abort();
    expect(await running).toMatchObject({exitCode: 1, signal: null, stopped: true, stdout: 'cancelled\n'});
  });

  test('one that does not end within the grace time is killed, with what it started', async () => {
    const dir = folder();
    const path = script(join(dir, 'helm'), `trap '' TERM; touch '${dir}/ready'; sleep 60`);
    const stop = new AbortController();
    const running = run({path, args: [], environment, signal: stop.signal, graceMs: 100});
    await vi.waitFor(() => expect(existsSync(join(dir, 'ready'))).toBe(true), 5000);
    stop.abort();
    const result = await running;
    expect(result).toMatchObject({exitCode: null, signal: 'SIGKILL', stopped: true});
    expect(result.ms).toBeLessThan(10_000);
  });

  test('aborted before the start, nothing is started', async () => {
    const dir = folder();
    const path = script(join(dir, 'helm'), `touch '${dir}/started'`);
    expect(await run({path, args: [], environment, signal: AbortSignal.abort()})).toMatchObject({
      exitCode: null,
      stopped: true,
    });
    expect(existsSync(join(dir, 'started'))).toBe(false);
  });

  test('the child leads a process group of its own, so that Ctrl-C in our terminal passes it by', async () => {
    const path = script(join(folder(), 'helm'), 'echo $$; ps -o pgid= -p $$');
    const [pid, group] = (await run({path, args: [], environment})).stdout.split('\n').map((line) => line.trim());
    expect(group).toBe(pid);
  });

  test('a program that cannot be started is named', async () => {
    const path = join(folder(), 'helm');
    const failure = await run({path, args: [], environment}).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({
      reason: {code: 'HELM_MISSING', message: `The helm program ${path} cannot be started: it is no longer there.`},
    });
  });
});

describe('the environment of a child', () => {
  test.each([
    'PGHI_PASSWORD',
    'PGHI_HELM',
    'pghi_password',
    'PGPASSWORD',
    'PGPASSFILE',
    'PGSSLPASSWORD',
    'POSTGRES_PASSWORD',
    'POSTGRESQL_PASSWORD',
  ])('%s is left out', (name) => expect(childEnvironment({[name]: 'x'})).toEqual({}));

  test.each([
    'HELM_DEBUG',
    'HELM_NAMESPACE',
    'HELM_KUBECONTEXT',
    'HELM_KUBETOKEN',
    'HELM_DRIVER',
    'HELM_DRIVER_SQL_CONNECTION_STRING',
  ])('%s is left out', (name) => expect(childEnvironment({[name]: 'x'})).toEqual({}));

  test.each([
    'PATH',
    'HOME',
    'KUBECONFIG',
    'HTTPS_PROXY',
    'AWS_PROFILE',
    'HELM_CACHE_HOME',
    'HELM_REGISTRY_CONFIG',
    'DOCKER_CONFIG',
    'PAGER',
  ])('%s is kept', (name) => expect(childEnvironment({[name]: 'x'})).toEqual({[name]: 'x'}));
});
