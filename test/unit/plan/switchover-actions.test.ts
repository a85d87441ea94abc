// Two volumes change their claims on a small Kubernetes: whatever happens in between, and wherever a run is killed, one
// writer starts in the end, with all rows.
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {PersistentVolume, PersistentVolumeClaim} from '../../../source/observation/kubernetes.ts';
import {
  guardFinalizer,
  type SwitchoverPhase,
  type SwitchoverRecord,
} from '../../../source/observation/role/switchover.ts';
import {
  hasMovedSince,
  hasWriterEnded,
  isFenced,
  isSwitchedOver,
  isReaderThere,
  nextSwitchoverActions,
  type SwitchoverAction,
  type ObservedSwitchover,
} from '../../../source/plan/switchover-actions.ts';

const [writerClaim, readerClaim] = ['data-orders-primary-0', 'data-orders-read-0'];
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
  /** The volume that it mounted when it started. */
  volume: string;
  isDeleting: boolean;
  hasEnded: boolean;
  hasAddress: boolean;
}
interface Volume {
  claim: string;
  uid: string | null;
  policy: 'Retain' | 'Delete';
}

/** The controllers of one StatefulSet each, of volumes and of claims, as far as a switchover has to do with them. */
class Cluster {
  replicas = 1;
  uids = 0;
  readonly volumes: Record<string, Volume> = {
    W: {claim: writerClaim, uid: 'cw', policy: 'Delete'},
    R: {claim: readerClaim, uid: 'cr', policy: 'Delete'},
  };
  readonly claims: Record<string, Claim | undefined> = {
    [writerClaim]: {uid: 'cw', volume: 'W', isBound: true, isDeleting: false, finalizers: [protection]},
    [readerClaim]: {uid: 'cr', volume: 'R', isBound: true, isDeleting: false, finalizers: [protection]},
  };
  writer: Pod | null = {uid: 'pw', volume: 'W', isDeleting: false, hasEnded: false, hasAddress: true};
  reader: Pod | null = {uid: 'pr', volume: 'R', isDeleting: false, hasEnded: false, hasAddress: true};
  /** Which timeline is on each volume, and whether the reader has everything. */
  readonly timeline: Record<string, number> = {W: 1, R: 1};
  readerHasAll = true;
  givesAddresses = true;
  /** What must never be. */
  readonly harm: string[] = [];
  record: SwitchoverRecord;

  constructor() {
    const side = (name: string, volume: string) => ({
      claim: {name, labels: {}, ownerReferences: []},
      volume: {name: volume, reclaimPolicy: 'Delete' as const, spec: {}},
    });
    this.record = {
      phase: 'fence',
      pod: {name: 'orders-read-0', uid: 'pr'},
      writer: side(writerClaim, 'W'),
      reader: side(readerClaim, 'R'),
      timeline: 1,
      fencedAt: null,
    };
  }

  state(): ObservedSwitchover {
    const pod = (one: Pod | null) =>
      one && {uid: one.uid, isDeleting: one.isDeleting, hasEnded: one.hasEnded, hasAddress: one.hasAddress};
    const claim = (name: string): PersistentVolumeClaim | null => {
      const one = this.claims[name];
      if (!one) return null;
      const {uid, finalizers, isDeleting} = one;
      return {
        metadata: {name, uid, finalizers, ...(isDeleting ? {deletionTimestamp: '2026-01-02T03:04:05Z'} : {})},
        spec: {volumeName: one.volume},
        status: {phase: one.isBound ? (this.isMisbound(name) ? 'Lost' : 'Bound') : 'Pending'},
      };
    };
    const volumes = Object.entries(this.volumes).map(([name, one]): [string, PersistentVolume] => [
      name,
      {
        metadata: {name},
        spec: {
          persistentVolumeReclaimPolicy: one.policy,
          claimRef: {name: one.claim, ...(one.uid === null ? {} : {uid: one.uid})},
        },
        status: {phase: one.uid === null ? 'Available' : 'Bound'},
      },
    ]);
    return {
      replicas: this.replicas,
      writerPod: pod(this.writer),
      readerPod: pod(this.reader),
      claims: {writer: claim(writerClaim), reader: claim(readerClaim)},
      volumes: Object.fromEntries(volumes),
    };
  }

  private isMisbound(name: string): boolean {
    const claim = this.claims[name];
    return claim !== undefined && this.volumes[claim.volume]?.uid !== claim.uid;
  }

