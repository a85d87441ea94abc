// On the screens, and in other programs, a plan is shown at one time and carried out at another. Where the release is
// another one by then, nothing is done.
import {describe, expect, it} from 'vitest';
import {begin, type BeginOptions} from '../../../../source/client/requests/begin.ts';
import {changedSincePlanned, withMadeFrom} from '../../../../source/client/requests/planned.ts';
import type {Session} from '../../../../source/client/session.ts';
import type {OperationOf} from '../../../../source/commands/operation.ts';
import type {Result} from '../../../../source/plan/progress.ts';
import {FakeRelease} from '../../../support/fakes/fake-release.ts';
import {claimsOf} from '../../../support/fakes/fake-ports.ts';
import {parametersWith} from '../../../support/fakes/survey.ts';

const {signal} = new AbortController();

async function ended(release: FakeRelease, how: Partial<BeginOptions>): Promise<Result> {
  const {target} = release;
  const {ports} = release.run();
  const place = {release: target.release, namespace: target.namespace, context: target.context};
  const removal: OperationOf<'uninstall'> = {kind: 'uninstall', ...place, deleteData: true, dumpTo: null};
  const settings = {options: {}, environment: {}, signal};
  const session = {target, ports} as unknown as Session;
  const steps = begin(removal, settings, session, {dryRun: false, password: null, signal, ...how});
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
  }
}

const planOf = async (release: FakeRelease) => (await ended(release, {dryRun: true, startsLater: true})).plan ?? null;

/** A plan, whatever it says. */
async function* planned(): AsyncGenerator<never, Result> {
  return {plan: {consequences: [], steps: [], values: {}, manifests: '', command: ''}} as unknown as Result;
}

describe('what is started later than it was planned', () => {
  it('is refused where another release of the name was installed, and says to look at the plan again', async () => {
    const release = new FakeRelease(parametersWith());
    const planned = await planOf(release);
    expect(planned?.madeFrom).toMatchObject({release: {revisions: [{revision: 1, updatedAt: null}]}, operation: null});
    release.revisions = release.revisions.map((one) => ({...one, updatedAt: '2026-01-02T04:00:00.000Z'}));
    const result = await ended(release, {planned});
    expect(result).toMatchObject({operation: 'uninstall', outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
    expect(result.cause?.remedies).toEqual([{title: expect.stringContaining('look at its plan again')}]);
    expect(release.changes).toEqual([]);
  });

  it('is refused where somebody began something', async () => {
    const release = new FakeRelease(parametersWith());
    const planned = await planOf(release);
    const begun = {kind: 'set', startedAt: '2026-01-02T04:00:00.000Z', wanted: null, holder: '', renewedAt: 0} as const;
    release.lease = {...begun};
    expect(await ended(release, {planned})).toMatchObject({outcome: 'refused', cause: {code: 'RELEASE_LOCKED'}});
    expect({changes: release.changes, lease: release.lease}).toEqual({changes: [], lease: begun});
  });

  it('is refused where a claim was made again, whose data the plan did not name', async () => {
    const release = new FakeRelease(parametersWith());
    let generation = 1;
    release.touch = claimsOf(() => generation);
    const planned = await planOf(release);
    generation = 2;
    const result = await ended(release, {planned});
    expect(result.cause?.message).toContain('was made after the plan. Nothing was removed.');
    expect(release.changes).toEqual([]);
  });

  it('is refused where the writer’s role has moved, which leaves no other trace', async () => {
    const release = new FakeRelease(parametersWith());
    let volume = 'pv-1';
    release.touch = (snapshot) => ({
      ...snapshot,
      claims: snapshot.claims.map((claim) => ({...claim, spec: {...claim.spec, volumeName: volume}})),
    });
    const {ports, target} = release.run();
    const operation = {kind: 'switchover', ...target, to: null} as const;
    const {value} = await withMadeFrom({ports}, operation, planned()).next();
    const {plan} = value as Result;
    expect(plan?.madeFrom).toMatchObject({writerVolume: 'pv-1', operation: null});
    expect(await changedSincePlanned(plan ?? {}, {ports})).toBeNull();
    volume = 'pv-2';
    expect(await changedSincePlanned(plan ?? {}, {ports})).toMatchObject({code: 'RELEASE_LOCKED'});
  });

  it('is carried out where nothing has changed', async () => {
    const release = new FakeRelease(parametersWith());
    const planned = await planOf(release);
    await ended(release, {planned});
    expect(release.changes).toContain('helm uninstall');
  });
});
