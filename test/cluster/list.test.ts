// What `list` says of a release with an operation: at work, paused because nobody is at work, and done.
import {afterEach, beforeEach, expect, test} from 'vitest';
import {cli, cliJson, start, type Running} from '../support/cli.ts';
import {makeNamespace, type TestNamespace} from '../support/clusters/namespace.ts';
import {helm4, smallChart} from '../support/paths.ts';
import {gatedHelm, type GatedHelm} from '../support/clusters/trap.ts';
import {waitFor} from '../support/wait-for.ts';
import {smallSize} from '../support/clusters/small-size.ts';

interface Row {
  readonly name: string;
  readonly state: string;
  readonly operation: {readonly kind: string; readonly alive: boolean} | null;
}

let namespace: TestNamespace;
let helm: GatedHelm;
let change: Running | null = null;
beforeEach(async () => {
  namespace = await makeNamespace('list');
  helm = gatedHelm(helm4, 'upgrade');
});
afterEach(async () => {
  helm.open();
  change?.child.kill('SIGKILL');
  change = null;
  await namespace.remove();
});

/** What is said of each release: the data, and the last column of the text. */
async function said(): Promise<unknown[]> {
  const {json} = await cliJson<{releases: Row[]}>(['list', '-n', namespace.name]);
  const {stdout} = await cli(['list', '-n', namespace.name]);
  const line = stdout.split('\n').find((text) => text.includes(' orders ')) ?? '';
  return [...json.releases.map(({state, operation}) => ({state, operation})), line.split(/ {3,}/).at(-1)];
}

test('an operation that nobody goes on with is told, until recover has done it', async () => {
  const env = {PGHI_HELM: helm.path};
  const place = ['orders', '-n', namespace.name, '--yes', '--timeout', '120s'];
  expect((await cli(['install', ...place, ...smallSize, '--chart', smallChart], {env})).code).toBe(0);
  expect(await said()).toEqual([{state: 'ready', operation: null}, 'ready']);

  change = start(['set', ...place, '--exposure', 'node-port', '--chart', smallChart], {env});
  await waitFor('helm', helm.isReached, (reached) => reached);
  expect(await said()).toEqual([{state: 'ready', operation: {kind: 'set', alive: true}}, 'ready']);

  change.child.kill('SIGKILL');
  await change.finished;
  expect(await said()).toEqual([
    {state: 'ready', operation: {kind: 'set', alive: false}},
    'ready, change of settings paused',
  ]);

  helm.open();
  const recovered = await cli(['recover', ...place], {env});
  expect(recovered.code, recovered.stderr).toBe(0);
  expect(await said()).toEqual([{state: 'ready', operation: null}, 'ready']);
});