  /** What the program does. */
  act(action: SwitchoverAction): void {
    switch (action.kind) {
      case 'retain':
        return void (this.volume(action.volume).policy = 'Retain');
      case 'scale':
        return void (this.replicas = action.replicas);
      case 'point':
        return void Object.assign(this.volume(action.volume), {claim: action.claim, uid: null});
      case 'make claim':
        this.letGo(action.made.name, action.deleting?.metadata.uid);
        return this.create(action.made.name, action.volume.name);
      case 'delete pod':
        if (this.reader?.uid === action.uid) this.reader.isDeleting = true;
        return;
      case 'promote':
        if (this.reader?.uid !== 'pr' || this.reader.hasEnded) return;
        if (this.writer && !this.writer.hasEnded && !this.writer.isDeleting) this.harm.push('two writers');
        this.timeline['R'] = 2;
        return;
      default:
        this.changeClaim(action);
    }
  }

  private changeClaim(action: Extract<SwitchoverAction, {claim: PersistentVolumeClaim}>): void {
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
    const uid = `c${++this.uids}`;
    this.claims[name] = {uid, volume, isBound: false, isDeleting: false, finalizers: [protection]};
  }

  /** What the cluster does by itself, one thing a time. `which` chooses. */
  tick(which: number): void {
    const ways: (() => void)[] = [
      () => this.endClaims(),
      () => this.bind(),
      () => this.writers(),
      () => this.readers(),
      () => this.ends(this.writer),
      () => this.ends(this.reader),
      () => this.addressed(),
    ];
    ways[which % ways.length]?.();
  }

  private endClaims(): void {
    for (const [name, claim] of Object.entries(this.claims)) {
      if (!claim?.isDeleting) continue;
      const isUsed = (name === writerClaim ? this.writer : this.reader) !== null;
      if (!isUsed) claim.finalizers = claim.finalizers.filter((one) => one !== protection);
      if (claim.finalizers.length > 0) continue;
      this.claims[name] = undefined;
      const left = this.volumes[claim.volume];
      if (left?.uid !== claim.uid) continue;
      if (!['W', 'R'].includes(claim.volume)) continue;
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
    if (this.replicas === 0 || this.writer) return;
    this.writer = this.started(writerClaim, 'writer');
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
      Object.assign(this.volumes, {[volume]: {claim: name, uid: null, policy: 'Delete'}});
      this.create(name, volume);
      return null;
    }
    if (claim.isDeleting || !claim.isBound || this.volumes[claim.volume]?.uid !== claim.uid) return null;
    const other = role === 'writer' ? this.reader : this.writer;
    if (other && !other.hasEnded && other.volume === claim.volume) this.harm.push(`${claim.volume} used twice`);
    if (role === 'writer' && (this.timeline[claim.volume] ?? 0) < Math.max(...Object.values(this.timeline)))
      this.harm.push('a writer on the older history');
    if (role === 'writer' && claim.volume === 'W' && this.record.phase === 'promote') this.harm.push('rows lost');
    if (role === 'writer' && claim.volume === 'R' && !this.readerHasAll) this.harm.push('rows lost');
    return {uid: `p${++this.uids}`, volume: claim.volume, isDeleting: false, hasEnded: false, hasAddress: false};
  }

  private addressed(): void {
    if (this.writer && this.givesAddresses) this.writer.hasAddress = true;
  }

  private ends(pod: Pod | null): void {
    if (pod?.isDeleting) pod.hasEnded = true;
  }
}

interface Known {
  isPromoted: boolean;
  holdsReader: boolean;
}

const nothingKnown = (): Known => ({isPromoted: false, holdsReader: true});

/**
 * One turn of operations/role/perform-switchover.ts; `cut`: it dies after so many of its requests.
 * @returns whether it is done
 */
function turn(cluster: Cluster, known: Known, cut = Infinity): boolean {
  const state = cluster.state();
  if (isSwitchedOver(state, cluster.record)) return true;
  if (hasMovedSince(state, cluster.record)) cluster.harm.push('its own work was taken for somebody else’s');
  const enter = (phase: SwitchoverPhase) => (cluster.record = {...cluster.record, phase});
  if (cluster.record.phase === 'fence') {
    if (!isReaderThere(state, cluster.record)) enter('back');
    else if (isFenced(state, cluster.record) && hasWriterEnded(state)) enter(cluster.readerHasAll ? 'promote' : 'back');
  }
  for (const action of nextSwitchoverActions(state, cluster.record, known).slice(0, cut)) {
    cluster.act(action);
    if (action.kind === 'promote') known.isPromoted = true;
  }
  return false;
}

