// list beside `helm list -A` in a cluster with a thousand releases: real records and real StatefulSets without pods.
import {interleaved, measure} from './measure.mjs';
import {cloneRelease, templateOf} from './many-releases.mjs';
import {helm, makeNamespace, openProxy, ours, removeNamespaces} from './place.mjs';
import {memoryRow, ratioRow} from './table.mjs';

const maxBytes = 150e6;
const inParallel = 8;
const namespaceCount = 10;

export const list = {
  needsCluster: true,
  async run({n, releases = 1000, report}) {
    const namespaces = [];
    for (let index = 0; index < namespaceCount; index += 1) namespaces.push(await makeNamespace(`list-${index}`));
    try {
      await fill(namespaces, releases, report);
      const count = counter(namespaces, releases);
      await checkRows(namespaces, releases);
      const runs = await interleaved(
        n ?? 5,
        {
          ours: async () => count(await ours(['list'], {memory: true})),
          // Without --max helm also reads all of them, but shows only 256.
          helm: async () => count(await measure(helm, ['list', '-A', '--max', '0'], {memory: true})),
        },
        report,
      );
      return [
        ratioRow(`list : helm list -A, ${releases} releases`, runs.ours, runs.helm, 0.1),
        memoryRow('list, memory at most', runs.ours, runs.helm, maxBytes),
      ];
    } finally {
      report('deleting the releases');
      await removeNamespaces(namespaces);
    }
  },
};

async function fill(namespaces, releases, report) {
  const template = await templateOf(namespaces[0]);
  report(`making ${releases} releases of ${template.about}`);
  const proxy = await openProxy();
  try {
    let next = 0;
    const worker = async () => {
      while (next < releases) {
        const index = next++;
        await cloneRelease(
          proxy.url,
          template,
          `b-${String(index).padStart(4, '0')}`,
          namespaces[index % namespaces.length],
        );
      }
    };
    await Promise.all(Array.from({length: inParallel}, worker));
  } finally {
    proxy.close();
  }
}

/** A list that is fast because it is short proves nothing. */
function counter(namespaces, releases) {
  return (one) => {
    const rows = one.stdout.split('\n').filter((line) => namespaces.some((name) => line.split(/\s+/).includes(name)));
    if (rows.length !== releases) throw new Error(`A list shows ${rows.length} of ${releases} releases.`);
    return one;
  };
}

/** Once, in full: checks that every row is a release that was made, and that it says what is known of that release. */
async function checkRows(namespaces, releases) {
  const {stdout} = await ours(['list', '--output', 'json']);
  const rows = JSON.parse(stdout).releases.filter(({namespace}) => namespaces.includes(namespace));
  const names = new Set(rows.map(({name}) => name));
  const poor = rows.find(
    ({chartVersion, storageSize, helmStatus, revision}) =>
      !chartVersion || !storageSize || helmStatus !== 'deployed' || revision !== 1,
  );
  if (names.size !== releases || poor)
    throw new Error(`list has ${names.size} of ${releases} releases; poor row: ${JSON.stringify(poor)}`);
}
