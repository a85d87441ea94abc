// A database taken out of an application's release, against one in memory: in the order that loses nothing, killed at
// each change and run again.
import {describe, expect, it} from 'vitest';
import {stringify} from 'yaml';
import {labelKeys} from '../../../../source/chart/names.ts';
import {at} from '../../../../source/chart/tree.ts';
import {cause, UserError} from '../../../../source/core/cause.ts';
import {helmMayWorkMs} from '../../../../source/operations/steps/leave-pending.ts';
import {detach, type DetachRequest} from '../../../../source/operations/adoption/detach.ts';
import type {LeaseRecord} from '../../../../source/operations/ports/lease.ts';
import type {OperationRecord, Snapshot} from '../../../../source/observation/snapshot.ts';
import type {Ports} from '../../../../source/operations/ports/index.ts';
import type {Progress, Result} from '../../../../source/plan/progress.ts';
import {nextDetachStep, type SubChart} from '../../../../source/observation/sub-chart.ts';
import {detachedValues} from '../../../../source/plan/detach.ts';
import {revision, targetFor} from '../../../support/fakes/survey.ts';

class Killed extends Error {}

/** The release `shop`, with its database, and what helm and Kubernetes do with it. */
class Shop {
  readonly target = targetFor('shop');
  readonly changes: string[] = [];
  kept = new Set<string>();
  hasDatabase = true;
  parentRevision = 1;
  owner = 'shop';
  selector: string | null = 'shop';
  label = 'shop';
  newest: SubChart['newest'] = null;
  values: Readonly<Record<string, unknown>> = {auth: {username: 'app'}};
  lease: 'held' | 'paused' | null = null;
  /** Called when the Lease is asked for. */
  beforeLease = (): void => undefined;
  record: LeaseRecord | null = null;
  /** Milliseconds; looks take time. */
  time = 0;
  killAt = Infinity;
  /** Called before helm makes the release. */
  beforeHelm = (): void => undefined;
  /** The uid of the pod: it is the same one to the end. */
  readonly uid = 'pod-1';
  readonly names = ['StatefulSet/shop-postgresql', 'Service/shop-postgresql', 'Secret/shop-postgresql'];

  seen(): SubChart {
    const metadata = {name: 'shop-postgresql-0', uid: this.uid, labels: {[labelKeys.instance]: this.label}};
    const template = {spec: {containers: []}};
    const service = {metadata: {name: 'shop-postgresql', labels: {[labelKeys.instance]: this.label}}};
    return {
      parent: {
        release: 'shop',
        newest: revision({revision: this.parentRevision, chartName: 'shop', chartVersion: '1.2.3'}),
        hasDatabase: this.hasDatabase,
      },
      release: 'shop-postgresql',
      newest: this.newest,
      path: ['postgresql'],
      version: '16.7.26',
      values: this.values,
      objects: this.names
        .filter((name) => this.selector !== null || !name.startsWith('StatefulSet'))
        .map((name) => {
          const [kind = '', own = ''] = name.split('/');
          return {kind, name: own, isKept: this.kept.has(name), owner: this.owner};
        }),
      sets:
        this.selector === null
          ? []
          : [
              {
                metadata: {name: 'shop-postgresql', generation: 1},
                spec: {
                  replicas: 1,
                  serviceName: 'hl',
                  selector: {matchLabels: {[labelKeys.instance]: this.selector}},
                  template,
                },
                status: {readyReplicas: 1, observedGeneration: 1},
              },
            ],
      pods: [{metadata, spec: {containers: []}}],
      claims: [{metadata: {name: 'data-shop-postgresql-0', labels: {[labelKeys.instance]: this.label}}, spec: {}}],
      services: [{...service, spec: {selector: {[labelKeys.instance]: this.label}}}],
    };
  }

  /** Whoever began it is gone. */
  operation(): OperationRecord | null {
    const left = {holder: '', holderIsAlive: false, renewedAt: ''};
    return this.lease === null || this.record === null ? null : {...this.record, ...left};
  }

  /** What whoever has the parent's chart does. Helm deletes what is not kept. */
  upgradeParent(): void {
    if (this.names.some((name) => !this.kept.has(name))) throw new Error('helm would delete the database');
    this.hasDatabase = false;
  }