/** Times, what happens then, and whether the run dies there. */
const story = fc.array(
  fc.record({which: fc.nat(6), acts: fc.boolean(), cut: fc.constantFrom(Infinity, Infinity, 0, 1), dies: fc.boolean()}),
  {maxLength: 60},
);

function played(cluster: Cluster, steps: readonly {which: number; acts: boolean; cut: number; dies: boolean}[]): void {
  let known = nothingKnown();
  for (const {which, acts, cut, dies} of steps) {
    cluster.tick(which);
    if (acts) turn(cluster, known, cut);
    if (dies) known = nothingKnown();
  }
  for (let round = 0; round < 80 && !turn(cluster, known); round++) {
    for (let which = 0; which < 7; which++) cluster.tick(which);
    if (round === 40) known.holdsReader = false;
  }
  for (let which = 0; which < 14; which++) cluster.tick(which);
}

describe('whatever order things happen in, and wherever a run dies', () => {
  test('the writer has the volume of the reader, which had everything', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const cluster = new Cluster();
        played(cluster, steps);
        expect(cluster.harm).toEqual([]);
        expect(cluster.record.phase).toBe('promote');
        expect({writer: cluster.writer?.volume, reader: cluster.reader?.volume}).toEqual({writer: 'R', reader: 'W'});
        expect(cluster.timeline['R']).toBe(2);
      }),
      {numRuns: 400},
    );
  });

  test('a record from before that is known for one, so that no volume is taken from a claim that is in use', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const cluster = new Cluster();
        const planned = cluster.record;
        expect(hasMovedSince(cluster.state(), planned)).toBe(false);
        played(cluster, steps);
        expect(hasMovedSince(cluster.state(), planned)).toBe(true);
      }),
      {numRuns: 50},
    );
  });

  test('a writer that gets no address holds the reader back only for a while', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const cluster = new Cluster();
        cluster.givesAddresses = false;
        played(cluster, steps);
        expect(cluster.harm).toEqual([]);
        expect({writer: cluster.writer?.volume, reader: cluster.reader?.volume}).toEqual({writer: 'R', reader: 'W'});
      }),
      {numRuns: 200},
    );
  });

  test('the reader comes after the writer has its address', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const cluster = new Cluster();
        for (let round = 0; round < 40; round++) {
          steps.forEach(({which}) => cluster.tick(which));
          turn(cluster, {isPromoted: cluster.timeline['R'] === 2, holdsReader: true});
          if (cluster.reader?.volume === 'W') expect(cluster.writer?.hasAddress).toBe(true);
        }
        expect(cluster.harm).toEqual([]);
      }),
      {numRuns: 200},
    );
  });

  test('a reader that has not everything stays a reader, and the writer starts again as it was', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const cluster = new Cluster();
        cluster.readerHasAll = false;
        played(cluster, steps);
        expect(cluster.harm).toEqual([]);
        expect(cluster.record.phase).toBe('back');
        expect({writer: cluster.writer?.volume, reader: cluster.reader?.volume}).toEqual({writer: 'W', reader: 'R'});
        expect(cluster.timeline).toEqual({W: 1, R: 1});
      }),
      {numRuns: 400},
    );
  });

  test('a reader whose pod goes at any moment takes no rows along', () => {
    fc.assert(
      fc.property(story, story, (steps, later) => {
        const cluster = new Cluster();
        begun(cluster, steps);
        if (cluster.reader) cluster.reader.isDeleting = true;
        played(cluster, later);
        expect(cluster.harm).toEqual([]);
        const writer = cluster.record.phase === 'back' ? 'W' : 'R';
        expect(cluster.writer?.volume).toBe(writer);
        expect(cluster.reader?.volume).toBe(writer === 'R' ? 'W' : 'R');
      }),
      {numRuns: 400},
    );
  });

  test('a helm that asks for a writer again starts none', () => {
    fc.assert(
      fc.property(story, story, (steps, later) => {
        const cluster = new Cluster();
        begun(cluster, steps);
        cluster.replicas = 1;
        played(cluster, later);
        expect(cluster.harm).toEqual([]);
        expect(cluster.writer?.volume).toBe(cluster.record.phase === 'back' ? 'W' : 'R');
      }),
      {numRuns: 400},
    );
  });
});

/** The beginning of a story. */
function begun(cluster: Cluster, steps: readonly {which: number; acts: boolean; cut: number}[]): void {
  const known = nothingKnown();
  for (const {which, acts, cut} of steps) {
    cluster.tick(which);
    if (acts) turn(cluster, known, cut);
  }
}
