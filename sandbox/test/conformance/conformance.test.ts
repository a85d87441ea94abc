// The sandbox answers as a cluster does: the same requests and commands on both. sandbox/README.md holds the tables.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {compareCommands, compareRequests, tableOf, type Row} from './compare.ts';
import {Place} from './place.ts';
import {kubectl, makeNamespace, type TestNamespace} from '../../../test/support/clusters/namespace.ts';
import {root} from '../../../test/support/paths.ts';
import {startSandbox, type TestSandbox} from '../../../test/support/clusters/sandbox.ts';

const page = join(root, 'sandbox', 'README.md');
let sandbox: TestSandbox;
const namespaces: TestNamespace[] = [];

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(async () => {
  await Promise.all(namespaces.map((namespace) => namespace.remove()));
  await sandbox?.stop();
});

async function places(): Promise<[Place, Place]> {
  const namespace = await makeNamespace('conformance');
  namespaces.push(namespace);
  await kubectl(['--kubeconfig', sandbox.kubeconfig, 'create', 'namespace', namespace.name]);
  return [new Place(process.env['KUBECONFIG'] ?? '', namespace.name), new Place(sandbox.kubeconfig, namespace.name)];
}

/** PGHI_WRITE_DOCS writes the page's table again. */
function checkPage(name: string, table: string): void {
  const text = readFileSync(page, 'utf8');
  const part = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end of ${name} -->)`);
  if (process.env['PGHI_WRITE_DOCS'])
    writeFileSync(
      page,
      text.replace(part, (_, from: string, to: string) => `${from}${table}\n${to}`),
    );
  else expect(part.exec(text)?.[0]).toContain(table);
}

const unlike = (rows: readonly Row[]) => rows.filter(({differences}) => differences.length > 0);

test('requests are answered the same', async () => {
  const rows = await compareRequests(...(await places()));
  expect(unlike(rows)).toEqual([]);
  checkPage('requests', tableOf('request', rows));
});

test('ordinary commands of kubectl, helm 3 and helm 4 end the same', async () => {
  const rows = await compareCommands(...(await places()));
  expect(unlike(rows)).toEqual([]);
  checkPage('commands', tableOf('command', rows));
}, 600_000);
