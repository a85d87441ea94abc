// Where the bench runs: programs, chart, and namespaces of its own that are gone afterwards.
import {spawn, spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, isAbsolute, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {measure} from './measure.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const program = join(root, 'bin', 'pg-helm-install.js');
export const chart = process.env.PGHI_TEST_CHART ?? process.env.PGHI_CHART ?? join(root, 'sandbox', 'chart');
/** Both sides use the same helm. */
export const helm = process.env.PGHI_HELM ?? prepared('helm');
export const helm4 = prepared('helm4');
const kubectlProgram = prepared('kubectl');
// Our command finds a helm on PATH by itself; PGHI_HELM takes no relative name.
const environment = isAbsolute(helm) ? {...process.env, PGHI_HELM: helm} : process.env;

const run = Math.random().toString(36).slice(2, 7);
const namespaces = new Set();
let folder = null;

/** Ours, as a user starts it. */
export function ours(args, options = {}) {
  return measure(process.execPath, [program, ...args], {...options, env: environment});
}

export async function kubectl(args) {
  return (await measure(kubectlProgram, args)).stdout;
}

export async function makeNamespace(purpose) {
  const name = `bench-${run}-${purpose}`;
  namespaces.add(name);
  await kubectl(['create', 'namespace', name]);
  return name;
}

/**
 * Waits until the namespaces and their volumes are gone: what is being deleted would slow down what is measured next.
 */
export async function removeNamespaces(names) {
  await kubectl(['delete', 'namespace', ...names, '--ignore-not-found', '--timeout=10m']);
  for (const name of names) namespaces.delete(name);
}

export async function removeAllNamespaces() {
  if (namespaces.size > 0) await removeNamespaces([...namespaces]);
}

/** Deletes without waiting; called at the end of the bench, however it ends. */
export function cleanUp() {
  if (folder) rmSync(folder, {recursive: true, force: true});
  if (namespaces.size > 0)
    spawnSync(kubectlProgram, ['delete', 'namespace', ...namespaces, '--ignore-not-found', '--wait=false'], {
      stdio: 'ignore',
    });
}

/** The path of a new file that holds this as JSON. */
export function jsonFile(name, content) {
  folder ??= mkdtempSync(join(tmpdir(), 'pghi-bench-'));
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

/** The values that our install would give helm. */
export async function plannedValues(release, namespace, flags) {
  const {stdout} = await ours([
    'install',
    release,
    '-n',
    namespace,
    '--yes',
    '--chart',
    chart,
    ...flags,
    '--dry-run',
    '--output',
    'json',
  ]);
  return JSON.parse(stdout).plan.values;
}

const members = ['primary', 'readReplicas'];

/** The values with another update strategy: helm does not wait for StatefulSets that are updated OnDelete. */
export function forHelm(values, without = []) {
  const member = (name) => {
    const kept = Object.entries(values[name]).filter(([key]) => !without.includes(key));
    return {...Object.fromEntries(kept), updateStrategy: {type: 'RollingUpdate', rollingUpdate: {}}};
  };
  return {...values, ...Object.fromEntries(members.map((name) => [name, member(name)]))};
}

/** The API server over plain HTTP, with the kubeconfig's credentials: `{url, close}`. */
export async function openProxy() {
  const proxy = spawn(kubectlProgram, ['proxy', '--port=0'], {stdio: ['ignore', 'pipe', 'inherit']});
  const address = await new Promise((resolve, reject) => {
    let text = '';
    proxy.on('error', reject);
    proxy.on('exit', (code) => reject(new Error(`kubectl proxy ended with ${code}`)));
    proxy.stdout.setEncoding('utf8').on('data', (chunk) => {
      const [found] = /127\.0\.0\.1:\d+/.exec((text += chunk)) ?? [];
      if (found) resolve(found);
    });
  });
  process.once('exit', () => proxy.kill());
  return {url: `http://${address}`, close: () => void proxy.kill()};
}

/** The program that `npm ci` has put into the checkout, else the one on PATH. */
function prepared(name) {
  const path = join(root, 'node_modules', '.cache', 'pg-helm-install', 'bin', name);
  return existsSync(path) ? path : name;
}
