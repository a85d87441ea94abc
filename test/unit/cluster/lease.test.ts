// Who may work on a release: taken, refused, taken over, raced for, paused, ended.
import {spawn, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {hostname} from 'node:os';
import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {UserError} from '../../../source/core/cause.ts';
import {ConnectionError, type Api} from '../../../source/cluster/api.ts';
import {HeldLease} from '../../../source/cluster/held-lease.ts';
import {thisHolder} from '../../../source/cluster/holder.ts';
import {
  endLease,
  leaseSeconds,
  listOperations,
  noteLease,
  operationOf,
  pauseLease,
  readLease,
  renewLease,
  takeLease,
  watchHolder,
  type Lease,
} from '../../../source/cluster/lease.ts';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import type {OperationRecord} from '../../../source/observation/snapshot.ts';
import {descriptors} from '../../../source/parameters/parameters.ts';
import {nowhere} from '../../../source/parameters/place.ts';
import {answersFrom, resolve} from '../../../source/parameters/resolve.ts';
import {clock} from '../../../source/core/time.ts';
import {parameters} from '../../support/arbitrary-parameters.ts';
import {connectTo} from '../../support/fakes/cluster.ts';
import {fakeApi, type FakeApi, type FakeObject} from '../../support/fakes/fake-api.ts';
import {parametersWith} from '../../support/fakes/survey.ts';
import {waitFor} from '../../support/wait-for.ts';

const leases = '/apis/coordination.k8s.io/v1/namespaces/team-a/leases';
const name = 'orders-postgresql-operation';
const path = `${leases}/${name}`;
const now = Date.parse('2026-01-02T03:04:05Z');
const record: Pick<OperationRecord, 'kind' | 'startedAt' | 'wanted'> = {
  kind: 'install',
  startedAt: '2026-01-02T03:04:00Z',
  wanted: null,
};

let fake: FakeApi;
let api: Api;
/** Both clocks of this process, and that of the cluster as far as it knows. */
let time: number;
beforeEach(async () => {
  time = now;
  vi.spyOn(clock, 'now').mockImplementation(() => time);
  vi.spyOn(clock, 'wall').mockImplementation(() => time);
  fake = await fakeApi();
  api = anotherApi();
});
afterEach(async () => {
  api.close();
  await fake.stop();
  vi.restoreAllMocks();
});

/** What another process has: it has seen nothing yet. */
function anotherApi(): Api {
  const {api} = connectTo(fake);
  vi.spyOn(api.clock, 'hear').mockReturnValue(undefined);
  return api;
}
const take = () => takeLease(api, 'team-a', name, record, 'orders');
const lease = () => fake.objects.get(path) as (FakeObject & Lease) | undefined;
/** `aheadMs`: how far the holder's clock is ahead of ours. */
const heldBy = (holder: string, secondsAgo: number, aheadMs = 0): FakeObject => ({
  metadata: {
    name,
    namespace: 'team-a',
    uid: 'uid-of-lease',
    annotations: {'pg-helm-install/operation': JSON.stringify(record)},
  },
  spec: {
    holderIdentity: holder,
    renewTime: new Date(time - secondsAgo * 1000 + aheadMs).toISOString(),
    leaseDurationSeconds: leaseSeconds,
  },
});
const [bootId, pidNamespace] = thisHolder().split('/').slice(-2);
const here = (who: string) => `ann@${hostname()}/${who}/${bootId}/${pidNamespace}`;
/** Linux: field 22 of /proc/PID/stat. */
const startOf = (pid: number): string => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
};

