// install, from its start until a writer and a reader are proven, beside helm waiting for the same chart.
import {interleaved, measure} from './measure.mjs';
import {
  chart,
  forHelm,
  helm,
  jsonFile,
  kubectl,
  makeNamespace,
  ours,
  plannedValues,
  removeNamespaces,
} from './place.mjs';
import {ratioRow} from './table.mjs';

const release = 'bench';
const flags = ['--read-replicas', '1', '--storage-size', '1Gi'];

export const install = {
  needsCluster: true,
  async run({n, report}) {
    const place = await makeNamespace('plan');
    const values = await plannedValues(release, place, flags);
    await removeNamespaces([place]);
    const sameProbes = jsonFile('same-probes.json', forHelm(values));
    const ownProbes = jsonFile(
      'own-probes.json',
      forHelm(values, ['startupProbe', 'readinessProbe', 'lifecycleHooks']),
    );
    const runs = await interleaved(
      n ?? 5,
      {
        ours: (round) => within(`ours-${round}`, installOurs),
        'helm with our values': (round) =>
          within(`same-${round}`, (namespace) => installHelm(namespace, values, sameProbes)),
        "helm with the chart's probes": (round) =>
          within(`own-${round}`, (namespace) => installHelm(namespace, values, ownProbes)),
      },
      report,
    );
    return [
      ratioRow('install : helm --wait, our values', runs.ours, runs['helm with our values'], 1.15),
      ratioRow("install : helm --wait, chart's probes", runs.ours, runs["helm with the chart's probes"], 0.5),
    ];
  },
};

/** Our command makes its Secret itself; that is part of what is measured. */
async function installOurs(namespace) {
  const one = await ours([
    'install',
    release,
    '-n',
    namespace,
    '--yes',
    '--chart',
    chart,
    ...flags,
    '--output',
    'json',
  ]);
  const {writer, reader} = JSON.parse(one.stdout).endpoints;
  if (!writer.proven || !reader.proven)
    throw new Error(`install ended well without proof of both endpoints:\n${one.stdout}`);
  return one;
}

async function installHelm(namespace, {auth}, valuesFile) {
  const keys = Object.values(auth.secretKeys).map((key) => `--from-literal=${key}=only-for-the-bench`);
  await kubectl(['create', 'secret', 'generic', auth.existingSecret, '-n', namespace, ...keys]);
  return measure(helm, [
    'install',
    release,
    chart,
    '-n',
    namespace,
    '--values',
    valuesFile,
    '--wait',
    '--timeout',
    '10m',
  ]);
}

/** Runs it in a new namespace, which is removed afterwards with its volumes. */
async function within(purpose, run) {
  const namespace = await makeNamespace(purpose);
  try {
    return await run(namespace);
  } finally {
    await removeNamespaces([namespace]);
  }
}
