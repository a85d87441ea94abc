// The loop: what is done is skipped, what is run is judged by what is seen afterwards, and every way to end.
import {readFileSync} from 'node:fs';
import {setTimeout as pause} from 'node:timers/promises';
import fc from 'fast-check';
import {beforeEach, describe, expect, it} from 'vitest';
import {cause, UserError} from '../../../source/core/cause.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {tracksOf} from '../../../source/observation/tracks.ts';
import {converge, type Ending, type Limits, type Step} from '../../../source/operations/converge.ts';
import type {Progress} from '../../../source/plan/progress.ts';
import {eventAbout, podOf} from '../../support/fakes/fake-objects.ts';
import {FakeCluster, type FakePorts} from '../../support/fakes/fake-ports.ts';

const writerPod = 'orders-postgresql-primary-0';
let cluster: FakeCluster;
let run: FakePorts;
let stop: AbortController;
let progress: Progress[];
/** What steps make, by name. */
let made: Set<string>;
/** Which step was run, in order. */
let ran: string[];
beforeEach(() => {
  cluster = new FakeCluster();
  run = cluster.run();
  stop = new AbortController();
  progress = [];
  made = new Set();
  ran = [];
});

type TestStep = Step<null>;
const step = (name: string, more: Partial<TestStep> = {}): TestStep => ({
  name,
  done: () => made.has(name),
  run: async () => {
    ran.push(name);
    made.add(name);
    return null;
  },
  ...more,
});
const waiting = (name: string, done: (snapshot: Snapshot) => boolean = () => made.has(name)): TestStep => ({
  name,
  done,
});
async function finish(steps: readonly TestStep[], limits: Partial<Limits> = {}): Promise<Ending> {
  const all = converge(steps, null, run.ports, {
    deadline: cluster.began + 60_000,
    signal: stop.signal,
    judge: true,
    tracks: tracksOf,
    holdsLease: false,
    ...limits,
  });
  for (;;) {
    const next = await all.next();
    if (next.done) return next.value;
    progress.push(next.value);
  }
}
/** What a recorded snapshot shows of the release, in a cluster of ours. */
function showing(name: string): void {
  const recorded = JSON.parse(
    readFileSync(new URL(`../../snapshots/${name}.json`, import.meta.url), 'utf8'),
  ) as Snapshot;
  const {statefulSets, pods, claims, services, events, logTails, release, secret} = recorded;
  const seen = {statefulSets, pods, claims, services, events, logTails, release, secret};
  cluster.touch = (snapshot) => ({...snapshot, ...seen});
}