describe('taking', () => {
  it('writes down who works, since when, and what is wanted', async () => {
    expect(await take()).toBeNull();
    expect(lease()?.spec).toEqual({
      holderIdentity: thisHolder(),
      // MicroTime: the API server refuses fewer digits.
      acquireTime: '2026-01-02T03:04:05.000000Z',
      renewTime: '2026-01-02T03:04:05.000000Z',
      leaseDurationSeconds: leaseSeconds,
    });
    expect(operationOf(lease() ?? null, now)).toMatchObject({...record, holder: thisHolder(), holderIsAlive: true});
  });

  it.runIf(process.platform === 'linux')(
    'takes over from a zombie: it has ended, only its parent has not looked yet',
    async () => {
      // The shell leaves a child behind and becomes a sleep, which never looks after children.
      const parent = spawn('sh', ['-c', 'true & exec sleep 30']);
      try {
        const children = `/proc/${parent.pid}/task/${parent.pid}/children`;
        const pid = await waitFor(
          'a zombie',
          () => readFileSync(children, 'utf8').trim(),
          (text) => text !== '' && / Z /.test(readFileSync(`/proc/${text}/stat`, 'utf8')),
          {everyMs: 20},
        );
        fake.put(leases, heldBy(here(`${pid}/${startOf(Number(pid))}`), 1));
        expect(await take()).toBeNull();
      } finally {
        parent.kill('SIGKILL');
      }
    },
  );

  it.runIf(process.platform === 'linux')('takes over at once from a process of this machine that is dead', async () => {
    const {pid} = spawnSync(process.execPath, ['--version']);
    fake.put(leases, heldBy(here(`${pid}/4711`), 0));
    expect(await take()).toBeNull();
  });

  it.runIf(process.platform === 'linux')(
    'knows a process of this machine that lives, however long it was silent',
    async () => {
      fake.put(leases, heldBy(here(`${process.ppid}/${startOf(process.ppid)}`), 3600));
      expect(await take()).toMatchObject({holderIsAlive: true});
    },
  );

  it.runIf(process.platform === 'linux')('is not deceived by a process id that came back', async () => {
    fake.put(leases, heldBy(here(`${process.ppid}/1`), 0));
    expect(await take()).toBeNull();
  });

  it('goes on with its own', async () => {
    await take();
    expect(await take()).toBeNull();
  });

  it('goes on with what paused', async () => {
    fake.put(leases, heldBy('', 0));
    expect(await take()).toBeNull();
  });

  it('leaves an operation that is not the one which may be replaced, and takes the Lease where it is', async () => {
    const over = (startedAt: string | null) => takeLease(api, 'team-a', name, record, 'orders', startedAt);
    fake.put(leases, heldBy('', 0));
    const before = structuredClone(lease());
    for (const other of [null, '2026-01-02T00:00:00.000Z'])
      expect(await over(other)).toMatchObject({startedAt: record.startedAt, holderIsAlive: false});
    expect(lease()).toEqual(before);
    expect(await over(record.startedAt)).toBeNull();
    expect(await over(null), 'its own').toBeNull();
  });

  it('takes a Lease that says nothing we know', async () => {
    fake.put(leases, {
      ...heldBy('bob@elsewhere/42/7', 0),
      metadata: {name, annotations: {'pg-helm-install/operation': '{"kind":'}},
    });
    expect(await take()).toBeNull();
  });
});

describe('a race', () => {
  /** Does something between the look and the write. */
  const before = (method: string, happens: () => void) => {
    let once = true;
    fake.intercept((asked) => {
      if (asked.method === method && once) {
        once = false;
        happens();
      }
      return undefined;
    });
  };

  it('is lost to who made the Lease first', async () => {
    before('POST', () => fake.put(leases, heldBy('bob@elsewhere/42/7', 0)));
    expect(await take()).toMatchObject({holder: 'bob@elsewhere/42/7'});
    expect(lease()?.spec?.holderIdentity).toBe('bob@elsewhere/42/7');
  });

  it('is lost to who took over first', async () => {
    fake.put(leases, heldBy('', 3600));
    before('PUT', () => fake.put(leases, heldBy('bob@elsewhere/42/7', 0)));
    expect(await take()).toMatchObject({holder: 'bob@elsewhere/42/7'});
  });

  it('is won when the other one is through before we look again', async () => {
    fake.put(leases, heldBy('', 0));
    before('PUT', () => fake.remove(path));
    expect(await take()).toBeNull();
    expect(lease()?.spec?.holderIdentity).toBe(thisHolder());
  });

  it('is won when the other one made it and let it go again', async () => {
    before('POST', () => fake.put(leases, heldBy('', 0)));
    expect(await take()).toBeNull();
    expect(lease()?.spec?.holderIdentity).toBe(thisHolder());
  });

  it('does not go on for ever', async () => {
    fake.intercept(({method}) =>
      method === 'POST' ? {status: 409, body: {reason: 'AlreadyExists', message: 'there'}} : undefined,
    );
    await expect(take()).rejects.toMatchObject({status: 409});
    expect(fake.requests.filter((one) => one.startsWith('POST'))).toHaveLength(3);
  });
});