  ports(): Ports {
    const change = (what: string, act: () => void) => async () => {
      if (this.changes.length + 1 === this.killAt) throw new Killed(what);
      this.changes.push(what);
      act();
    };
    const take = (kind: string) => async (asked: {readonly values: Readonly<Record<string, unknown>>}) => {
      this.beforeHelm();
      if (this.selector === 'shop' || this.label === 'shop') throw new Error('helm would make a second database');
      if (this.newest?.status.startsWith('pending'))
        throw new UserError(cause('RELEASE_LOCKED', 'another operation is in progress'));
      const {revision: last = 0} = this.newest ?? {};
      const record = {chartName: 'postgresql', revision: last + 1} as const;
      const status = kind === 'install' ? 'pending-install' : 'pending-upgrade';
      await change(`helm ${kind} begins`, () => (this.newest = revision({...record, status})))();
      await change(`helm ${kind}`, () => {
        expect(at(asked.values, ['primary', 'updateStrategy', 'type'])).toBe('OnDelete');
        Object.assign(this, {
          owner: 'shop-postgresql',
          selector: 'shop-postgresql',
          newest: revision(record),
        });
      })();
    };
    const set = {metadata: {name: 'shop-postgresql'}, spec: {serviceName: 'hl', template: {spec: {containers: []}}}};
    const only: Omit<Partial<Ports>, 'helm'> & {readonly helm: Partial<Ports['helm']>} = {
      target: {...this.target, release: 'shop-postgresql'},
      now: () => this.time,
      look: async () => ({operation: this.operation()}) as Snapshot,
      takeLease: async (record, over) => {
        this.beforeLease();
        const operation = this.operation();
        if (operation && over !== undefined && operation.startedAt !== over) return operation;
        Object.assign(this, {lease: 'held', record});
        return null;
      },
      confirmLease: async () => undefined,
      renewLease: async () => undefined,
      endLease: async () => void (this.lease = null),
      pauseLease: async () => void (this.lease = 'paused'),
      revisions: async () => (this.newest ? [this.newest] : []),
      permissions: async () => [],
      subChart: async () => ((this.time += 4000), this.seen()),
      keepObjects: async (objects, isKept) => {
        for (const {kind, name} of objects)
          await change(`${isKept ? 'keep' : 'release'} ${kind}`, () =>
            isKept ? this.kept.add(`${kind}/${name}`) : this.kept.delete(`${kind}/${name}`),
          )();
      },
      orphanPods: change('orphan', () => (this.selector = null)),
      moveLabels: change('relabel', () => (this.label = 'shop-postgresql')),
      helm: {
        install: take('install'),
        upgrade: take('upgrade'),
        // What helm rolls back to is applied without the marks of its owner.
        rollback: async (to) => {
          expect({to, waited: this.time >= helmMayWorkMs}).toEqual({to: this.newest?.revision, waited: true});
          await change('helm rollback', () => (this.newest = revision({chartName: 'postgresql', revision: to + 1})))();
        },
        render: async () =>
          `---\nkind: StatefulSet\n${stringify(set)}---\nkind: Service\n${stringify({metadata: set.metadata})}`,
      },
    };
    return only as Ports;
  }

  request(rest: Partial<DetachRequest> = {}): DetachRequest {
    const chart = {path: 'charts/postgresql', source: 'charts/postgresql', version: '16.7.26', appVersion: '17.6.0'};
    const seen = this.seen();
    return {parent: this.target, seen, chart, dryRun: false, timeoutMs: 60_000, command: '', confirm: null, ...rest};
  }
}

async function finish(shop: Shop, request = shop.request(), {signal} = new AbortController()): Promise<Result> {
  const steps: AsyncGenerator<Progress, Result> = detach(request, shop.ports(), signal);
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
  }
}

/** As often as it takes, with the parent upgraded when it is asked for. */
async function toEnd(shop: Shop): Promise<Result> {
  for (let run = 0; run < 4; run++) {
    const result = await finish(shop);
    if (result.outcome !== 'detached') return result;
    expect(result.cause?.remedies[0]?.command).toContain('--set postgresql.enabled=false');
    shop.upgradeParent();
  }
  return expect.fail('it does not come to its end');
}

