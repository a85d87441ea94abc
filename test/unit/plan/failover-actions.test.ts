// A reader takes the role of a lost writer on a small Kubernetes: whatever happens in between, and wherever a run is
// killed, one writer starts in the end, on the reader's history, and the earlier writer's volume is kept.
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {FailoverPhase, FailoverRecord} from '../../../source/observation/role/failover.ts';
import type {PersistentVolume, PersistentVolumeClaim} from '../../../source/observation/kubernetes.ts';
import {guardFinalizer} from '../../../source/observation/role/switchover.ts';
import {
  isStopped,
  isFailedOver,
  keepNext,
  nextFailoverActions,
  type FailoverAction,
  type KnownPromotion,
  type ObservedFailover,
} from '../../../source/plan/failover-actions.ts';

const [writerClaim, readerClaim, keptClaim] = ['data-orders-primary-0', 'data-orders-read-0', 'orders-kept-1'];
const protection = 'kubernetes.io/pvc-protection';

interface Claim {
  uid: string;
  volume: string;
  isBound: boolean;
  isDeleting: boolean;
  finalizers: string[];
}
interface Pod {
  uid: string;
  volume: string;
  isDeleting: boolean;
  hasEnded: boolean;
  graceSeconds: number | null;
}
interface Volume {
  claim: string;
  uid: string | null;
  policy: 'Retain' | 'Delete';
}

/** What a run knows. */
type Known = {-readonly [key in keyof KnownPromotion]: KnownPromotion[key]};

/** As much of the controllers as a failover has to do with. `isLost`: nobody ends what runs on the writer's node. */
class Cluster {
  replicas = 1;
  uids = 0;
  isServiceDetached = false;
  readonly volumes: Record<string, Volume> = {
    W: {claim: writerClaim, uid: 'cw', policy: 'Delete'},
    R: {claim: readerClaim, uid: 'cr', policy: 'Delete'},
  };
  readonly claims: Record<string, Claim | undefined> = {
    [writerClaim]: {uid: 'cw', volume: 'W', isBound: true, isDeleting: false, finalizers: [protection]},
    [readerClaim]: {uid: 'cr', volume: 'R', isBound: true, isDeleting: false, finalizers: [protection]},
  };
  writer: Pod | null = {uid: 'pw', volume: 'W', isDeleting: false, hasEnded: false, graceSeconds: null};
  reader: Pod | null = {uid: 'pr', volume: 'R', isDeleting: false, hasEnded: false, graceSeconds: null};
  /** Where the reader's volume was promoted. */
  isPromoted = false;
  /** The promotion that is under way, and what the run knows that began it. */
  private promoting: {readonly uid: string; readonly known: Known} | null = null;
  readonly harm: string[] = [];
  record: FailoverRecord;

  /** `isAnswering`: its database runs on, although its node is lost. */
  constructor(
    readonly isLost: boolean,
    public isAnswering = false,
  ) {
    const side = (name: string, volume: string) => ({
      claim: {name, labels: {}, ownerReferences: []},
      volume: {name: volume, reclaimPolicy: 'Delete' as const, spec: {}},
    });
    this.record = {
      phase: 'fence',
      to: null,
      pod: null,
      ahead: [],
      isNodeLost: isLost,
      fromNode: 'a',
      timeline: 1,
      writerPod: 'orders-primary-0',
      writer: side(writerClaim, 'W'),
      readers: {'orders-read-0': side(readerClaim, 'R')},
      kept: {name: keptClaim, labels: {}, ownerReferences: []},
      atRisk: {bytes: 0, lastSignAt: null, isCovered: false},
      ...(isAnswering ? {fence: {host: '10.0.0.7', isTold: false, isDone: false}} : {}),
    };
  }