describe('holding', () => {
  beforeEach(async () => void (await take()));
  const stolen = () => fake.put(leases, heldBy('bob@elsewhere/42/7', 0));

  it('renews', async () => {
    time += 10_000;
    await renewLease(api, 'team-a', name);
    expect(lease()?.spec).toMatchObject({holderIdentity: thisHolder(), renewTime: '2026-01-02T03:04:15.000000Z'});
    expect(operationOf(lease() ?? null, now)).toMatchObject(record);
  });

  it('pauses: nobody holds it, what is wanted stays', async () => {
    await pauseLease(api, 'team-a', name);
    expect(operationOf(lease() ?? null, now)).toMatchObject({...record, holder: '', holderIsAlive: false});
  });

  it('ends', async () => {
    await endLease(api, 'team-a', name);
    expect(lease()).toBeUndefined();
    await endLease(api, 'team-a', name);
  });

  it.each([
    ['ends', 'DELETE', () => endLease(api, 'team-a', name), ''],
    ['pauses', 'PATCH', () => pauseLease(api, 'team-a', name), ''],
  ] as const)('%s although a renewal of its own is faster', async (_what, method, end, holder) => {
    let conflicts = 0;
    fake.intercept((asked) =>
      asked.method === method && conflicts++ === 0
        ? {status: 409, body: {reason: 'Conflict', message: 'the object has been modified'}}
        : undefined,
    );
    await end();
    expect({conflicts, holder: lease()?.spec?.holderIdentity ?? ''}).toEqual({conflicts: 2, holder});
  });

  it.each([
    ['ends', 'DELETE', () => endLease(api, 'team-a', name), {holder: undefined}],
    ['pauses', 'PATCH', () => pauseLease(api, 'team-a', name), {holder: ''}],
    ['is noted', 'PATCH', () => noteLease(api, 'team-a', name, {...record, kind: 'scale'}), {kind: 'scale'}],
  ] as const)('%s although the connection breaks off, before the server hears of it or after', async (...given) => {
    const [, method, act, wanted] = given;
    const seen = () => ({
      holder: lease()?.spec?.holderIdentity,
      kind: operationOf(lease() ?? null, now)?.kind,
    });
    for (const isHeard of [false, true]) {
      await takeLease(api, 'team-a', name, record, 'orders');
      let broken = 0;
      fake.intercept((asked) => {
        if (asked.method !== method || broken > 0) return undefined;
        broken += 1;
        if (isHeard && method === 'DELETE') fake.remove(path);
        return 'reset';
      });
      await act();
      expect({...seen(), broken}).toMatchObject({...wanted, broken: 1});
      fake.clearIntercepts();
    }
  });

  it('is left where the connection breaks off again and again', async () => {
    let broken = 0;
    fake.intercept(({method}) => (method === 'DELETE' && ++broken > 0 ? 'reset' : undefined));
    await expect(endLease(api, 'team-a', name)).rejects.toBeInstanceOf(ConnectionError);
    expect(broken).toBe(4);
  });

  it('notices that somebody took it over', async () => {
    stolen();
    const error = await renewLease(api, 'team-a', name).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).reason).toMatchObject({
      code: 'RELEASE_LOCKED',
      message: expect.stringContaining('bob@elsewhere took this operation over'),
    });
  });

  it('notices that somebody took it over, did it and is through', async () => {
    fake.remove(path);
    await expect(renewLease(api, 'team-a', name)).rejects.toMatchObject({reason: {code: 'RELEASE_LOCKED'}});
  });

  it.each([
    ['renewed', (n: string) => renewLease(api, 'team-a', n).catch(() => undefined)],
    ['paused', (n: string) => pauseLease(api, 'team-a', n)],
    ['ended', (n: string) => endLease(api, 'team-a', n)],
  ])("somebody else's is not %s", async (_what, act) => {
    stolen();
    const version = lease()?.metadata.resourceVersion;
    await act(name);
    expect(lease()?.metadata.resourceVersion).toBe(version);
    expect(lease()?.spec?.holderIdentity).toBe('bob@elsewhere/42/7');
  });
});