describe('steps', () => {
  it('that are done are not run', async () => {
    made.add('a').add('c');
    expect(await finish([step('a'), step('b'), step('c')])).toMatchObject({how: 'done', cause: null, changed: true});
    expect(ran).toEqual(['b']);
  });

  it('change nothing when all are done', async () => {
    made.add('a');
    expect(await finish([step('a')])).toMatchObject({how: 'done', changed: false});
  });

  it('run one after the other, each when the one before is seen to be done', async () => {
    const late = step('a', {
      run: async () => {
        ran.push('a');
        cluster.after(cluster.elapsed + 5000, () => made.add('a'));
        return null;
      },
      holdBack: () => (ran.length > 0 ? 'it is on its way' : null),
    });
    const began = cluster.time;
    const ending = await finish([late, step('b')]);
    expect(ran).toEqual(['a', 'b']);
    expect(ending.phases.map(({name}) => name)).toEqual(['a', 'b']);
    expect(ending.phases[0]?.ms).toBeGreaterThanOrEqual(5000);
    expect(ending.phases.reduce((sum, {ms}) => sum + ms, 0)).toBe(cluster.time - began);
  });

  it('that are urgent begin by the look that planned them, and nothing disturbs them with looks', async () => {
    const seen = cluster.snapshot();
    let looks = 0;
    cluster.touch = (snapshot) => {
      looks++;
      return snapshot;
    };
    const during: number[] = [];
    const urgent = step('a', {
      isUrgent: true,
      run: async () => {
        during.push(looks);
        await pause(100);
        during.push(looks);
        made.add('a');
        return null;
      },
    });
    expect(await finish([urgent], {seen})).toMatchObject({how: 'done', changed: true});
    expect(during).toEqual([0, 0]);
    expect(looks).toBeGreaterThan(0);
    made.add('a');
    ran = [];
    expect(await finish([step('a')], {seen})).toMatchObject({how: 'done', changed: false});
    expect(ran).toEqual([]);
  });

  it('do not begin by that look either where they were cancelled before', async () => {
    stop.abort();
    const ending = await finish([step('a', {isUrgent: true})], {seen: cluster.snapshot()});
    expect(ending).toMatchObject({how: 'cancelled', changed: false});
    expect(ran).toEqual([]);
  });

  it('are held back as long as there is a reason', async () => {
    let reason: string | null = 'helm may still be at work';
    cluster.after(7000, () => (reason = null));
    const at: number[] = [];
    const held = step('a', {
      holdBack: () => reason,
      run: async () => {
        at.push(cluster.elapsed);
        made.add('a');
        return null;
      },
    });
    expect((await finish([held])).how).toBe('done');
    expect(at[0]).toBeGreaterThanOrEqual(7000);
  });

  it('leave their notes', async () => {
    const ending = await finish([step('a', {run: async () => (made.add('a'), 'It was half done.')})]);
    expect(ending.notes).toEqual(['It was half done.']);
  });

  it('are judged only by looks that began after they ran', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({min: 0, max: 3000}), fc.integer({min: 0, max: 3000}), async (lookMs, workMs) => {
        cluster = new FakeCluster();
        cluster.lookMs = lookMs;
        run = cluster.run();
        let ended: number | null = null;
        const judged: number[] = [];
        const work: TestStep = {
          name: 'restart',
          // What it is to change looks done before it runs, as a pod does that is ready and about to be replaced.
          done: ({takenAt}) => {
            if (ended !== null) judged.push(takenAt - ended);
            return ended !== null;
          },
          run: async () => {
            const end = cluster.time + workMs;
            while (cluster.time < end) await new Promise((resolve) => setImmediate(resolve));
            ended = cluster.time;
            return null;
          },
        };
        expect((await finish([work])).how).toBe('done');
        expect(Math.min(...judged)).toBeGreaterThanOrEqual(0);
      }),
      {numRuns: 40},
    );
  });

  it('are run three times at most', async () => {
    const useless = step('a', {
      run: async () => {
        ran.push('a');
        return null;
      },
    });
    const ending = await finish([useless]);
    expect(ran).toEqual(['a', 'a', 'a']);
    expect(ending).toMatchObject({
      how: 'failed',
      cause: {code: 'TIMEOUT', message: 'The step "a" was run 3 times and is still not done.'},
    });
  });
});

describe('causes', () => {
  it('that are certain end the wait', async () => {
    showing('IMAGE_NOT_FOUND');
    expect(await finish([waiting('writer')])).toMatchObject({how: 'failed', cause: {code: 'IMAGE_NOT_FOUND'}});
    expect(cluster.elapsed).toBeLessThan(2000);
  });

  it('that are certain do not keep a step from running that may be the cure', async () => {
    showing('IMAGE_NOT_FOUND');
    expect((await finish([step('a')])).how).toBe('done');
  });

  it('that are certain end it when the step was no cure', async () => {
    showing('IMAGE_NOT_FOUND');
    const useless = step('a', {run: async () => (ran.push('a'), null)});
    expect(await finish([useless])).toMatchObject({how: 'failed', cause: {code: 'IMAGE_NOT_FOUND'}});
    expect(ran).toEqual(['a']);
  });

  it('that may heal do not end it', async () => {
    showing('UNSCHEDULABLE');
    cluster.after(20_000, () => made.add('writer'));
    expect((await finish([waiting('writer')])).how).toBe('done');
  });

  it('that may heal are the cause when time is up', async () => {
    showing('UNSCHEDULABLE');
    expect(await finish([waiting('writer')])).toMatchObject({how: 'detached', cause: {code: 'UNSCHEDULABLE'}});
    expect(cluster.elapsed).toBeGreaterThanOrEqual(60_000);
  });

  it('are not looked for where nobody minds them', async () => {
    showing('IMAGE_NOT_FOUND');
    cluster.after(3000, () => made.add('gone'));
    expect((await finish([waiting('gone')], {judge: false})).how).toBe('done');
  });
});

