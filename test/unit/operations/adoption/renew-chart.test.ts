// A release of chart 10 on its way to the chart of today, against one in memory: in the order that keeps its pod and
// its passwords, killed at each change and run again.
import {describe, expect, it} from 'vitest';
import {at, type Values} from '../../../../source/chart/tree.ts';
import {asItIs} from '../../../../source/commands/operation.ts';
import {UserError, cause} from '../../../../source/core/cause.ts';
import type {StatefulSet} from '../../../../source/observation/kubernetes.ts';
import type {Revision, Snapshot} from '../../../../source/observation/snapshot.ts';
import {renewChart, type RenewRequest} from '../../../../source/operations/adoption/renew-chart.ts';
import type {HelmRun} from '../../../../source/operations/ports/helm.ts';
import type {LeaseRecord} from '../../../../source/operations/ports/lease.ts';
import type {Ports} from '../../../../source/operations/ports/index.ts';
import type {Progress, Result} from '../../../../source/plan/progress.ts';
import {adoptionRefusal, refusalAfterRenewal} from '../../../../source/plan/adoption.ts';
import {isToRenew, nextRenewStep, renewalOf} from '../../../../source/plan/before-chart-11.ts';
import {podOf} from '../../../support/fakes/fake-objects.ts';
import {chart10, snapshotOf} from '../../../support/recorded-charts.ts';
import {revision} from '../../../support/fakes/survey.ts';

class Killed extends Error {}

const labels = {'app.kubernetes.io/name': 'postgresql', 'app.kubernetes.io/instance': 'orders'};
const environment = {
  POSTGRES_USER: 'app',
  POSTGRES_DB: 'shop',
  POSTGRES_PASSWORD: 'a',
  POSTGRES_POSTGRES_PASSWORD: 'b',
};

/** The release `orders` of an early chart 10, and what helm and Kubernetes do with it. */
class Ten {
  readonly changes: string[] = [];
  /** Killed in the middle of helm's upgrade, which then is pending. */
  killsHelm = false;
  killAt = Infinity;
  component: string | null = null;
  selector: 'role' | 'component' | null = 'role';
  revisions: Revision[] = [revision({chartVersion: '10.16.3'})];
  values: Values = chart10.values;
  isKept = false;
  /** False where its node was drained, and no StatefulSet has made it again. */
  hasPod = true;
  /** Called before helm upgrades and before each look. */
  beforeHelm = (): void => undefined;
  beforeLook = (): void => undefined;
  /** Called when the Lease is asked for. */
  beforeLease = (): void => undefined;
  now = 0;
  isListedAsOurs: boolean | null = null;
  lease: 'held' | 'paused' | null = null;
  recorded: LeaseRecord | null = null;
  readonly pod = {
    ...podOf('orders-postgresql-0', true),
    metadata: {name: 'orders-postgresql-0', uid: 'pod-1', labels: {...labels, role: 'primary'}},
  };

  snapshot(): Snapshot {
    const recorded = snapshotOf(chart10);
    const [old] = recorded.statefulSets;
    if (!old) throw new Error('the recording has a StatefulSet');
    const component = this.component === null ? {} : {'app.kubernetes.io/component': this.component};
    const pod = {...this.pod, metadata: {...this.pod.metadata, labels: {...this.pod.metadata.labels, ...component}}};
    const selector = {matchLabels: this.selector === 'role' ? {...labels, role: 'primary'} : {...labels, ...component}};
    const set: StatefulSet = {
      metadata: {...old.metadata, generation: 1},
      spec: {...old.spec, replicas: 1, selector},
      status: {readyReplicas: 1, observedGeneration: 1},
    };
    const held = {holder: 'me', holderIsAlive: false, startedAt: '', renewedAt: '', wanted: null} as const;
    return {
      ...recorded,
      release: {revisions: this.revisions, values: this.values},
      statefulSets: this.selector === null ? [] : [set],
      // Pods are found by that label.
      pods: this.component === null || !this.hasPod ? [] : [pod],
      operation: this.lease === null ? null : {...held, kind: 'adopt', ...this.recorded},
    };
  }