describe('listing', () => {
  const other = (namespace: string, fullname: string, changes: object): void =>
    fake.put(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, {
      metadata: {
        name: `${fullname}-operation`,
        namespace,
        labels: {'app.kubernetes.io/managed-by': 'pg-helm-install'},
        annotations: {'pg-helm-install/operation': JSON.stringify({...record, kind: 'scale'})},
      },
      ...changes,
    });
  const listed = async (namespace: string | null) =>
    (await listOperations(api, namespace)).map(({metadata, operation}) => [
      `${metadata.namespace}/${metadata.name}`,
      operation.kind,
      operation.holderIsAlive,
    ]);

  it('tells by one request what pauses and what is at work, as a look at one of them does', async () => {
    await take();
    other('team-a', 'paused', {spec: {holderIdentity: '', renewTime: new Date(time).toISOString()}});
    other('team-b', 'elsewhere', {
      spec: {holderIdentity: 'bob@elsewhere/1/2', renewTime: new Date(time).toISOString()},
    });
    other('team-b', 'silent', {
      spec: {holderIdentity: 'bob@elsewhere/1/2', renewTime: new Date(time - 3_600_000).toISOString()},
    });
    other('team-b', 'foreign', {metadata: {name: 'a-lock', namespace: 'team-b', labels: {}}});
    fake.requests.length = 0;
    expect((await listed(null)).sort()).toEqual([
      ['team-a/orders-postgresql-operation', 'install', true],
      ['team-a/paused-operation', 'scale', false],
      ['team-b/elsewhere-operation', 'scale', true],
      ['team-b/silent-operation', 'scale', false],
    ]);
    expect(fake.requests).toEqual(['GET /apis/coordination.k8s.io/v1/leases']);
    expect(await listed('team-a')).toHaveLength(2);
  });

  it('remembers what it saw: a holder elsewhere that stops renewing is dead, whatever its clock says', async () => {
    other('team-b', 'ahead', {
      spec: {holderIdentity: 'bob@elsewhere/1/2', renewTime: new Date(time + 86_400_000).toISOString()},
    });
    expect(await listed(null)).toEqual([['team-b/ahead-operation', 'scale', true]]);
    time += (leaseSeconds + 1) * 1000;
    expect(await listed(null)).toEqual([['team-b/ahead-operation', 'scale', false]]);
  });
});

