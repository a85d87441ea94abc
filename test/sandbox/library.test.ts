// The package as a library: its example installs and scales. Its types are tested where it is packed.
import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {cliJson} from '../support/cli.ts';
import {helm4, root, smallChart} from '../support/paths.ts';
import {startSandbox, type TestSandbox} from '../support/clusters/sandbox.ts';

const run = promisify(execFile);
let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

test('its example installs, scales, and says where the database is', async () => {
  const env = {
    ...process.env,
    ...sandbox.env,
    KUBECONFIG: sandbox.kubeconfig,
    PGHI_CHART: smallChart,
    PGHI_HELM: helm4,
  };
  const {stdout, stderr} = await run(process.execPath, [join('examples', 'install-and-scale.ts')], {cwd: root, env});
  const lines = stdout.trim().split('\n');
  expect(lines[0], stderr).toMatch(/^pg-helm-install install orders .*--read-replicas 1\b/);
  expect(lines).toEqual(expect.arrayContaining(['install: succeeded', 'scale: succeeded']));
  expect(lines.at(-1)).toBe('ready: writer orders-postgresql-primary.default.svc.cluster.local, 2 readers');
  const {json} = await cliJson<{readers: object}>(['status', 'orders', '--sandbox'], {env: sandbox.env});
  expect(json.readers).toEqual({ready: 2, wanted: 2});
});