describe('a database inside a release', () => {
  it('waits for the parent when all is marked, and is a release of its own then, with the same pod', async () => {
    const shop = new Shop();
    const {outcome, notes} = await toEnd(shop);
    expect({outcome, lease: shop.lease, kept: shop.kept.size, label: shop.label}).toEqual({
      outcome: 'succeeded',
      lease: null,
      kept: 0,
      label: 'shop-postgresql',
    });
    expect(notes.join('\n')).toContain('pg-helm-install adopt shop-postgresql');
    expect(shop.changes).toEqual([
      ...['keep StatefulSet', 'keep Service', 'keep Secret', 'orphan', 'relabel', 'helm install begins'],
      ...['helm install', 'release StatefulSet', 'release Service', 'release Secret'],
    ]);
    expect(nextDetachStep(shop.seen())).toBeNull();
  });

  it('ends where it would have when it is killed at any change and run again', async () => {
    const whole = new Shop();
    await toEnd(whole);
    for (let killAt = 1; killAt <= whole.changes.length; killAt++) {
      const shop = new Shop();
      shop.killAt = killAt;
      await expect(toEnd(shop)).rejects.toBeInstanceOf(Killed);
      shop.killAt = Infinity;
      expect((await toEnd(shop)).outcome).toBe('succeeded');
      expect({owner: shop.owner, label: shop.label, selector: shop.selector, kept: shop.kept.size}).toEqual({
        owner: 'shop-postgresql',
        label: 'shop-postgresql',
        selector: 'shop-postgresql',
        kept: 0,
      });
    }
  });

  it('completes what a helm that was killed left, once that helm can no longer be at work', async () => {
    const shop = new Shop();
    await finish(shop);
    shop.upgradeParent();
    shop.killAt = shop.changes.length + 4;
    await expect(finish(shop)).rejects.toBeInstanceOf(Killed);
    expect({newest: shop.newest?.status, last: shop.changes.at(-1)}).toEqual({
      newest: 'pending-install',
      last: 'helm install begins',
    });
    shop.killAt = Infinity;
    const began = shop.time;
    expect((await toEnd(shop)).outcome).toBe('succeeded');
    expect(shop.time - began).toBeGreaterThan(helmMayWorkMs);
    expect(shop.changes.slice(5)).toEqual([
      ...['helm install begins', 'helm rollback', 'helm upgrade begins', 'helm upgrade'],
      ...['release StatefulSet', 'release Service', 'release Secret'],
    ]);
    expect({owner: shop.owner, lease: shop.lease}).toEqual({owner: 'shop-postgresql', lease: null});
  });

  it('leaves a Lease that names the application where it broke off, and none while that one has it', async () => {
    const shop = new Shop();
    expect({outcome: (await finish(shop)).outcome, lease: shop.lease}).toEqual({outcome: 'detached', lease: null});
    shop.upgradeParent();
    shop.beforeHelm = () => {
      throw new UserError(cause('CONNECTION_LOST', 'no answer'));
    };
    expect((await finish(shop)).outcome).toBe('failed');
    expect({lease: shop.lease, record: shop.record}).toMatchObject({lease: 'paused', record: {detaches: 'shop'}});
  });

  it.each<[string, (shop: Shop) => void]>([
    ['the application was upgraded', (shop) => (shop.parentRevision = 2)],
    ['the database was taken out by somebody else', (shop) => (shop.newest = revision({chartName: 'postgresql'}))],
  ])('changes nothing where %s between the question and the answer', async (_, happens) => {
    const shop = new Shop();
    const confirm = async () => (happens(shop), true);
    const {outcome, cause: why} = await finish(shop, shop.request({confirm}));
    expect({outcome, code: why?.code, changes: shop.changes, lease: shop.lease}).toEqual({
      outcome: 'refused',
      code: 'RELEASE_LOCKED',
      changes: [],
      lease: null,
    });
  });

  it('leaves the Lease of a half-done one where the release has changed when it has the Lease', async () => {
    const shop = new Shop();
    await finish(shop);
    shop.upgradeParent();
    shop.beforeHelm = () => {
      throw new UserError(cause('CONNECTION_LOST', 'no answer'));
    };
    await finish(shop);
    shop.beforeLease = () => void (shop.parentRevision = 3);
    const {outcome, cause: why} = await finish(shop);
    expect({outcome, code: why?.code, lease: shop.lease}).toEqual({
      outcome: 'refused',
      code: 'RELEASE_LOCKED',
      lease: 'paused',
    });
  });

  it('leaves no Lease where the release has changed and nothing is half done', async () => {
    const shop = new Shop();
    shop.beforeLease = () => void (shop.parentRevision = 2);
    expect({outcome: (await finish(shop)).outcome, lease: shop.lease}).toEqual({outcome: 'refused', lease: null});
  });

  it('leaves alone what somebody began before it had the Lease, and left', async () => {
    const shop = new Shop();
    const record = {kind: 'install', startedAt: '2026-01-02T03:00:00.000Z', wanted: null} as const;
    shop.beforeLease = () => void Object.assign(shop, {lease: 'paused', record});
    const {outcome, cause: why} = await finish(shop);
    expect({outcome, code: why?.code, changes: shop.changes, record: shop.record, lease: shop.lease}).toEqual({
      outcome: 'refused',
      code: 'RELEASE_LOCKED',
      changes: [],
      record,
      lease: 'paused',
    });
  });

  it('is cancelled by whoever stops it while helm works', async () => {
    const shop = new Shop();
    await finish(shop);
    shop.upgradeParent();
    const stop = new AbortController();
    shop.beforeHelm = () => {
      stop.abort();
      throw new UserError(cause('CANCELLED', 'helm was stopped.'));
    };
    const {outcome, cause: why} = await finish(shop, shop.request(), stop);
    expect({outcome, lease: shop.lease}).toEqual({outcome: 'cancelled', lease: 'paused'});
    expect(why?.message).toMatch(/^It stopped before this: helm makes the release/);
  });

  it('tells in its plan what helm would delete, what restarts, and the way back', async () => {
    const {outcome, plan} = await finish(new Shop(), new Shop().request({dryRun: true}));
    expect(outcome).toBe('planned');
    const said = plan?.consequences.map(({sentence}) => sentence).join('\n') ?? '';
    for (const part of [
      'would delete them',
      'its pods restart',
      'postgresql.enabled=false',
      '--take-ownership',
      '--cascade=orphan',
    ])
      expect(said).toContain(part);
  });

  it('is refused where the chart would make other objects of its values', async () => {
    const shop = new Shop();
    shop.names.push('Service/shop-postgresql-metrics');
    const {outcome, cause} = await finish(shop);
    expect({outcome, code: cause?.code, evidence: cause?.evidence}).toEqual({
      outcome: 'refused',
      code: 'NOT_ADOPTABLE',
      evidence: ['Service shop-postgresql-metrics would not be made'],
    });
    expect(shop.changes).toEqual([]);
  });

  it.each([
    ['there is none', null],
    ['its chart is another version', {version: '10.1.0'}],
  ] as const)('is refused where %s', async (_why, differs) => {
    const shop = new Shop();
    const seen = differs === null ? null : {...shop.seen(), ...differs};
    const {outcome, cause} = await finish(shop, shop.request({seen}));
    expect({outcome, code: cause?.code, changes: shop.changes}).toEqual({
      outcome: 'refused',
      code: 'NOT_ADOPTABLE',
      changes: [],
    });
  });

  it('restarts no pod, and leaves no part of a strategy that Kubernetes refuses beside OnDelete', () => {
    const values = detachedValues(new Shop().seen());
    const strategy = {type: 'OnDelete', rollingUpdate: null};
    expect(values).toMatchObject({primary: {updateStrategy: strategy}, readReplicas: {updateStrategy: strategy}});
  });

  it('brings no network policy that was not there', () => {
    const shop = new Shop();
    const without = detachedValues(shop.seen());
    expect(at(without, ['primary', 'networkPolicy', 'enabled'])).toBe(false);
    shop.names.push('NetworkPolicy/shop-postgresql');
    expect(at(detachedValues(shop.seen()), ['primary', 'networkPolicy'])).toBeUndefined();
  });
});
