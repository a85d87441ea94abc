// What is built runs on every Node that it says it runs on, and an older one goes on with that of the checkout.
import {execFile} from 'node:child_process';
import {mkdtempSync, readlinkSync, realpathSync, rmSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {helm3, program as programOfCheckout, root} from '../support/paths.ts';
import {nodeVersions, otherNode} from '../support/nodes.ts';
import {runInTerminal} from '../support/screens/pseudo-terminal.ts';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ofCheckout = join(root, 'node_modules', 'node', 'bin', 'node');

const byNpx = 'npx -p node@24 -p pg-helm-install pg-helm-install';

let unpacked: Promise<string> | null = null;

/** The folder of the package as npm would publish it, made once for all of them. */
function unpackedTarball(): Promise<string> {
  return (unpacked ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pghi-tarball-'));
    const run = promisify(execFile);
    const {stdout} = await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {cwd: root});
    await run('tar', ['-xzf', stdout.trim().split('\n').at(-1) ?? ''], {cwd: folder});
    return folder;
  })());
}
const programOfTarball = async () => join(await unpackedTarball(), 'package', 'bin', 'pg-helm-install.js');
afterAll(async () => unpacked && rmSync(await unpacked, {recursive: true, force: true}));

describe.each(nodeVersions)('on Node %s', (version) => {
  const node = otherNode(version);
  const runsOn = version.startsWith('20.') ? ofCheckout : node;
  let home: string;
  let env: Record<string, string>;
  const run = (args: readonly string[], program = programOfCheckout) =>
    new Promise<Ended>((resolve) => {
      execFile(node, [program, ...args], {env}, (error, stdout, stderr) =>
        resolve({code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr}),
      );
    });
  const inTerminal = (args: readonly string[]) => {
    const script = `/bin/sh -c 'echo pid=$$; exec "$0" "$@"' "$0" "$@"; echo "code=$?"; stty -a`;
    return runInTerminal('/bin/sh', ['-c', script, node, programOfCheckout, ...args], {columns: 80, rows: 24, env});
  };

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'pghi-nodes-'));
    env = {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      KUBECONFIG: '',
      LANG: 'C.UTF-8',
      PGHI_HELM: helm3,
      XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? '',
      PGHI_SANDBOX_FOLDER: join('/tmp', `pghi-nodes-${process.pid}-${version}`),
    };
  });
  afterAll(async () => {
    expect(await run(['sandbox', 'down', '--delete'])).toMatchObject({code: 0});
    rmSync(home, {recursive: true, force: true});
  });

  it('helps', async () => {
    const help = await readFile(join(root, 'test', 'program', 'help', 'pg-helm-install.txt'), 'utf8');
    expect(await run(['--help'])).toEqual({code: 0, stdout: help, stderr: ''});
  });

  it('draws its first frame, takes a key, and gives the terminal back', async () => {
    const terminal = inTerminal([]);
    await terminal.waitFor('There is no kubeconfig');
    terminal.write('q');
    await terminal.ended;
    expect(terminal.output()).toContain('code=0');
    expect(terminal.output()).toMatch(/\bicanon\b/);
  });

  it('that is told to end does so at once, with the terminal as before', async () => {
    const terminal = inTerminal([]);
    await terminal.waitFor('There is no kubeconfig');
    process.kill(Number(/pid=(\d+)/.exec(terminal.output())?.[1]), 'SIGTERM');
    await terminal.ended;
    expect(terminal.output()).toContain('code=143');
    expect(terminal.output()).not.toMatch(/-icanon|-echo\b/);
  });

  it('installs from the tarball in a sandbox, whose process and whose pods run on the same Node', async () => {
    const words = ['install', 'orders', '--sandbox', '--username', 'app', '--read-replicas', '1'];
    // The published package does not bring another Node, which an older one would need.
    const program = version.startsWith('20.') ? programOfCheckout : await programOfTarball();
    const {code, stdout, stderr} = await run([...words, '--yes', '--output', 'json'], program);
    expect({code, stderr, said: JSON.parse(stdout)}).toMatchObject({code: 0, said: {outcome: 'succeeded'}});
    const folder = String(env['PGHI_SANDBOX_FOLDER']);
    const {pid} = JSON.parse(await readFile(join(folder, 'sandbox.json'), 'utf8')) as {pid: number};
    if (process.platform === 'linux') expect(readlinkSync(`/proc/${pid}/exe`)).toBe(realpathSync(runsOn));
    // Their psql is run by that Node, or by a twin of it where they may not look into its folder.
    const interpreter = realpathSync(join(folder, 'programs', 'interpreter'));
    expect([realpathSync(runsOn), join(folder, 'programs', 'node')]).toContain(interpreter);
  });

  it('from the tarball, with an empty home, runs, or says how to in two lines of 80 columns', async () => {
    const [folder, program] = [await unpackedTarball(), await programOfTarball()];
    const empty = {PATH: '/usr/bin:/bin', HOME: join(folder, 'home'), KUBECONFIG: ''};
    const ended = await new Promise<Ended>((resolve) => {
      execFile(node, [program, 'list'], {env: empty, cwd: folder}, (error, stdout, stderr) =>
        resolve({code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr}),
      );
    });
    const tooOld = `this is ${version}. npm has one:\n  ${byNpx} list\n`;
    expect(ended).toEqual(
      version.startsWith('20.')
        ? {code: 2, stdout: '', stderr: expect.stringMatching(/^.{1,80}\n.{1,80}\n$/)}
        : {code: 4, stdout: '', stderr: expect.stringContaining('There is no kubeconfig')},
    );
    if (version.startsWith('20.')) expect(ended.stderr.endsWith(tooOld)).toBe(true);
  });
});
