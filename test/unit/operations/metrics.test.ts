// Metrics of a release in memory: what is made before a pod needs it, what goes after, and that it can be killed
// anywhere.
import {describe, expect, it} from 'vitest';
import type {Result} from '../../../source/plan/progress.ts';
import type {Parameters} from '../../../source/parameters/parameters.ts';
import {changeRequest, finish} from '../../support/fakes/change-request.ts';
import {Killed} from '../../support/fakes/fake-ports.ts';
import {FakeRelease, type FakeReleasePorts} from '../../support/fakes/fake-release.ts';
import {parametersWith} from '../../support/fakes/survey.ts';

async function set(run: FakeReleasePorts, parameters: Parameters): Promise<Result> {
  return finish(run, changeRequest('set', parameters, {confirm: null}));
}

const on = parametersWith({metrics: 'exporter'});
const off = parametersWith();

function withMetrics(): FakeRelease {
  const release = new FakeRelease(on);
  release.metricsPassword = true;
  release.metricsRole = true;
  return release;
}

const order = ({changes}: FakeRelease) => changes.filter((one) => /metrics|helm upgrade: objects/.test(one));

describe('metrics', () => {
  it('get their password before helm, their role from the writer that serves', async () => {
    const release = new FakeRelease(off);
    const {outcome, notes} = await set(release.run(), on);
    expect({outcome, notes}).toEqual({outcome: 'succeeded', notes: []});
    expect(order(release)).toEqual(['metrics password', 'helm upgrade: objects', 'metrics password', 'metrics role']);
  });

  it('are there already: nothing is made', async () => {
    const release = withMetrics();
    expect((await set(release.run(), on)).outcome).toBe('unchanged');
    expect(order(release)).toEqual([]);
  });

  it('are there without their role: it is made', async () => {
    const release = withMetrics();
    release.metricsRole = false;
    expect((await set(release.run(), on)).outcome).toBe('succeeded');
    expect(release.metricsRole).toBe(true);
  });

  it('go: helm first, then the role, then its password', async () => {
    const release = withMetrics();
    expect((await set(release.run(), off)).outcome).toBe('succeeded');
    expect(order(release)).toEqual(['helm upgrade: objects', 'drop metrics role', 'drop metrics password']);
  });

  it.each([
    ['on', off, on],
    ['off', on, off],
  ])('end %s wherever they were killed', async (_name, from, to) => {
    for (let killAt = 1; ; killAt++) {
      for (const killAfter of [false, true]) {
        const release = from === on ? withMetrics() : new FakeRelease(off);
        const first = await set(release.run({killAt, killAfter}), to).catch((error: unknown) => error);
        if (!(first instanceof Killed)) return expect(killAt).toBeGreaterThan(3);
        release.time += 60_000;
        release.alive.clear();
        const {outcome} = await set(release.run(), to);
        expect({killAt, killAfter, outcome}).toMatchObject({outcome: expect.stringMatching(/succeeded|unchanged/)});
        expect([release.metricsPassword, release.metricsRole]).toEqual([to === on, to === on]);
      }
    }
  });
});
