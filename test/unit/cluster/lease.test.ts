// Who may work on a release: taken, refused, taken over, raced for, paused, ended.
import {spawn, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {hostname} from 'node:os';
import fc from 'fast-check';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {UserError} from '../../../source/cause.ts';
import type {Api} from '../../../source/cluster/api.ts';
import {
  endLease,
  leaseSeconds,
  operationOf,
  pauseLease,
  renewLease,
  takeLease,
  thisHolder,
  type Lease,
} from '../../../source/cluster/lease.ts';
import type {OperationRecord} from '../../../source/observation/snapshot.ts';
import {parameters} from '../../support/arbitrary-parameters.ts';
import {connectTo} from '../../support/cluster.ts';
import {fakeApi, type FakeApi, type FakeObject} from '../../support/fake-api.ts';
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
beforeEach(async () => {
  fake = await fakeApi();
  api = connectTo(fake).api;
});
afterEach(async () => {
  api.close();
  await fake.stop();
});

const take = () => takeLease(api, 'team-a', name, record, now);
const lease = () => fake.objects.get(path) as (FakeObject & Lease) | undefined;
const heldBy = (holder: string, secondsAgo: number): FakeObject => ({
  metadata: {name, namespace: 'team-a', annotations: {'pg-helm-install/operation': JSON.stringify(record)}},
  spec: {
    holderIdentity: holder,
    renewTime: new Date(now - secondsAgo * 1000).toISOString(),
    leaseDurationSeconds: leaseSeconds,
  },
});
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

  it('is refused while somebody on another machine gives signs of life', async () => {
    fake.put(leases, heldBy('bob@elsewhere/42/7', leaseSeconds - 1));
    expect(await take()).toMatchObject({holder: 'bob@elsewhere/42/7', kind: 'install', holderIsAlive: true});
    expect(fake.requests).toEqual([`GET ${path}`]);
  });

  it('takes over from a machine that is silent for too long', async () => {
    fake.put(leases, heldBy('bob@elsewhere/42/7', leaseSeconds + 1));
    expect(await take()).toBeNull();
    expect(lease()?.spec?.holderIdentity).toBe(thisHolder());
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
        fake.put(leases, heldBy(`carol@${hostname()}/${pid}/${startOf(Number(pid))}`, 1));
        expect(await take()).toBeNull();
      } finally {
        parent.kill('SIGKILL');
      }
    },
  );

  it('takes over at once from a process of this machine that is dead', async () => {
    const {pid} = spawnSync(process.execPath, ['--version']);
    fake.put(leases, heldBy(`ann@${hostname()}/${pid}/4711`, 0));
    expect(await take()).toBeNull();
  });

  it.runIf(process.platform === 'linux')(
    'knows a process of this machine that lives, however long it was silent',
    async () => {
      fake.put(leases, heldBy(`ann@${hostname()}/${process.ppid}/${startOf(process.ppid)}`, 3600));
      expect(await take()).toMatchObject({holderIsAlive: true});
    },
  );

  it.runIf(process.platform === 'linux')('is not deceived by a process id that came back', async () => {
    fake.put(leases, heldBy(`ann@${hostname()}/${process.ppid}/1`, 0));
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
    fake.put(leases, heldBy('carol@elsewhere/1/1', 3600));
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
    await renewLease(api, 'team-a', name, now + 10_000);
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

  it('notices that somebody took it over', async () => {
    stolen();
    const error = await renewLease(api, 'team-a', name, now).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).reason).toMatchObject({
      code: 'RELEASE_LOCKED',
      message: expect.stringContaining('bob@elsewhere took this operation over'),
    });
  });

  it.each([
    ['renewed', (n: string) => renewLease(api, 'team-a', n, now).catch(() => undefined)],
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
        expect(read).toEqual({...written, holder: 'a@b/1/1', renewedAt: '2026-01-02T03:04:04Z', holderIsAlive: true});
      },
    ),
    {numRuns: 50},
  );
});