  ports(): Ports {
    const change = (what: string, act: () => void) => {
      if (this.changes.length + 1 === this.killAt) throw new Killed(what);
      this.changes.push(what);
      act();
    };
    const record = (changes: Partial<Revision>) => {
      const [newest] = this.revisions.slice(-1);
      this.revisions.push(revision({revision: (newest?.revision ?? 0) + 1, ...changes}));
    };
    const upgrade = async ({values, chart, isOurs = true}: HelmRun) => {
      this.isListedAsOurs = isOurs;
      this.beforeHelm();
      if (this.revisions.at(-1)?.status.startsWith('pending')) throw new Error('another operation is in progress');
      if (this.selector === 'role') throw new Error('updates to statefulset spec are forbidden');
      if (!this.isKept) throw new Error('helm would remove the Secret');
      if (this.component === null && this.hasPod) throw new Error('helm would make a second pod');
      expect(at(values, ['primary', 'updateStrategy', 'type'])).toBe('OnDelete');
      if (this.killsHelm) {
        change('helm upgrade', () => record({chartVersion: chart.version, status: 'pending-upgrade'}));
        Object.assign(this, {values, selector: 'component', killsHelm: false});
        throw new Killed('helm');
      }
      change('helm upgrade', () => {
        Object.assign(this, {values, selector: 'component', component: 'primary', hasPod: true});
        record({chartVersion: chart.version});
      });
    };
    const only: Omit<Partial<Ports>, 'helm'> & {readonly helm: Partial<Ports['helm']>} = {
      target: this.snapshot().target,
      now: () => this.now,
      takeLease: async (record, over) => {
        this.beforeLease();
        const {operation} = this.snapshot();
        if (operation && over !== undefined && operation.startedAt !== over) return operation;
        Object.assign(this, {lease: 'held', recorded: record});
        return null;
      },
      confirmLease: async () => undefined,
      renewLease: async () => undefined,
      pauseLease: async () => void (this.lease = 'paused'),
      endLease: async () => void (this.lease = null),
      permissions: async () => [],
      look: async () => (this.beforeLook(), this.snapshot()),
      manifest: async () => chart10.manifest,
      revisions: async () => this.revisions,
      writerEnvironment: async () => (this.hasPod ? environment : {failure: 'no such pod'}),
      tryLogin: async () => ({is: 'right', text: ''}),
      keepSecrets: async () => change('keep', () => (this.isKept = true)),
      labelWriterPod: async (asked) =>
        change('label', () => (this.component = asked['app.kubernetes.io/component'] ?? null)),
      orphanPods: async () => change('orphan', () => (this.selector = null)),
      helm: {
        upgrade,
        // Seen with both helms: the record of before has a Secret that the newer one lacks.
        rollback: async () => {
          change('helm rollback', () => record({chartVersion: '10.16.3', status: 'failed'}));
          this.values = chart10.values;
          throw new UserError(cause('CHART_REJECTED', 'no Secret with the name "orders-postgresql" found'));
        },
        render: async () =>
          chart10.manifest
            .replace(/name: orders-postgresql(\n +image)/, 'name: postgresql$1')
            .replace('name: POSTGRES_DB', 'name: POSTGRES_DATABASE'),
        describe: () => 'helm upgrade',
      },
    };
    return only as Ports;
  }

  request(rest: Partial<RenewRequest> = {}): RenewRequest {
    const chart = {path: 'charts/postgresql', source: 'charts/postgresql', version: '16.7.26', appVersion: '17.6.0'};
    return {
      before: this.snapshot(),
      chart,
      dryRun: false,
      timeoutMs: 60_000,
      command: '',
      confirm: null,
      asked: asItIs,
      lacking: () => null,
      ...rest,
    };
  }
}