describe('the end', () => {
  it('of time, without any cause, names what was awaited', async () => {
    const ending = await finish([waiting('readers')]);
    expect(ending).toMatchObject({
      how: 'detached',
      cause: {
        code: 'TIMEOUT',
        message: 'Time is up while waiting for: readers. Nothing was undone; the cluster goes on.',
      },
    });
    expect(ending.cause?.remedies[0]?.command).toBe('pg-helm-install status orders -n team-a --context prod-eu');
  });

  it('of time, of a release recorded as it started, is no failure of it', async () => {
    showing('starting');
    expect(await finish([waiting('readers')])).toMatchObject({how: 'detached', cause: {code: 'TIMEOUT'}});
  });

  it('by request', async () => {
    cluster.after(3000, () => stop.abort());
    expect(await finish([waiting('writer')])).toMatchObject({how: 'cancelled', cause: {code: 'CANCELLED'}});
    expect(cluster.elapsed).toBeLessThan(5000);
  });

  it('by request waits for the step that runs, which is told', async () => {
    let told = false;
    let ended = false;
    const helm = step('release', {
      run: async (_ports, _wanted, _snapshot, signal) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, {once: true}));
        told = true;
        await new Promise((resolve) => setImmediate(resolve));
        ended = true;
        throw new UserError(cause('CANCELLED', 'helm was stopped'));
      },
    });
    cluster.after(3000, () => stop.abort());
    expect((await finish([helm])).how).toBe('cancelled');
    expect([told, ended]).toEqual([true, true]);
  });

  it('by what a step says that no second try puts right', async () => {
    const refused = step('release', {
      run: async () => {
        ran.push('release');
        throw new UserError(cause('CHART_REJECTED', 'no'));
      },
    });
    expect(await finish([refused])).toMatchObject({how: 'failed', cause: {code: 'CHART_REJECTED'}, changed: true});
    expect(ran).toEqual(['release']);
  });

  it('by a bug is thrown as it is', async () => {
    const bug = new TypeError('x is undefined');
    await expect(finish([step('a', {run: () => Promise.reject(bug)})])).rejects.toBe(bug);
  });

  it('because looking is not possible any more', async () => {
    cluster.after(3000, () => {
      cluster.touch = () => {
        throw new UserError(cause('CREDENTIALS_EXPIRED', 'log in again'));
      };
    });
    expect(await finish([waiting('writer')])).toMatchObject({how: 'failed', cause: {code: 'CREDENTIALS_EXPIRED'}});
  });

  it.each(['CANCELLED', 'RELEASE_LOCKED'] as const)('does not come because helm was killed once (%s)', async (code) => {
    const flaky = step('release', {
      run: async () => {
        ran.push('release');
        if (ran.length === 1) throw new UserError(cause(code, 'once'));
        made.add('release');
        return null;
      },
    });
    expect((await finish([flaky])).how).toBe('done');
    expect(ran).toHaveLength(2);
  });

  it.each([
    ['what nobody knows', 6, new UserError(cause('CHART_REJECTED', 'helm could not finish'), true)],
    ['a cluster that does not answer', 40, new UserError(cause('CONNECTION_LOST', 'it broke off'))],
  ])('comes of %s after so many tries more: %i', async (_, more, failure) => {
    const failing = step('release', {
      run: async () => {
        ran.push('release');
        throw failure;
      },
    });
    expect(await finish([failing], {deadline: cluster.began + 600_000})).toMatchObject({
      how: 'failed',
      cause: failure.reason,
    });
    expect(ran).toHaveLength(1 + more);
  });

  it('comes when helm is killed every time', async () => {
    const killed = step('release', {
      run: async () => {
        ran.push('release');
        throw new UserError(cause('CANCELLED', 'again'));
      },
    });
    expect(await finish([killed])).toMatchObject({how: 'failed', cause: {code: 'CANCELLED', message: 'again'}});
    expect(ran).toHaveLength(3);
  });
});

describe('a lost connection', () => {
  const away = (from: number, to: number) => {
    cluster.after(from, () => (cluster.reachable = false));
    cluster.after(to, () => (cluster.reachable = true));
  };

  it('is waited for', async () => {
    away(2000, 30_000);
    cluster.after(10_000, () => made.add('writer'));
    expect((await finish([waiting('writer')])).how).toBe('done');
    expect(cluster.elapsed).toBeGreaterThanOrEqual(30_000);
  });

  it('is the cause when time is up, with the moment at which it began', async () => {
    away(2000, Infinity);
    const {how, cause: why} = await finish([waiting('writer')]);
    expect(how).toBe('detached');
    expect(why).toMatchObject({code: 'CONNECTION_LOST', evidence: ['connect ECONNREFUSED']});
    expect(Date.parse(why?.firstSeen ?? '') - cluster.began).toBeLessThanOrEqual(3000);
  });

  it('can be left', async () => {
    away(2000, Infinity);
    cluster.after(5000, () => stop.abort());
    expect((await finish([waiting('writer')])).how).toBe('cancelled');
  });

  it.each([
    ['a refusal to connect', () => new UserError(cause('CLUSTER_UNREACHABLE', 'helm: connection refused'))],
    ['a broken connection', () => new UserError(cause('CONNECTION_LOST', 'socket hang up'))],
  ])('costs a step none of its tries: %s', async (_name, error) => {
    const flaky = step('release', {
      run: async () => {
        ran.push('release');
        if (ran.length <= 5) throw error();
        made.add('release');
        return null;
      },
    });
    expect((await finish([flaky])).how).toBe('done');
    expect(ran).toHaveLength(6);
  });
});