  state(): ObservedFailover {
    const chosen = this.record.pod !== null;
    return {
      replicas: this.replicas,
      writerPod: this.writer && {...this.writer},
      readerPod: chosen && this.reader ? {...this.reader} : null,
      claims: {
        writer: this.claimSeen(writerClaim),
        reader: chosen ? this.claimSeen(readerClaim) : null,
        kept: this.claimSeen(keptClaim),
      },
      volumes: Object.fromEntries(Object.entries(this.volumes).map(([name, one]) => [name, volumeSeen(name, one)])),
      isServiceDetached: this.isServiceDetached,
    };
  }

  private claimSeen(name: string): PersistentVolumeClaim | null {
    const one = this.claims[name];
    if (!one) return null;
    const {uid, finalizers, isDeleting, volume} = one;
    const isLostClaim = one.isBound && this.volumes[volume]?.uid !== uid;
    return {
      metadata: {name, uid, finalizers, ...(isDeleting ? {deletionTimestamp: '2026-01-02T03:04:05Z'} : {})},
      spec: {volumeName: volume},
      status: {phase: one.isBound ? (isLostClaim ? 'Lost' : 'Bound') : 'Pending'},
    };
  }

  act(action: FailoverAction, known: Known): void {
    switch (action.kind) {
      case 'lead':
        return void (this.isServiceDetached = action.away);
      case 'scale':
        return void (this.replicas = action.replicas);
      case 'retain':
        return void (this.volume(action.volume).policy = 'Retain');
      case 'point':
        return void Object.assign(this.volume(action.volume), {claim: action.claim, uid: null});
      case 'end pod':
        return this.endWriter(action.uid, action.graceSeconds);
      case 'delete pod':
        if (this.reader?.uid === action.uid) this.reader.isDeleting = true;
        return;
      case 'promote':
        return this.beginPromotion(known);
      case 'fence':
        if (!this.isServiceDetached || this.replicas > 0) this.harm.push('stopped while clients are led to it');
        this.isAnswering = false;
        this.record = {...this.record, fence: {host: action.host, isTold: true, isDone: true}};
        return;
      case 'make claim':
        this.letGo(action.made.name, action.deleting?.metadata.uid);
        return this.create(action.made.name, action.volume.name);
      default:
        this.changeClaim(action);
    }
  }

  private endWriter(uid: string, graceSeconds: number): void {
    if (this.writer?.uid !== uid) return;
    if (graceSeconds === 0 && (!this.isLost || this.isAnswering)) this.harm.push('forgotten while it runs');
    if (graceSeconds === 0) this.writer = null;
    else Object.assign(this.writer, {isDeleting: true, graceSeconds});
  }

  private beginPromotion(known: Known): void {
    if (!this.isServiceDetached) this.harm.push('clients are led to the earlier writer');
    if (this.reader && this.promoting?.known !== known) this.promoting = {uid: this.reader.uid, known};
  }

  private endPromotion(isGood: boolean): void {
    const {promoting, reader} = this;
    this.promoting = null;
    if (!isGood || promoting === null || reader?.uid !== promoting.uid) return;
    if (reader.hasEnded || reader.volume !== 'R') return;
    if (this.isAnswering || (this.writer && !this.writer.hasEnded)) this.harm.push('two writers');
    this.isPromoted = true;
    promoting.known.promoted = promoting.uid;
  }

  private changeClaim(action: Extract<FailoverAction, {claim: PersistentVolumeClaim}>): void {
    const claim = this.claims[action.claim.metadata.name];
    if (!claim || claim.uid !== action.claim.metadata.uid) return;
    const others = claim.finalizers.filter((one) => one !== guardFinalizer);
    if (action.kind === 'delete claim') claim.isDeleting = true;
    if (action.kind === 'guard') claim.finalizers = action.on ? [...others, guardFinalizer] : others;
  }

  private letGo(name: string, uid: string | undefined): void {
    const claim = this.claims[name];
    if (!claim?.isDeleting || claim.uid !== uid) return;
    claim.finalizers = [];
    this.endClaims();
  }

  private volume(name: string): Volume {
    const found = this.volumes[name];
    if (!found) throw new Error(`no volume ${name}`);
    return found;
  }