async function finish(ten: Ten, request = ten.request(), {signal} = new AbortController()): Promise<Result> {
  const steps: AsyncGenerator<Progress, Result> = renewChart(request, ten.ports(), signal);
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
  }
}

describe('a standalone of chart 10', () => {
  it('is the same database in the values of today', () => {
    const {values, ...found} = renewalOf(chart10.manifest, snapshotOf(chart10)) as Exclude<
      ReturnType<typeof renewalOf>,
      string
    >;
    expect(found).toEqual({secret: 'orders-postgresql', hasMemoryLimit: true});
    expect(values).toEqual({
      auth: {
        username: 'app',
        database: 'shop',
        existingSecret: 'orders-postgresql',
        secretKeys: {adminPasswordKey: 'postgresql-postgres-password', userPasswordKey: 'postgresql-password'},
      },
      image: {registry: 'docker.io', repository: 'bitnamilegacy/postgresql', tag: '17.6.0-debian-12-r0'},
      global: {security: {allowInsecureImages: true}},
      primary: {
        updateStrategy: {type: 'OnDelete', rollingUpdate: null},
        networkPolicy: {enabled: false},
        resources: {limits: {memory: '256Mi'}, requests: {cpu: '100m', memory: '256Mi'}},
        persistence: {size: '1Gi', accessModes: ['ReadWriteOnce']},
        service: {type: 'ClusterIP'},
        affinity: {podAntiAffinity: expect.any(Object) as object},
      },
      readReplicas: {networkPolicy: {enabled: false}},
      serviceAccount: {create: false},
    });
  });

  it('has no limits of a preset where it had none of its own', () => {
    const manifest = chart10.manifest.replace(/resources:\n +limits:[^]*?(?=\n +securityContext)/, 'resources: null');
    const found = renewalOf(manifest, snapshotOf(chart10));
    expect(at(found, ['values', 'primary'])).toMatchObject({resources: {}, resourcesPreset: 'none'});
  });

  it('is refused where its data is in a folder of its volume, which the chart of today would not look into', () => {
    const manifest = chart10.manifest.replace('subPath: ', 'subPath: pg');
    expect(renewalOf(manifest, snapshotOf(chart10))).toBe(
      'its data is in a folder of its volume (persistence.subPath)',
    );
  });

  it('goes to the chart of today in the order that loses nothing', async () => {
    const ten = new Ten();
    expect(isToRenew(ten.snapshot())).toBe(true);
    expect((await finish(ten)).outcome).toBe('succeeded');
    expect(ten.changes).toEqual(['label', 'keep', 'orphan', 'keep', 'helm upgrade']);
    expect(ten.isListedAsOurs).toBe(false);
    expect({lease: ten.lease, next: nextRenewStep(ten.snapshot()), again: isToRenew(ten.snapshot())}).toEqual({
      lease: null,
      next: null,
      again: false,
    });
  });

  it('ends where it would have when it is killed at any change and run again', async () => {
    for (let killAt = 1; killAt <= 5; killAt++) {
      const ten = new Ten();
      ten.killAt = killAt;
      await expect(finish(ten)).rejects.toBeInstanceOf(Killed);
      ten.killAt = Infinity;
      expect(isToRenew(ten.snapshot())).toBe(true);
      expect((await finish(ten)).outcome).toBe('succeeded');
      expect(ten.selector).toBe('component');
    }
  });

  it('remembers what was asked for, by which its Lease differs from that of a database taken out', async () => {
    const ten = new Ten();
    ten.killsHelm = true;
    const asked = {...asItIs, sizes: {memory: '512Mi'}, readReplicas: 1, restartsLater: true};
    await expect(finish(ten, ten.request({asked}))).rejects.toBeInstanceOf(Killed);
    const {kind, ...adopts} = asked;
    expect(ten.recorded).toMatchObject({kind, wanted: null, adopts});
    ten.recorded = {kind, startedAt: '', wanted: null};
    expect(isToRenew(ten.snapshot())).toBe(false);
  });

  it('goes on where helm was killed with it', async () => {
    const ten = new Ten();
    ten.killsHelm = true;
    await expect(finish(ten)).rejects.toBeInstanceOf(Killed);
    expect({next: nextRenewStep(ten.snapshot()), again: isToRenew(ten.snapshot())}).toEqual({
      next: 'complete',
      again: true,
    });
    expect((await finish(ten)).outcome).toBe('succeeded');
    expect(ten.changes.slice(-3)).toEqual(['helm rollback', 'keep', 'helm upgrade']);
    expect(ten.revisions.at(-1)).toMatchObject({chartVersion: '16.7.26', status: 'deployed'});
  });

  it('goes on although the pod was drained while it had no StatefulSet', async () => {
    const ten = new Ten();
    ten.killAt = 5;
    await expect(finish(ten)).rejects.toBeInstanceOf(Killed);
    Object.assign(ten, {killAt: Infinity, hasPod: false});
    expect(nextRenewStep(ten.snapshot())).toBe('upgrade');
    const {outcome, cause: why} = await finish(ten);
    expect({outcome, why, hasPod: ten.hasPod}).toEqual({outcome: 'succeeded', why: undefined, hasPod: true});
  });

  it('says that its pod has no StatefulSet where helm fails then, with the way on and the way back', async () => {
    const ten = new Ten();
    ten.beforeHelm = () => {
      throw new UserError(cause('FORBIDDEN', 'The user may not do that.'));
    };
    const {outcome, cause: why} = await finish(ten);
    expect({outcome, lease: ten.lease}).toEqual({outcome: 'failed', lease: 'paused'});
    expect(why?.message).toMatch(
      /^The user may not do that\. Pod orders-postgresql-0 has no StatefulSet now: .* It stopped before this: helm makes/,
    );
    const said = why?.remedies.map(({title, command}) => `${title} ${command ?? ''}`).join('\n');
    expect(said).toMatch(/same command again[^]*get values orders --revision 1[^]*--version 10\.16\.3 -f before\.yaml/);
  });

  it('outlasts a lost connection, or says where it stopped and leaves the Lease to the next run', async () => {
    const lostAfterOrphan = (times: number) => {
      const ten = new Ten();
      ten.beforeLook = () => {
        if (ten.selector !== null || times-- <= 0) return;
        ten.now += 1000;
        throw new UserError(cause('CONNECTION_LOST', 'No answer.'));
      };
      return ten;
    };
    expect((await finish(lostAfterOrphan(2))).outcome).toBe('succeeded');
    const ten = lostAfterOrphan(Infinity);
    const {outcome, cause: why} = await finish(ten, ten.request({timeoutMs: 1500}));
    expect({outcome, code: why?.code, lease: ten.lease}).toEqual({
      outcome: 'detached',
      code: 'CONNECTION_LOST',
      lease: 'paused',
    });
    expect(why?.message).toMatch(/has no StatefulSet now.*It stopped before this/);
  });

  it('is cancelled by whoever stops it while helm works', async () => {
    const ten = new Ten();
    const stop = new AbortController();
    ten.beforeHelm = () => {
      stop.abort();
      throw new UserError(cause('CANCELLED', 'helm was stopped.'));
    };
    const {outcome, cause: why} = await finish(ten, ten.request(), stop);
    expect({outcome, code: why?.code, lease: ten.lease}).toEqual({
      outcome: 'cancelled',
      code: 'CANCELLED',
      lease: 'paused',
    });
    expect(why?.message).toMatch(/It stopped before this: helm makes the release/);
  });

  it('leaves alone what somebody began before it had the Lease, and left', async () => {
    const ten = new Ten();
    const recorded = {kind: 'adopt', startedAt: '2026-01-02T03:00:00.000Z', wanted: null} as const;
    ten.beforeLease = () => void Object.assign(ten, {lease: 'paused', recorded});
    const {outcome, cause: why} = await finish(ten);
    expect({outcome, code: why?.code, changes: ten.changes, recorded: ten.recorded, lease: ten.lease}).toEqual({
      outcome: 'refused',
      code: 'RELEASE_LOCKED',
      changes: [],
      recorded,
      lease: 'paused',
    });
  });

  it('takes nothing back that others changed since the plan was made', async () => {
    const ten = new Ten();
    const request = ten.request();
    ten.revisions = [...ten.revisions, revision({revision: 2, chartVersion: '10.16.3'})];
    const {outcome, cause: why} = await finish(ten, request);
    expect({outcome, code: why?.code, changes: ten.changes, lease: ten.lease}).toEqual({
      outcome: 'refused',
      code: 'RELEASE_LOCKED',
      changes: [],
      lease: null,
    });
  });

  it('says in its plan what stays, what goes, the restart and the way back', async () => {
    const ten = new Ten();
    const {outcome, plan} = await finish(ten, ten.request({dryRun: true, asked: {...asItIs, restartsLater: true}}));
    expect({outcome, changes: ten.changes}).toEqual({outcome: 'planned', changes: []});
    const said = plan?.consequences.map(({sentence}) => sentence).join('\n') ?? '';
    expect(plan?.consequences.map(({code}) => code)).not.toContain('PRIMARY_RESTART');
    const now = await finish(ten, ten.request({dryRun: true}));
    expect(now.plan?.consequences.map(({code}) => code)).toContain('PRIMARY_RESTART');
    for (const part of [
      'from chart 10.16.3 to 16.7.26',
      'orders-postgresql-headless goes',
      'one restart',
      '--cascade=orphan',
    ])
      expect(said).toContain(part);
  });

  it.each([
    ['its readers', {replication: {enabled: true}}, 'it has readers'],
    ['certificates', {tls: {enabled: true}}, 'it has certificates'],
    ['LDAP', {ldap: {enabled: true}}, 'by LDAP'],
  ])('is refused with %s, and a copy is the way', (_what, values, why) => {
    const ten = new Ten();
    ten.values = {...chart10.values, ...values};
    const {message, remedies} = adoptionRefusal(ten.snapshot()) ?? {message: '', remedies: []};
    expect(message).toContain(why);
    expect(remedies.map(({title}) => title).join()).toContain('copy the data there');
  });

  it.each([
    [
      'its image',
      (text: string) => text.replaceAll('bitnamilegacy/postgresql:', 'own/database:'),
      'its image docker.io/own',
    ],
    ['its port', (text: string) => text.replaceAll('port: 5432', 'port: 5433'), 'port 5433'],
    [
      'its Service',
      (text: string) => text.replaceAll('type: ClusterIP', 'type: ExternalName'),
      'its Service is of a type',
    ],
  ])('is told before anything changes where %s would prevent what follows', (_what, edited, why) => {
    const refusalOf = (recorded: typeof chart10) => {
      const found = renewalOf(recorded.manifest, snapshotOf(recorded)) as {readonly values: Values};
      return refusalAfterRenewal(snapshotOf(recorded), found.values);
    };
    expect(refusalOf(chart10)).toBeNull();
    expect(refusalOf({...chart10, manifest: edited(chart10.manifest)})?.message).toContain(why);
  });

  it('is refused before anything changes, where it could not be taken over then', async () => {
    const ten = new Ten();
    const why = cause('BAD_INPUT', 'The database has no limit of memory.');
    const {outcome, cause: told} = await finish(ten, ten.request({lacking: () => why}));
    expect({outcome, told, changes: ten.changes}).toEqual({outcome: 'refused', told: why, changes: []});
  });
});
