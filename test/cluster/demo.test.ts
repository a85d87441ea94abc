// The demo, which only the sandbox has: real operations, what its client noticed, and that nothing is left of it.
import {dirname} from 'node:path';
import {expect, test} from 'vitest';
import {cliJson} from '../support/cli.ts';
import {onSandbox} from '../support/on-sandbox.ts';
import {checkoutCache} from '../support/paths.ts';

interface Told {
  readonly outcome: string;
  readonly steps: readonly {readonly kind: string; readonly rows: number; readonly longestGapMs: number}[];
}

test.runIf(onSandbox)('each step is done under a client that writes, and its gap is told', async () => {
  const env = {PGHI_SANDBOX_FOLDER: dirname(process.env['KUBECONFIG'] ?? ''), XDG_CACHE_HOME: checkoutCache};
  const {code, json, stderr} = await cliJson<Told>(['demo', '--yes'], {env: {...env, KUBECONFIG: undefined}});
  expect({code, stderr, outcome: json.outcome}).toEqual({code: 0, stderr: '', outcome: 'succeeded'});
  const [first, ...others] = json.steps;
  expect(first).toMatchObject({kind: 'install', rows: 0});
  expect(others.map(({kind}) => kind)).toEqual(['scale', 'resize', 'rotate-password', 'switchover']);
  for (const {kind, rows, longestGapMs} of others) {
    expect(rows, kind).toBeGreaterThan(0);
    // A row is written every 20 ms: no gap between two of them can be shorter.
    expect(longestGapMs, kind).toBeGreaterThanOrEqual(20);
  }
  const listed = await cliJson<{releases: unknown[]}>(['list', '-n', 'demo']);
  expect(listed.json.releases).toEqual([]);
});
