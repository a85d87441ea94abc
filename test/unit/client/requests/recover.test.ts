// How recover looks at the release: as the operation itself does that it goes on with.
import {expect, it} from 'vitest';
import {recover} from '../../../../source/client/requests/recover.ts';
import type {ReleaseSession} from '../../../../source/client/settings.ts';
import type {FailoverRecord} from '../../../../source/observation/role/failover.ts';
import type {LookOptions} from '../../../../source/operations/ports/observation.ts';
import {FakeRelease} from '../../../support/fakes/fake-release.ts';
import {parametersWith} from '../../../support/fakes/survey.ts';

it.each<['failover' | 'upgrade', LookOptions[]]>([
  ['failover', [{mayLackWriter: true}, {mayLackWriter: true}]],
  ['upgrade', [{}]],
])('goes on with a %s by looks that wait for a writer as long as that may', async (kind, expected) => {
  const release = new FakeRelease(parametersWith());
  const begun = {kind, startedAt: '2026-01-02T03:00:00.000Z', wanted: null, holder: '', renewedAt: release.time};
  const failover: Partial<FailoverRecord> = {phase: 'fence', pod: null, readers: {}};
  release.lease = {...begun, ...(kind === 'failover' ? {failover: failover as FailoverRecord} : {})};
  const looks: (LookOptions | undefined)[] = [];
  const {ports, target} = release.run();
  const look = async (options?: LookOptions) => (looks.push(options), ports.look(options));
  const seeing = new Proxy(ports, {get: (all, name) => (name === 'look' ? look : (Reflect.get(all, name) as unknown))});
  const session = {target, ports: seeing} as unknown as ReleaseSession;
  const {signal} = new AbortController();
  const how = {ask: null, dryRun: true, signal, begun: kind, adopted: async () => session};
  // What comes after these looks needs more of a cluster.
  const steps = recover({options: {}, environment: {}, signal}, session, how);
  await (async () => {
    while (!(await steps.next()).done);
  })().catch(() => undefined);
  expect(looks.slice(0, expected.length)).toEqual(expected);
});

it('says before it goes on with an uninstall that has removed nothing yet that nothing is removed', async () => {
  const release = new FakeRelease(parametersWith());
  const begun = {kind: 'uninstall', startedAt: '2026-01-02T03:00:00.000Z', wanted: null, isDumping: true} as const;
  release.lease = {...begun, dumpTo: '/home/ann/orders.sql', holder: '', renewedAt: release.time};
  const {ports, target} = release.run();
  const session = {target, ports} as unknown as ReleaseSession;
  const {signal} = new AbortController();
  const questions: string[] = [];
  const ask = async (question: string) => (questions.push(question), false);
  const how = {ask, dryRun: false, signal, begun: 'uninstall', adopted: async () => session} as const;
  const steps = recover({options: {}, environment: {}, signal}, session, how);
  let next = await steps.next();
  while (!next.done) next = await steps.next();
  expect(next.value.cause?.message).toBe('Nothing was changed.');
  expect(questions).toEqual([
    expect.stringMatching(/^Nothing is removed yet\. Go on with removing orders\?.*dumped to .* first/),
  ]);
  expect(release.lease).toMatchObject(begun);
});