  private create(name: string, volume: string): void {
    if (this.claims[name]) return;
    this.claims[name] = {uid: `c${++this.uids}`, volume, isBound: false, isDeleting: false, finalizers: [protection]};
  }

  tick(which: number): void {
    const ways: (() => void)[] = [
      () => this.endClaims(),
      () => this.bind(),
      () => this.writers(),
      () => this.readers(),
      () => {
        if (!this.isLost && this.writer?.isDeleting) this.writer.hasEnded = true;
      },
      () => {
        if (this.reader?.isDeleting) this.reader.hasEnded = true;
      },
      () => this.endPromotion(true),
      () => this.endPromotion(false),
    ];
    ways[which % ways.length]?.();
  }

  private endClaims(): void {
    for (const [name, claim] of Object.entries(this.claims)) {
      if (!claim?.isDeleting) continue;
      const isUsed = (name === writerClaim ? this.writer : name === readerClaim ? this.reader : null) !== null;
      if (!isUsed) claim.finalizers = claim.finalizers.filter((one) => one !== protection);
      if (claim.finalizers.length > 0) continue;
      this.claims[name] = undefined;
      const left = this.volumes[claim.volume];
      if (left?.uid === claim.uid && ['W', 'R'].includes(claim.volume))
        this.harm.push(left.policy === 'Delete' ? `${claim.volume} deleted` : `${claim.volume} released`);
    }
  }

  private bind(): void {
    for (const [name, claim] of Object.entries(this.claims)) {
      if (!claim || claim.isBound) continue;
      const volume = this.volumes[claim.volume];
      if (volume?.claim !== name || (volume.uid !== null && volume.uid !== claim.uid)) continue;
      volume.uid = claim.uid;
      claim.isBound = true;
    }
  }

  private writers(): void {
    if (this.replicas === 0 && this.writer) this.writer.isDeleting = true;
    if (this.writer?.isDeleting && this.writer.hasEnded) this.writer = null;
    if (this.replicas === 1) this.writer ??= this.started(writerClaim, 'writer');
  }

  private readers(): void {
    if (this.reader?.isDeleting && this.reader.hasEnded) this.reader = null;
    this.reader ??= this.started(readerClaim, 'reader');
  }

  private started(name: string, role: string): Pod | null {
    const claim = this.claims[name];
    if (!claim) {
      // A StatefulSet makes the claims that it lacks, and a new volume is empty.
      const volume = `E${++this.uids}`;
      this.volumes[volume] = {claim: name, uid: null, policy: 'Delete'};
      this.create(name, volume);
      return null;
    }
    if (claim.isDeleting || !claim.isBound || this.volumes[claim.volume]?.uid !== claim.uid) return null;
    const other = role === 'writer' ? this.reader : this.writer;
    if (other && !other.hasEnded && other.volume === claim.volume) this.harm.push(`${claim.volume} used twice`);
    if (role === 'writer' && claim.volume.startsWith('E')) this.harm.push('an empty writer');
    if (role === 'writer' && claim.volume === 'W' && this.isPromoted) this.harm.push('a writer on the older history');
    return {uid: `p${++this.uids}`, volume: claim.volume, isDeleting: false, hasEnded: false, graceSeconds: null};
  }
}

function volumeSeen(name: string, {claim, uid, policy}: Volume): PersistentVolume {
  return {
    metadata: {name},
    spec: {persistentVolumeReclaimPolicy: policy, claimRef: {name: claim, ...(uid === null ? {} : {uid})}},
    status: {phase: uid === null ? 'Available' : 'Bound'},
  };
}

/**
 * One turn of operations/role/perform-failover.ts; `cut`: it dies after so many of its requests.
 * @returns whether it is done
 */
function turn(cluster: Cluster, known: Known, cut = Infinity): boolean {
  const state = cluster.state();
  if (isFailedOver(state, cluster.record)) return true;
  const enter = (phase: FailoverPhase, pod: string | null) => (cluster.record = {...cluster.record, phase, pod});
  if (cluster.record.phase === 'fence' && isStopped(state, cluster.record)) enter('promote', 'orders-read-0');
  for (const action of nextFailoverActions(state, cluster.record, known).slice(0, cut)) cluster.act(action, known);
  return false;
}

