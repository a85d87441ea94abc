// The program among others: an old Node, a reader that has enough, a disk that is full.
import {spawn} from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {start} from '../support/cli.ts';
import {program, root} from '../support/paths.ts';
import {runInTerminal} from '../support/screens/pseudo-terminal.ts';
import {waitFor} from '../support/wait-for.ts';

async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{code: number | null; stdout: string; stderr: string}> {
  const child = spawn(process.execPath, args, {env, stdio: ['ignore', 'pipe', 'pipe']});
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (stdout += String(text)));
  child.stderr.on('data', (text: Buffer) => (stderr += String(text)));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return {code, stdout, stderr};
}

describe('an old Node', () => {
  /** Loaded before the program, so that all that it sees of its Node names this version. */
  const olderNode = (version: string): string => {
    const file = join(mkdtempSync(join(tmpdir(), 'pghi-node-')), 'older.cjs');
    writeFileSync(
      file,
      `Object.defineProperty(process, 'versions', {value: {...process.versions, node: '${version}'}});\n`,
    );
    return file;
  };

  const tooOld = (version: string, typed = '') => ({
    code: 2,
    stdout: '',
    stderr:
      `pg-helm-install needs Node.js 22.19 or newer; this is ${version}. npm has one:\n` +
      `  npx -p node@24 -p pg-helm-install pg-helm-install${typed}\n`,
  });

  /** A checkout in which this is the Node that `npm ci` brought; null: `npm ci` has not run. */
  const checkoutWith = (newerNode: string | null): string => {
    const checkout = mkdtempSync(join(tmpdir(), 'pghi-checkout-'));
    cpSync(dirname(program), join(checkout, 'bin'), {recursive: true});
    writeFileSync(join(checkout, 'package.json'), '{"type": "module"}');
    if (newerNode !== null) {
      mkdirSync(join(checkout, 'node_modules', 'node', 'bin'), {recursive: true});
      writeFileSync(join(checkout, 'node_modules', 'node', 'bin', 'node'), newerNode, {mode: 0o755});
    }
    return join(checkout, 'bin', 'pg-helm-install.js');
  };

  it.each(['8.17.0', '18.20.8', '22.18.0'])('%s is told what is needed', async (version) => {
    const alone = checkoutWith(null);
    expect(await run(['--require', olderNode(version), alone, '--version'])).toEqual(tooOld(version, ' --version'));
  });

  it('is told without words that would need quotes', async () => {
    expect(await run(['--require', olderNode('20.20.2'), checkoutWith(null), 'status', 'a b'])).toEqual(
      tooOld('20.20.2'),
    );
  });

  it('goes on with the one of the checkout: the same words, flags of Node and streams, and its exit code', async () => {
    const checkout = checkoutWith('#!/bin/sh\necho "$@"; echo "said" >&2; exit 5\n');
    const older = olderNode('20.20.2');
    expect(await run(['--require', older, checkout, 'install', 'a b', '--yes'])).toEqual({
      code: 5,
      stdout: `--require ${older} ${checkout} install a b --yes\n`,
      stderr: 'said\n',
    });
  });

  it('is told what is needed where the one of the checkout does not start', async () => {
    const checkout = checkoutWith('#!/no/such/loader\n');
    expect(await run(['--require', olderNode('20.20.2'), checkout, '--version'])).toEqual(
      tooOld('20.20.2', ' --version'),
    );
  });

  it('does not start itself again and again', async () => {
    const checkout = checkoutWith('');
    const node = join(dirname(dirname(checkout)), 'node_modules', 'node', 'bin', 'node');
    rmSync(node);
    symlinkSync(process.execPath, node);
    expect(await run(['--require', olderNode('20.20.2'), checkout, '--version'])).toEqual(
      tooOld('20.20.2', ' --version'),
    );
  });

  describe('with PGHI_PASSWORD', () => {
    const password = 'nobody sees this one';
    const environment = {...process.env, PGHI_PASSWORD: password, NOT_SECRET: 'seen'};

    it('hands it over on a pipe, and neither process has it in its environment', async () => {
      const checkout = checkoutWith(
        [
          `#!${process.execPath}`,
          "const {readFileSync} = require('node:fs');",
          'const {PG_HELM_INSTALL_PASSWORD_FD: descriptor} = process.env;',
          "const environments = ['self', process.ppid].map((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8'));",
          'const handed = readFileSync(Number(descriptor), "utf8");',
          'console.log(JSON.stringify({handed, environments}));',
          '',
        ].join('\n'),
      );
      // The same bytes also end the entry of another variable, which stands first.
      const twice = {OTHER_PGHI_PASSWORD: password, ...environment};
      const {stdout} = await run(['--require', olderNode('20.20.2'), checkout], twice);
      const {handed, environments} = JSON.parse(stdout) as {handed: string; environments: readonly string[]};
      expect(handed).toBe(password);
      expect(environments).toHaveLength(2);
      for (const one of environments) {
        expect(one).toContain('NOT_SECRET=seen');
        expect(one).not.toContain(password);
      }
    });

    it('it is the password of the run', async () => {
      const checkout = checkoutWith(`#!/bin/sh\nshift 2\nexec '${process.execPath}' "$@"\n`);
      symlinkSync(join(root, 'dist'), join(dirname(dirname(checkout)), 'dist'));
      const given = {...environment, PGHI_PASSWORD: 'hunter2', KUBECONFIG: '/no/such/file'};
      const args = ['--require', olderNode('20.20.2'), checkout, 'install', 'orders', '--yes', '--output', 'json'];
      const {code, stdout} = await run(args, given);
      expect({code, said: stdout}).toEqual({code: 2, said: expect.stringMatching(/PGHI_PASSWORD: .* has 7 of /)});
    });
  });

  it('ends as the newer one does that a signal ends', async () => {
    const checkout = checkoutWith('#!/bin/sh\nkill -KILL $$\n');
    expect(await run(['--require', olderNode('20.20.2'), checkout, '--version'])).toMatchObject({code: 137});
  });

  it('can parse the file that says so', () => {
    const text = readFileSync(program, 'utf8').replace(/^\s*(\/\/|#!).*$/gm, '');
    expect(text).not.toMatch(/\b(const|let|await|async|class)\b|=>|`|\?\.|\?\?|^import\s/m);
  });

  /** Says how often it was interrupted, and ends at the end of a line. No shell: its `read` can miss a signal. */
  const counting = [
    `#!${process.execPath}`,
    'let n = 0;',
    "process.on('SIGINT', () => console.log(`got ${++n}`));",
    "process.stdin.once('data', () => { console.log(`total ${n}`); process.exit(); });",
    "console.log('up');",
    '',
  ].join('\n');

  it('passes ctrl-c of a terminal on no second time', async () => {
    const checkout = checkoutWith(counting);
    const terminal = runInTerminal(process.execPath, ['--require', olderNode('20.20.2'), checkout]);
    await terminal.waitFor('up');
    terminal.write('\u0003');
    await terminal.waitFor('got 1');
    terminal.write('\r');
    await terminal.ended;
    expect(terminal.output()).toContain('total 1');
  });

  it('passes on what is sent to it alone where there is no terminal', async () => {
    const child = spawn(process.execPath, ['--require', olderNode('20.20.2'), checkoutWith(counting)]);
    let said = '';
    const hears = (words: string) =>
      waitFor(
        words,
        () => said,
        (text) => text.includes(words),
        {deadlineMs: 10_000, everyMs: 10},
      );
    child.stdout.on('data', (text: Buffer) => (said += String(text)));
    await hears('up');
    child.kill('SIGINT');
    await hears('got 1');
    child.stdin.end('\n');
    await hears('total 1');
  });

  it('22.19 and later run', async () => {
    for (const version of ['22.19.0', '24.0.0', '26.1.0'])
      expect((await run(['--require', olderNode(version), program, '--version'])).code).toBe(0);
  });
});

describe('a reader that has enough', () => {
  it.each([[['--help']], [['install', '--help']], [['nonsense', '--output', 'json']]])(
    'of %j is no failure',
    async (args) => {
      const running = start(args);
      running.child.stdout?.destroy();
      const {signal, stderr} = await running.finished;
      expect({signal, stderr}).toEqual({signal: null, stderr: ''});
    },
  );

  it('takes the first line', async () => {
    const child = spawn('sh', ['-c', '"$0" "$1" install --help | head -n 1', process.execPath, program], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += String(chunk)));
    await new Promise((resolve) => child.on('close', resolve));
    expect(text).toBe('Usage: pg-helm-install install [RELEASE] [flags]\n');
  });
});

describe.skipIf(!existsSync('/dev/full'))('standard output that is full', () => {
  it.each([[['--help']], [['install', '--help']], [['nonsense', '--output', 'json']]])(
    'fails in words: %j',
    async (args) => {
      const full = openSync('/dev/full', 'w');
      const child = spawn(process.execPath, [program, ...args], {stdio: ['ignore', full, 'pipe']});
      let stderr = '';
      child.stderr?.on('data', (text: Buffer) => (stderr += String(text)));
      const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
      closeSync(full);
      expect({code, stderr}).toEqual({
        code: 1,
        stderr:
          'Standard output cannot be written (ENOSPC). Send it where there is room, and run the same command again.\n',
      });
    },
  );
});
