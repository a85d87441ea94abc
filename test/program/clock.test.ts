// Somebody sets the machine's clock while the program runs: what takes time takes as long as before.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {toValues} from '../../source/chart/values.ts';
import {cli} from '../support/cli.ts';
import {helmRecord} from '../support/fakes/cluster.ts';
import {fakeApi, type FakeApi} from '../support/fakes/fake-api.ts';
import {setOf} from '../support/fakes/fake-objects.ts';
import {parametersWith} from '../support/fakes/survey.ts';

const folder = mkdtempSync(join(tmpdir(), 'pghi-clock-'));
const timeoutMs = 5000;

let fake: FakeApi;
let kubeconfig: string;
beforeEach(async () => {
  fake = await fakeApi();
  kubeconfig = join(folder, 'kubeconfig.json');
  writeFileSync(kubeconfig, JSON.stringify(fake.kubeconfig()));
  // A release whose pods never come.
  for (const component of ['primary', 'read']) {
    const set = setOf(`orders-postgresql-${component}`, 1, Date.now());
    const labels = {
      'app.kubernetes.io/instance': 'orders',
      'app.kubernetes.io/name': 'postgresql',
      'app.kubernetes.io/component': component,
    };
    fake.put('/apis/apps/v1/namespaces/team-a/statefulsets', {...set, metadata: {...set.metadata, labels}});
  }
  fake.put('/api/v1/namespaces', {metadata: {name: 'team-a'}});
  fake.put(
    '/api/v1/namespaces/team-a/secrets',
    helmRecord('orders', 1, {config: toValues(parametersWith(), {fullname: 'orders-postgresql'})}),
  );
  const keys = ['postgres-password', 'password', 'replication-password'];
  fake.put('/api/v1/namespaces/team-a/secrets', {
    metadata: {name: 'orders-postgresql-auth'},
    data: Object.fromEntries(keys.map((key) => [key, 'eA=='])),
  });
});
afterEach(() => fake.stop());

/** Loaded before the program: once the first look is over, its Date jumps by `hours`. */
function jumps(hours: number): string {
  const file = join(folder, `jump${hours}.mjs`);
  writeFileSync(
    file,
    `const Real = Date;
const began = performance.now();
const shift = () => (performance.now() - began > 2000 ? ${hours} * 3_600_000 : 0);
globalThis.Date = class extends Real {
  constructor(...given) {
    super(...(given.length > 0 ? given : [Real.now() + shift()]));
  }
  static now() {
    return Real.now() + shift();
  }
};
`,
  );
  return file;
}

test.each([
  ['back an hour', -1],
  ['on an hour', 1],
])('a clock that jumps %s neither lengthens nor shortens --timeout', async (_how, hours) => {
  const began = performance.now();
  const {code, stdout, stderr} = await cli(
    ['status', 'orders', '-n', 'team-a', '--watch', '--timeout', `${timeoutMs}ms`, '--output', 'json'],
    {env: {KUBECONFIG: kubeconfig, NODE_OPTIONS: `--import=${jumps(hours)}`}},
  );
  const ms = performance.now() - began;
  const {outcome, durationMs} = JSON.parse(stdout || '{}') as {outcome?: string; durationMs?: number};
  expect({code, outcome, stderr}).toEqual({code: 5, outcome: 'detached', stderr: ''});
  expect(ms).toBeGreaterThan(timeoutMs - 500);
  expect(ms).toBeLessThan(timeoutMs + 15_000);
  expect(durationMs).toBeGreaterThan(timeoutMs - 1500);
  expect(durationMs).toBeLessThan(timeoutMs + 10_000);
});