describe('a holder whose process cannot be seen from here', () => {
  const day = 86_400_000;
  const elsewhere = [
    ['of an older version, with our host name', `ann@${hostname()}/${process.pid}/1`],
    ['in another container, with our host name and boot id', `ann@${hostname()}/7/1/${bootId}/4026539999`],
    ['in another virtual machine, with our host name', `ann@${hostname()}/7/1/another-boot/${pidNamespace}`],
    ['on another machine', 'bob@elsewhere/42/7/their-boot/4026531836'],
  ] as const;
  const clocks = [0, 45_000, -45_000, day, -day] as const;
  const cases = elsewhere.flatMap(([what, holder]) =>
    clocks.map((aheadMs) => [what, aheadMs / 1000, holder, aheadMs] as const),
  );
  /** The clock goes on by a second a look; `everySeconds`: how often the holder renews. */
  const watch = (holder: string, aheadMs: number, everySeconds = Infinity) => {
    const began = time;
    fake.intercept(({method}) => {
      if (method !== 'GET') return undefined;
      const before = Math.floor((time - began) / 1000 / everySeconds);
      time += 1000;
      if (Math.floor((time - began) / 1000 / everySeconds) > before) fake.put(leases, heldBy(holder, 0, aheadMs));
      return undefined;
    });
    const limits = {signal: new AbortController().signal, deadline: Infinity, everyMs: 0};
    return watchHolder(api, 'team-a', name, limits);
  };

  it.each(cases)('%s, clock %d s ahead: never taken over at the first look', async (_what, _s, holder, aheadMs) => {
    for (const secondsAgo of [0, leaseSeconds + 1, 3600]) {
      fake.put(leases, heldBy(holder, secondsAgo, aheadMs));
      expect(await takeLease(anotherApi(), 'team-a', name, record, 'orders')).toMatchObject({holder, isEstimate: true});
      expect(lease()?.spec?.holderIdentity).toBe(holder);
    }
  });

  it.each(cases)('%s, clock %d s ahead: alive with the next renewal', async (_what, _s, holder, aheadMs) => {
    fake.put(leases, heldBy(holder, 3600, aheadMs));
    expect(await watch(holder, aheadMs, 10)).toMatchObject({holderIsAlive: true});
    expect((time - now) / 1000).toBeLessThan(15);
    const held = await take();
    expect(held).toMatchObject({holder, holderIsAlive: true});
    expect(held).not.toHaveProperty('isEstimate');
  });

  it.each(cases)(
    '%s, clock %d s ahead: dead after 30 s of silence, and taken over',
    async (_w, _s, holder, aheadMs) => {
      fake.put(leases, heldBy(holder, 0, aheadMs));
      expect(await watch(holder, aheadMs)).toMatchObject({holderIsAlive: false});
      expect((time - now) / 1000).toBeGreaterThan(leaseSeconds);
      expect((time - now) / 1000).toBeLessThan(leaseSeconds + 3);
      fake.clearIntercepts();
      expect(await take()).toBeNull();
      expect(lease()?.spec?.holderIdentity).toBe(thisHolder());
    },
  );

  it('who renews between the last look and the write keeps it', async () => {
    fake.put(leases, heldBy('bob@elsewhere/42/7', 0));
    await watch('bob@elsewhere/42/7', 0);
    fake.clearIntercepts();
    let once = true;
    fake.intercept(({method}) => {
      if (method === 'PUT' && once) fake.put(leases, heldBy('bob@elsewhere/42/7', 0));
      if (method === 'PUT') once = false;
      return undefined;
    });
    expect(await take()).toMatchObject({holder: 'bob@elsewhere/42/7', holderIsAlive: true});
  });

  it('two that watched the same dead one: one gets it, the other is told who', async () => {
    fake.put(leases, heldBy('bob@elsewhere/42/7', 0));
    await watch('bob@elsewhere/42/7', 0);
    fake.clearIntercepts();
    fake.put(leases, {...heldBy('carol@there/1/2', 0), metadata: {...lease()?.metadata, name}});
    expect(await take()).toMatchObject({holder: 'carol@there/1/2', holderIsAlive: true});
    expect(lease()?.spec?.holderIdentity).toBe('carol@there/1/2');
  });

  it('a renewal long before the look proves nothing: it may have died since', async () => {
    const holder = 'bob@elsewhere/42/7';
    fake.put(leases, heldBy(holder, 0));
    await readLease(api, 'team-a', name);
    time += 600_000;
    fake.put(leases, heldBy(holder, 300));
    expect((await readLease(api, 'team-a', name)).operation).toMatchObject({holderIsAlive: false, isEstimate: true});
  });

  it('whoever looks all the time need not watch again', async () => {
    const holder = 'bob@elsewhere/42/7';
    fake.put(leases, heldBy(holder, 0));
    await readLease(api, 'team-a', name);
    time += leaseSeconds * 1000;
    expect((await readLease(api, 'team-a', name)).operation).toMatchObject({holderIsAlive: false});
    expect(await take()).toBeNull();
  });

  it.each([
    ['the signal', () => ({signal: AbortSignal.abort(), deadline: Infinity})],
    ['the deadline', () => ({signal: new AbortController().signal, deadline: now})],
  ])('watching ends with %s', async (_what, limits) => {
    fake.put(leases, heldBy('bob@elsewhere/42/7', 0));
    expect(await watchHolder(api, 'team-a', name, limits())).toMatchObject({isEstimate: true});
  });
});

