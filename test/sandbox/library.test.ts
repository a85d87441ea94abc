// The package as a library: its example installs and scales, and its types stand alone.
import {execFile} from 'node:child_process';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {cliJson} from '../support/cli.ts';
import {helm4, root, smallChart} from '../support/paths.ts';
import {startSandbox, type TestSandbox} from '../support/sandbox.ts';

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

test('a program that uses it is checked against its types, with no other package', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pghi-types-'));
  await run(process.execPath, [join(root, 'scripts', 'declarations.mjs'), join(folder, 'types')]);
  writeFileSync(
    join(folder, 'program.ts'),
    [
      "import {connect, type Result} from 'pg-helm-install';",
      'const postgres = await connect();',
      "export const ended: Result = await postgres.start({kind: 'restart', release: 'orders'});",
      '// @ts-expect-error -- there is no such operation',
      "await postgres.start({kind: 'explode', release: 'orders'});",
      '// @ts-expect-error -- a scale says how many',
      "await postgres.start({kind: 'scale', release: 'orders'});",
    ].join('\n'),
  );
  const compilerOptions = {
    ...{target: 'ES2022', module: 'ESNext', moduleResolution: 'bundler', strict: true, noEmit: true, types: []},
    paths: {'pg-helm-install': ['./types/client/index.d.ts']},
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({compilerOptions, files: ['program.ts']}));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const checked = await run(process.execPath, [tsc, '-p', folder]).catch((error: unknown) => error);
  expect(checked).toMatchObject({stdout: ''});
});
