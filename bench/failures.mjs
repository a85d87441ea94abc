// What each tool says of a failure, and after how long: plain helm 3, plain helm 4 and ours on the same cluster in one
// run. Writes docs/failures.md.
import {execFile} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {failures} from './failure-cases.mjs';
import {
  chart,
  forHelm,
  helm,
  helm4,
  jsonFile,
  kubectl,
  makeNamespace,
  plannedValues,
  program,
  removeNamespaces,
} from './place.mjs';

const release = 'orders';
const flags = ['--read-replicas', '1', '--storage-size', '1Gi', '--memory', '256Mi', '--cpu', '100m'];
const seconds = 60;
/** Most installs only wait; more of them at once would slow down what is timed. */
const atOnce = 4;
const page = join(dirname(dirname(fileURLToPath(import.meta.url))), 'docs', 'failures.md');

export const failuresPage = {
  needsCluster: true,
  onlyByName: true,
  async run({report}) {
    const place = await makeNamespace('plan');
    const values = await plannedValues(release, place, flags);
    await removeNamespaces([place]);
    const tools = {
      'helm 3': (one, namespace) => byHelm(helm, one, namespace, values),
      'helm 4': (one, namespace) => byHelm(helm4, one, namespace, values),
      ours: (one, namespace) => byUs(one, namespace),
    };
    const work = failures.flatMap((one) => Object.keys(tools).map((tool) => ({one, tool})));
    const told = new Map(failures.map((one) => [one, {}]));
    await Promise.all(
      Array.from({length: atOnce}, async () => {
        for (let next = work.shift(); next; next = work.shift()) {
          const {one, tool} = next;
          const namespace = await makeNamespace(`f-${Math.random().toString(36).slice(2, 7)}`);
          try {
            await one.prepare?.(namespace, {release, flags});
            told.get(one)[tool] = await tools[tool](one, namespace);
            report(`${one.title}: ${tool}, ${told.get(one)[tool].seconds} s`);
          } finally {
            await removeNamespaces([namespace]);
          }
        }
      }),
    );
    mkdirSync(dirname(page), {recursive: true});
    writeFileSync(page, written(told));
    return [];
  },
};

/** Runs a program and never throws, because how it ended is the result. `seconds` has one decimal. */
function run(file, args) {
  const began = performance.now();
  return new Promise((resolve) => {
    execFile(file, args, {maxBuffer: 2 ** 26, env: {...process.env, PGHI_HELM: helm}}, (error, stdout, stderr) => {
      const took = ((performance.now() - began) / 1000).toFixed(1);
      resolve({code: error ? (error.code ?? 1) : 0, stdout, stderr, seconds: took});
    });
  });
}

async function byUs({ours}, namespace) {
  const args = ['install', release, '-n', namespace, '--yes', '--chart', chart, '--timeout', `${seconds}s`];
  const {stdout, seconds: took} = await run(process.execPath, [program, ...args, ...flags, ...ours, '-o', 'json']);
  const {cause, outcome} = JSON.parse(stdout);
  const text = cause ? `${cause.code}: ${cause.message}` : `It ended as ${outcome}.`;
  return {text, seconds: took, remedy: cause?.remedies[0]?.title ?? null};
}

async function byHelm(tool, {values: wrong}, namespace, values) {
  const keys = Object.values(values.auth.secretKeys).map((key) => `--from-literal=${key}=only-for-the-bench`);
  const secret = ['create', 'secret', 'generic', values.auth.existingSecret, '-n', namespace, ...keys];
  await kubectl(secret).catch(() => undefined);
  const file = jsonFile(`${namespace}.json`, merged(forHelm(values), wrong));
  const args = ['install', release, chart, '-n', namespace, '--values', file, '--wait', '--timeout', `${seconds}s`];
  const {code, stderr, seconds: took} = await run(tool, args);
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return {text: code === 0 ? 'It ended well.' : last, seconds: took};
}

function merged(base, other) {
  if (typeof base !== 'object' || base === null || typeof other !== 'object' || Array.isArray(other)) return other;
  return Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(other)])].map((key) => [
      key,
      !(key in other) ? base[key] : key in base ? merged(base[key], other[key]) : other[key],
    ]),
  );
}

function written(told) {
  return [
    '# What you are told when it fails',
    '',
    'Made by `npm run bench failures`: the same release on the same cluster in one run, installed by plain helm with',
    `\`--wait --timeout ${seconds}s\` (by itself it waits five minutes) and by us with \`--timeout ${seconds}s\`. The`,
    'messages are as they were printed.',
    '',
    ...[...told].flatMap(([{title}, {'helm 3': three, 'helm 4': four, ours: us}]) => [
      `## ${title}`,
      '',
      '| | after | says |',
      '|---|---|---|',
      ...Object.entries({'helm 3': three, 'helm 4': four, 'pg-helm-install': us}).map(
        ([name, {text, seconds: took}]) => `| ${name} | ${took} s | ${cell(text)} |`,
      ),
      '',
      ...(us.remedy ? [`What to do: ${us.remedy.replace(/\.$/, '')}.`, ''] : []),
    ]),
  ]
    .join('\n')
    .replace(/bench-[a-z0-9]+-f-[a-z0-9]+/g, 'team-a');
}

/** The text as one line for a cell of a table, with the characters escaped that Markdown interprets. */
function cell(text) {
  const plain = text
    .replace(/\s+/g, ' ')
    .replace(/[|<>*_]/g, '\\$&')
    .trim();
  return plain.length > 400 ? `${plain.slice(0, 397)}…` : plain;
}