describe('before each change', () => {
  const hold = async (): Promise<HeldLease> => {
    const held = new HeldLease(api, 'team-a', name, 'orders');
    expect(await held.take(record)).toBeNull();
    fake.requests.length = 0;
    return held;
  };
  const stolen = () => fake.put(leases, heldBy('bob@elsewhere/42/7', 0));

  it('nothing is asked where it was renewed just now', async () => {
    const held = await hold();
    time += 10_000;
    await held.confirm();
    expect(fake.requests).toEqual([]);
  });

  it('it is renewed where the last time is too long ago', async () => {
    const held = await hold();
    time += 16_000;
    await held.confirm();
    expect(lease()?.spec?.renewTime).toBe('2026-01-02T03:04:21.000000Z');
    fake.requests.length = 0;
    await held.confirm();
    expect(fake.requests).toEqual([]);
  });

  it.each([
    ['was stopped', () => (time += 60_000)],
    [
      'slept with its machine, and its own clock with it',
      () => vi.spyOn(clock, 'wall').mockImplementation(() => time + 3_600_000),
    ],
  ])('whoever %s and was taken over from is told', async (_what, sleep) => {
    const held = await hold();
    sleep();
    stolen();
    await expect(held.confirm()).rejects.toMatchObject({reason: {code: 'RELEASE_LOCKED'}});
  });
});

describe('the Lease of an operation that an earlier version began, which did not know', () => {
  const keys = descriptors.filter(({inFile}) => inFile !== null).map(({key}) => key);
  const recorded = parametersWith({sizing: 'off'});

  it.each(keys)('%s: all can be read from it, written as values and given as answers', (key) => {
    const known = Object.fromEntries(Object.entries(recorded).filter(([one]) => one !== key));
    const wanted = {parameters: known, chart: {source: 'oci://x/y', version: '16.7.26'}};
    const interrupted = {kind: 'resize', startedAt: record.startedAt, wanted};
    const annotations = {'pg-helm-install/operation': JSON.stringify({...record, wanted, interrupted})};
    const read = operationOf({metadata: {name, annotations}}, now);
    for (const one of [read?.wanted, read?.interrupted?.wanted]) {
      expect(Object.keys(one?.parameters ?? {}).sort()).toEqual([...keys].sort());
      const {parameters} = one ?? {parameters: recorded};
      expect(parameters).toMatchObject(known);
      expect(resolve(answersFrom(parameters), nowhere)).toEqual(parameters);
      expect(fromValues(toValues(parameters, {fullname: 'orders-postgresql'}))).toEqual(parameters);
    }
  });
});

it('what is wanted comes back as it was', () => {
  fc.assert(
    fc.property(
      fc.option(parameters),
      fc.constantFrom('install' as const, 'uninstall' as const, 'recover' as const),
      (wanted, kind) => {
        const written = {
          kind,
          startedAt: '2026-01-02T03:04:00Z',
          wanted: wanted && {parameters: wanted, chart: {source: 'oci://x/y', version: '16.7.26'}},
        };
        const annotations = {'pg-helm-install/operation': JSON.stringify(written)};
        const read = operationOf(
          {metadata: {name, annotations}, spec: {holderIdentity: 'a@b/1/1', renewTime: '2026-01-02T03:04:04Z'}},
          now,
        );
        expect(read).toEqual({
          ...written,
          holder: 'a@b/1/1',
          renewedAt: '2026-01-02T03:04:04Z',
          holderIsAlive: true,
          isEstimate: true,
        });
      },
    ),
    {numRuns: 50},
  );
});
