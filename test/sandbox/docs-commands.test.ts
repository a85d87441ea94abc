// The command blocks of README and docs, run as they stand, where the locale is not UTF-8: what a page says works, and
// what is printed is ASCII. What the sandbox cannot show is named, with the reason.
import {execFile, execFileSync} from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import {cli} from '../support/cli.ts';
import {helm3, kubectl, program, root, smallChart} from '../support/paths.ts';
import {startSandbox, type TestSandbox} from '../support/clusters/sandbox.ts';

interface Block {
  readonly page: string;
  readonly text: string;
}

const pages = [
  ...['README.md', 'sandbox/README.md'],
  ...readdirSync(join(root, 'docs'), {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
];
const blocks: readonly Block[] = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/```sh\n([^]*?)```/g)].map(([, text = '']) => ({page, text})),
);

/** Why a block cannot be run here, by what is in it. */
const cannot: readonly (readonly [RegExp, string])[] = [
  [/pg-helm-install demo/, 'it takes two minutes, and demo.test.ts runs it'],
  [/registry\.example|charts\.example/, 'it needs a registry of its own; real-registry.test.ts has one'],
  [/agentpool=|--storage-class (gp3|premium-rwo)/, 'it names nodes and storage of a cloud'],
  [/--forward 5432/, 'it goes on until it is stopped; behind-proxy.test.ts holds a port open'],
  [/failover orders --dry-run/, 'it tells of a writer that is lost; lost nodes have tests of their own'],
  [/--values openshift\.yaml/, 'its values are rendered by recipes.test.ts; the sandbox has one kind of image'],
  [/sandbox up .*start it|PGHI_SANDBOX_FOLDER=/, 'it stops the sandbox that the other blocks use'],
  [/restart orders -n team-a --yes\n$/, 'it follows a change that Argo CD has applied'],
];
const reasonOf = ({text}: Block) => cannot.find(([pattern]) => pattern.test(text))?.[1] ?? null;

/** A page names the node that its reader finds; here it is asked for. */
const writersNode = [
  'pg-helm-install status orders --sandbox --output json',
  `jq -r '.pods[] | select(.role == "writer").node'`,
].join(' | ');

/** The same block for a script: it ends by itself, asks nothing, and names files that are here. */
function runnable({text}: Block, kubeconfig: string): string {
  return (
    text
      .replaceAll('npm ci && node bin/pg-helm-install.js', 'pg-helm-install')
      .replace(/^npm test$/m, '')
      .replaceAll('npx pg-helm-install', 'pg-helm-install')
      .replaceAll('/etc/rancher/k3s/k3s.yaml', kubeconfig)
      .replaceAll('/run/secrets/orders', 'password.txt')
      .replaceAll('--storage-class local-path', '--storage-class fixed')
      .replace('--count 60', '--count 2')
      // Other tools fetch the chart themselves, so it cannot be a folder of this machine.
      .replaceAll('pg-helm-install export', 'PGHI_CHART= pg-helm-install export')
      // The cluster notices only after a while that the node is lost; whoever reads the page is slower.
      .replace(
        'sandbox fault node-off=node1',
        `status orders --sandbox; NODE=$(${writersNode}); pg-helm-install sandbox fault node-off=$NODE; ` +
          'kubectl wait node/$NODE --for=condition=Ready=Unknown --timeout=90s',
      )
      .replace(/(failover orders --sandbox --node-is-off|--delete-data)/g, '$1 --yes --confirm orders')
  );
}

let sandbox: TestSandbox;
let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pghi-docs-'));
  sandbox = await startSandbox();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'pg-helm-install'), `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(join(bin, 'pg-helm-install'), 0o755);
  symlinkSync(kubectl, join(bin, 'kubectl'));
  // The contexts that the pages name lead here.
  const config = parse(readFileSync(sandbox.kubeconfig, 'utf8')) as {contexts: {name: string}[]};
  const [own] = config.contexts;
  for (const name of ['lab', 'kind-kind']) config.contexts.push({...own, name});
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, JSON.stringify(config));
  writeFileSync(join(folder, 'password.txt'), 'a password of twelve and more\n');
  env = {
    ...sandbox.env,
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: folder,
    KUBECONFIG: kubeconfig,
    PGHI_HELM: helm3,
    PGHI_CHART: smallChart,
    LC_ALL: 'C',
  };
}, 60_000);
afterAll(async () => {
  await sandbox?.stop();
  rmSync(folder, {recursive: true, force: true});
});

const run = (script: string) =>
  new Promise<{code: number; stdout: string; stderr: string}>((resolve) => {
    execFile('bash', ['-eo', 'pipefail', '-c', script], {env, cwd: folder}, (error, stdout, stderr) =>
      resolve({code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr}),
    );
  });

/** A release orders where the block installs none, and none where it does. */
async function prepare({text}: Block): Promise<void> {
  const [, namespace = 'default'] = /-n (\S+)/.exec(text) ?? [];
  await cli(['sandbox', 'fault', 'none'], {env});
  const words = ['orders', '-n', namespace, '--yes'];
  if (/install orders/.test(text)) await cli(['uninstall', ...words, '--delete-data', '--confirm', 'orders'], {env});
  else if ((await cli(['status', 'orders', '-n', namespace], {env})).code === 3)
    expect(await cli(['install', ...words, '--username', 'app', '--read-replicas', '1'], {env})).toMatchObject({
      code: 0,
    });
}

const hasJq = (() => {
  try {
    return execFileSync('jq', ['--version']).length > 0;
  } catch {
    return false;
  }
})();

describe('what the pages say, run', () => {
  const shown = blocks.filter((block) => reasonOf(block) === null);
  it.for(shown.map((block) => [block.page, block.text.trim().split('\n')[0], block] as const))(
    '%s: %s',
    {timeout: 180_000},
    async ([page, , block], {skip}) => {
      skip(!hasJq && block.text.includes('jq '), 'jq is not installed');
      const [, answers] = /```yaml\n([^]*?)```/.exec(readFileSync(join(root, page), 'utf8')) ?? [];
      if (answers !== undefined) writeFileSync(join(folder, 'orders.yaml'), answers);
      await prepare(block);
      const script = runnable(block, String(env['KUBECONFIG']));
      const {code, stdout, stderr} = await run(script);
      expect(code, [script, stdout, stderr].join('\n')).toBe(0);
      // What jq makes of JSON is data, and stays as it is.
      const words = block.text.includes('--output') ? stderr : stdout + stderr;
      expect(words.match(/[^\0-\x7f]/g)).toBeNull();
    },
  );

  it('each reason not to run a block is one of a block that there is', () => {
    const unused = cannot.filter(([pattern]) => !blocks.some(({text}) => pattern.test(text)));
    expect(unused).toEqual([]);
    expect(shown.length).toBeGreaterThan(15);
  });
});