describe('the Lease', () => {
  const renewals = () => cluster.changes.filter((change) => change === 'renewLease').length;

  it('is renewed every ten seconds by who holds it, while a step runs too', async () => {
    const slow = step('release', {
      run: async () => {
        while (cluster.elapsed < 45_000) await new Promise((resolve) => setImmediate(resolve));
        made.add('release');
        return null;
      },
    });
    await finish([slow], {holdsLease: true});
    expect(renewals()).toBe(4);
  });

  it('is not renewed by who only watches', async () => {
    await finish([waiting('writer')]);
    expect(renewals()).toBe(0);
  });

  it('may fail to be renewed', async () => {
    run.renewLease = () => Promise.reject(new UserError(cause('CONNECTION_LOST', 'once')));
    cluster.after(25_000, () => made.add('writer'));
    expect((await finish([waiting('writer')], {holdsLease: true})).how).toBe('done');
  });

  it('taken over by somebody else ends it', async () => {
    await run.takeLease({kind: 'install', startedAt: '2026-01-02T03:04:05Z', wanted: null});
    cluster.after(15_000, () => cluster.lease && (cluster.lease.holder = 'bob@elsewhere/1/1'));
    const ending = await finish([waiting('writer')], {holdsLease: true});
    expect(ending).toMatchObject({how: 'failed', cause: {code: 'RELEASE_LOCKED'}});
    expect(cluster.elapsed).toBeLessThan(30_000);
  });
});

describe('what is told', () => {
  it('are tracks when they change, and only then', async () => {
    cluster.applied = {at: cluster.began, readers: 1};
    cluster.secret = {admin: 'a', user: 'b', replication: 'c'};
    await finish([waiting('readers', ({database}) => database.length === 3)]);
    const writer = progress.flatMap((one) =>
      one.type === 'track' && one.track === 'writer' ? `${one.state} ${one.text}` : [],
    );
    expect(writer).toEqual(['running starts PostgreSQL', 'done on node0, accepting connections']);
  });

  it('is what a step is at, where the cluster shows nothing of it, and no longer when it is done', async () => {
    cluster.applied = {at: cluster.began, readers: 1};
    cluster.secret = {admin: 'a', user: 'b', replication: 'c'};
    cluster.after(40_000, () => made.add('anew'));
    await finish([
      waiting('readers', ({database}) => database.length === 3),
      {...waiting('anew'), shownAs: {track: 'writer', text: 'it restarts'}},
    ]);
    const writer = progress.flatMap((one) =>
      one.type === 'track' && one.track === 'writer' ? `${one.state} ${one.text}` : [],
    );
    expect(writer.slice(-3)).toEqual([
      'done on node0, accepting connections',
      'running it restarts · on node0, accepting connections',
      'done on node0, accepting connections',
    ]);
  });

  it('are events once, in the order in which they happened, none from before', async () => {
    const at = (seconds: number) => cluster.began + seconds * 1000;
    const events = [
      eventAbout('Pod', writerPod, 'Started', 'Started container', at(2)),
      eventAbout('Pod', writerPod, 'Pulled', 'Pulled\u001b[31m image', at(1)),
      eventAbout('Pod', writerPod, 'Killing', 'Stopping container', at(-60)),
    ];
    cluster.touch = (snapshot) => ({
      ...snapshot,
      pods: [podOf(writerPod, false)],
      events: cluster.elapsed < 4000 ? events : [...events].reverse(),
    });
    cluster.after(8000, () => made.add('writer'));
    await finish([waiting('writer')]);
    expect(progress.flatMap((one) => (one.type === 'log' ? one.text : []))).toEqual([
      'Pulled image',
      'Started container',
    ]);
  });

  it('is an event again that happened again', async () => {
    const event = eventAbout('Pod', writerPod, 'BackOff', 'Back-off restarting', cluster.began + 1000);
    cluster.touch = (snapshot) => ({...snapshot, events: [{...event, count: cluster.elapsed < 4000 ? 1 : 2}]});
    cluster.after(8000, () => made.add('writer'));
    await finish([waiting('writer')]);
    expect(progress.filter(({type}) => type === 'log')).toHaveLength(2);
  });
});