const story = fc.array(
  fc.record({which: fc.nat(7), acts: fc.boolean(), cut: fc.constantFrom(Infinity, Infinity, 0, 1), dies: fc.boolean()}),
  {maxLength: 60},
);
type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

function begun(cluster: Cluster, steps: Story): void {
  let known: Known = {promoted: null};
  for (const {which, acts, cut, dies} of steps) {
    cluster.tick(which);
    if (acts) turn(cluster, known, cut);
    if (dies) known = {promoted: null};
  }
}

/** All but the last, by which a promotion fails. */
const ticksOfARound = 7;

function played(cluster: Cluster, steps: Story): void {
  begun(cluster, steps);
  const known: Known = {promoted: null};
  const ticks = (times: number) => {
    for (let which = 0; which < times * ticksOfARound; which++) cluster.tick(which % ticksOfARound);
  };
  for (let round = 0; round < 80 && !turn(cluster, known); round++) ticks(1);
  for (let round = 0; round < 4; round++) {
    const next = keepNext(cluster.state(), cluster.record);
    if (next) cluster.act(next, known);
    ticks(1);
  }
}

function expectReplaced(cluster: Cluster): void {
  expect(cluster.harm).toEqual([]);
  expect(cluster.record.phase).toBe('promote');
  expect(cluster.writer?.volume).toBe('R');
  expect(cluster.reader?.volume).toMatch(/^E/);
  expect({replicas: cluster.replicas, isServiceDetached: cluster.isServiceDetached}).toEqual({
    replicas: 1,
    isServiceDetached: false,
  });
  expect(cluster.volumes['W']).toMatchObject({claim: keptClaim, policy: 'Retain'});
  expect(cluster.claims[keptClaim]).toMatchObject({volume: 'W', isBound: true});
}

describe.each([
  ['its node is lost', true, false],
  ['its node is lost, and its database answers', true, true],
  ['its node can say when it has ended', false, false],
])('%s: whatever order things happen in, and wherever a run dies', (_, isLost, isAnswering) => {
  test('the reader is promoted, its volume is the writer’s, and the earlier one is kept', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const cluster = new Cluster(isLost, isAnswering);
        played(cluster, steps);
        expectReplaced(cluster);
        expect(cluster.isPromoted).toBe(true);
      }),
      {numRuns: 300},
    );
  });

  test('a reader whose pod goes at any moment takes no rows along', () => {
    fc.assert(
      fc.property(story, story, (steps, later) => {
        const cluster = new Cluster(isLost, isAnswering);
        begun(cluster, steps);
        if (cluster.reader) cluster.reader.isDeleting = true;
        played(cluster, later);
        expectReplaced(cluster);
      }),
      {numRuns: 300},
    );
  });

  test('a helm that asks for a writer again, and leads clients to it, starts none on the earlier volume', () => {
    fc.assert(
      fc.property(story, story, (steps, later) => {
        const cluster = new Cluster(isLost, isAnswering);
        begun(cluster, steps);
        Object.assign(cluster, {replicas: 1, isServiceDetached: false});
        played(cluster, later);
        expectReplaced(cluster);
      }),
      {numRuns: 300},
    );
  });
});

test('where nobody could take the role, everything is as it was', () => {
  const cluster = new Cluster(false);
  turn(cluster, {promoted: null});
  expect({replicas: cluster.replicas, isServiceDetached: cluster.isServiceDetached}).toEqual({
    replicas: 0,
    isServiceDetached: true,
  });
  cluster.record = {...cluster.record, phase: 'back'};
  for (let round = 0; round < 8; round++) {
    turn(cluster, {promoted: null});
    for (let which = 0; which < ticksOfARound; which++) cluster.tick(which);
  }
  expect(cluster.harm).toEqual([]);
  expect(cluster.writer?.volume).toBe('W');
  expect(isFailedOver(cluster.state(), cluster.record)).toBe(true);
});
