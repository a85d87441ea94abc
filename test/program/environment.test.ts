// PGHI_PASSWORD is gone from the process once it has begun, also from what the system shows of it.
import {readFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {cliJson, start} from '../support/cli.ts';

test.runIf(process.platform === 'linux')(
  'neither /proc/PID/environ nor the arguments show it while it runs',
  async () => {
    const canary = 'canary-4711-password';
    // A server that takes the connection and never answers keeps the program waiting.
    let asked: (value: unknown) => void = () => undefined;
    const connected = new Promise((resolve) => (asked = resolve));
    const server = createServer((socket) => asked(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const {port} = server.address() as {port: number};
    const kubeconfig = join(mkdtempSync(join(tmpdir(), 'pghi-environ-')), 'config');
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        clusters: [{name: 'c', cluster: {server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true}}],
        users: [{name: 'u', user: {token: 't'}}],
        contexts: [{name: 'c', context: {cluster: 'c', user: 'u'}}],
        'current-context': 'c',
      }),
    );
    const running = start(['install', 'orders', '--yes', '--kubeconfig', kubeconfig], {
      env: {PGHI_PASSWORD: canary, OTHER: 'kept'},
    });
    try {
      await connected;
      const environ = readFileSync(`/proc/${running.child.pid}/environ`, 'utf8');
      expect(environ).toContain('OTHER=kept');
      expect(environ).not.toContain(canary);
      expect(readFileSync(`/proc/${running.child.pid}/cmdline`, 'utf8')).not.toContain(canary);
    } finally {
      running.child.kill('SIGKILL');
      await running.finished;
      server.close();
    }
  },
);

test.each([
  ['install', ['install', 'orders', '--yes']],
  ['connect', ['connect', 'orders', '--forward', '0']],
  ['sandbox', ['sandbox', 'up']],
])('with PGHI_READ_ONLY %s is refused before anybody is asked', async (name, words) => {
  const env = {PGHI_READ_ONLY: '1', KUBECONFIG: '/nowhere'};
  const {code, json} = await cliJson<{outcome: string; cause: {code: string; message: string}}>(words, {env});
  expect({code, outcome: json.outcome}).toEqual({code: 3, outcome: 'refused'});
  expect(json.cause).toMatchObject({
    code: 'READ_ONLY',
    message: `PGHI_READ_ONLY is set, and ${name} changes something. Nothing was changed.`,
  });
});
