// Looking at a release: early when something changes, on and on when nothing answers, and with proofs of the pods that
// are there now.
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {lookOnce, observe, type Prove} from '../../../source/cluster/look.ts';
import type {LookOptions, Observation} from '../../../source/operations/ports/observation.ts';
import type {Fact, Snapshot} from '../../../source/observation/snapshot.ts';
import {connectTo, helmRecord, podObject} from '../../support/fakes/cluster.ts';
import {fakeApi, refusal, type FakeApi} from '../../support/fakes/fake-api.ts';
import {targetFor} from '../../support/fakes/survey.ts';

const core = '/api/v1/namespaces/team-a';
const writer = 'orders-postgresql-primary-0';
const reader = 'orders-postgresql-read-0';
const target = targetFor('orders');

let fake: FakeApi;
let stop: AbortController;
let looks: Observation[];
/** Ready pods of each question that the database was asked. */
let questions: string[][];
/** What the database answers now. */
let answer: (pods: readonly string[]) => Fact[];
/** Until then no question is answered. */
let gate: Promise<void>;
beforeEach(async () => {
  gate = Promise.resolve();
  fake = await fakeApi();
  stop = new AbortController();
  looks = [];
  questions = [];
  answer = (pods) => [proof('writer'), ...(pods.includes(reader) ? [proof('reader'), streaming] : [])];
});
afterEach(async () => {
  stop.abort();
  await fake.stop();
});

const proof = (role: 'writer' | 'reader'): Fact => ({
  kind: 'endpoint',
  role,
  from: 'cluster',
  at: 0,
  result: {answered: true, inRecovery: role === 'reader', serverVersion: '17.6', latencyMs: 1},
});
const streaming: Fact = {
  kind: 'replication',
  at: 0,
  streams: [{pod: reader, state: 'streaming', lagBytes: 0, lagMs: 0, sync: 'async'}],
};
const prove: Prove = async ({pods}) => {
  const ready = pods
    .filter(({status}) => status?.conditions?.some(({status: state}) => state === 'True'))
    .map(({metadata}) => metadata.name);
  questions.push(ready);
  await gate;
  return answer(ready);
};
function begin(): void {
  const {observations} = observe(connectTo(fake), target, prove, stop.signal);
  // What the test before this one still sees is not of this one.
  const own = looks;
  void (async () => {
    for await (const look of observations) own.push(look);
  })();
}
const last = (): Snapshot => {
  const look = looks.at(-1);
  if (look?.kind !== 'seen') throw new Error(`the last look was ${look?.kind ?? 'none'}`);
  return look.snapshot;
};
const put = (name: string, rest: Parameters<typeof podObject>[1]) => fake.put(`${core}/pods`, podObject(name, rest));
const proven = () => last().database.flatMap((fact) => (fact.kind === 'endpoint' ? fact.role : []));

/** For what is about time: a busy machine can be late, and what is wrong is wrong each time. */
const timed = {retry: 4};

describe('looking', () => {
  it('sees a change at once, long before the next look is due', timed, async () => {
    begin();
    await expect.poll(() => fake.watches(`${core}/pods`)).toBe(1);
    await expect.poll(() => looks.length).toBeGreaterThan(0);
    const began = Date.now();
    put(writer, {ready: false});
    await expect.poll(() => last().pods.length).toBe(1);
    expect(Date.now() - began).toBeLessThan(800);
  });

  it('tells since when nothing answers, and goes on when it answers again', async () => {
    begin();
    await expect.poll(() => looks.length).toBeGreaterThan(0);
    fake.intercept(() => 'reset');
    await expect.poll(() => looks.filter(({kind}) => kind === 'lost').length, {timeout: 5000}).toBeGreaterThan(1);
    const since = looks.flatMap((look) => (look.kind === 'lost' ? look.since : []));
    expect(new Set(since).size).toBe(1);
    fake.clearIntercepts();
    await expect.poll(() => looks.at(-1)?.kind, {timeout: 5000}).toBe('seen');
  });

  it.each([500, 503, 429])('takes an API server that answers %i for one that is away', async (status) => {
    fake.intercept(() => refusal(status, 'Unavailable', 'the server is shutting down'));
    begin();
    await expect.poll(() => looks[0]).toMatchObject({kind: 'lost', text: 'the server is shutting down'});
    fake.clearIntercepts();
    await expect.poll(() => looks.at(-1)?.kind, {timeout: 5000}).toBe('seen');
  });

  it('ends with the signal, while it waits', async () => {
    const {observations} = observe(connectTo(fake), target, prove, stop.signal);
    expect((await observations.next()).value).toMatchObject({kind: 'seen'});
    const next = observations.next();
    stop.abort();
    expect(await next).toEqual({done: true, value: undefined});
  });

  it('says what it may not read, and reads the rest', async () => {
    put(writer, {ready: false});
    fake.intercept(({path}) =>
      path.includes('/secrets') || path.endsWith('/leases/orders-postgresql-operation')
        ? refusal(403, 'Forbidden', 'no')
        : undefined,
    );
    begin();
    await expect.poll(() => looks.length).toBeGreaterThan(0);
    expect(new Set(last().unreadable)).toEqual(new Set(['releases', 'secrets', 'leases']));
    expect(last().pods).toHaveLength(1);
  });

  it("takes what is the release's, and not its neighbours'", async () => {
    put(writer, {ready: false});
    fake.put(`${core}/pods`, {
      ...podObject('orders-postgresql-pgdumpall-1', {ready: false}),
      metadata: {name: 'backup', labels: {'app.kubernetes.io/instance': 'orders'}},
    });
    for (const name of [
      'data-orders-postgresql-primary-0',
      'data-orders-postgresql-primary-0-old',
      'data-orders-postgresql-read-12',
      'data-invoices-postgresql-primary-0',
    ]) {
      fake.put(`${core}/persistentvolumeclaims`, {metadata: {name}, spec: {}});
    }
    fake.put(`${core}/secrets`, helmRecord('orders', 1, {config: {a: 1}}));
    const snapshot = await lookOnce(connectTo(fake), target, prove);
    expect(snapshot.pods.map(({metadata}) => metadata.name)).toEqual([writer]);
    expect(snapshot.claims.map(({metadata}) => metadata.name)).toEqual([
      'data-orders-postgresql-primary-0',
      'data-orders-postgresql-read-12',
    ]);
    expect(snapshot.release).toMatchObject({revisions: [{revision: 1}], values: {a: 1}});
  });
});

describe('one look', () => {
  const silent = (reason: 'unreachable' | 'other' | 'password'): Fact => ({
    kind: 'endpoint',
    role: 'writer',
    from: 'cluster',
    at: 0,
    result: {answered: false, reason, text: 'psql in a pod did not end within 6 s'},
  });

  it.each(['unreachable', 'other'] as const)('asks an endpoint again that gave no answer: %s', async (reason) => {
    put(writer, {ready: true});
    answer = () => [questions.length === 1 ? silent(reason) : proof('writer')];
    expect((await lookOnce(connectTo(fake), target, prove)).database).toEqual([proof('writer')]);
    answer = () => [silent(reason)];
    questions = [];
    expect((await lookOnce(connectTo(fake), target, prove)).database).toEqual([silent(reason)]);
    expect(questions).toHaveLength(2);
  });

  it('does not ask again where no pod is ready that could answer, and shows the objects before it asks', async () => {
    put(writer, {ready: false});
    put(reader, {ready: true});
    answer = () => [silent('unreachable')];
    const read: (readonly [number, number])[] = [];
    const onRead: LookOptions['onRead'] = ({pods}) => void read.push([pods.length, questions.length]);
    await lookOnce(connectTo(fake), target, prove, {onRead});
    expect(read).toEqual([[2, 0]]);
    expect(questions).toHaveLength(1);
  });

  it('waits for nothing that the node of a lost writer would have to answer', async () => {
    put(writer, {ready: false, restarts: 2});
    put(reader, {ready: true});
    const seen = await lookOnce(connectTo(fake), target, prove, {mayLackWriter: true});
    expect({pods: seen.pods.length, database: seen.database, questions}).toEqual({
      pods: 2,
      database: [],
      questions: [],
    });
    expect(fake.requests.filter((request) => request.endsWith('/log'))).toEqual([]);
    put(writer, {ready: true});
    const healthy = await lookOnce(connectTo(fake), target, prove, {mayLackWriter: true});
    expect(healthy.database).toContainEqual(proof('writer'));
  });

  it('takes the first answer of a database for its answer', async () => {
    put(writer, {ready: true});
    answer = () => [silent('password')];
    expect((await lookOnce(connectTo(fake), target, prove)).database).toEqual([silent('password')]);
    expect(questions).toHaveLength(1);
  });
});

describe('proofs', () => {
  it('are asked for when a pod becomes ready, not before', async () => {
    put(writer, {ready: false});
    begin();
    await expect.poll(() => looks.length).toBeGreaterThan(0);
    expect(questions).toEqual([]);
    put(writer, {ready: true});
    await expect.poll(proven).toEqual(['writer']);
    expect(questions[0]).toEqual([writer]);
  });

  it('are asked for again when another pod is ready too', async () => {
    put(writer, {ready: true});
    begin();
    await expect.poll(() => looks.length > 0 && proven()).toEqual(['writer']);
    put(reader, {ready: true});
    await expect.poll(proven).toEqual(['writer', 'reader']);
  });

  it('do not hammer a database that answers', timed, async () => {
    put(writer, {ready: true});
    begin();
    await expect.poll(() => questions.length).toBe(1);
    // Every change is looked at; none of them asks the database again.
    for (let change = 0; change < 3; change++) {
      const seen = looks.length;
      fake.put(`${core}/services`, {metadata: {name: `other-${change}`, labels: {}}, spec: {}});
      await expect.poll(() => looks.length).toBeGreaterThan(seen);
    }
    expect(questions).toHaveLength(1);
  });

  it('are asked for one at a time', async () => {
    let running = 0;
    let most = 0;
    const slow: Prove = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 400));
      running--;
      return [];
    };
    put(writer, {ready: true});
    const {observations} = observe(connectTo(fake), target, slow, stop.signal);
    for (let count = 0; count < 4; count++) {
      await observations.next();
      put(reader, {ready: true, uid: `uid-${count}`});
    }
    expect(most).toBe(1);
  });

  it('are asked for soon again where something did not answer', timed, async () => {
    answer = () => [
      {kind: 'endpoint', role: 'writer', from: 'here', at: 0, result: {answered: false, reason: 'starting', text: ''}},
    ];
    put(writer, {ready: true});
    begin();
    // By the second look alone it would take more than two seconds.
    await expect.poll(() => questions.length, {timeout: 1600}).toBeGreaterThan(2);
  });

  it('are asked for ever less often while it goes on', timed, async () => {
    const at: number[] = [];
    answer = () => {
      at.push(Date.now());
      return [];
    };
    put(writer, {ready: true});
    begin();
    await expect.poll(() => at.length, {timeout: 10_000}).toBe(4);
    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(gaps[2]).toBeGreaterThan(2 * (gaps[0] ?? 0));
  });

  it.each([
    ['was replaced', {ready: true, uid: 'another'}],
    ['was restarted', {ready: true, restarts: 1}],
    ['is not ready', {ready: false}],
  ])('do not count any more when the pod %s', async (_what, changed) => {
    put(writer, {ready: true});
    put(reader, {ready: true});
    begin();
    await expect.poll(() => looks.length > 0 && proven()).toEqual(['writer', 'reader']);
    let open: () => void = () => undefined;
    gate = new Promise((resolve) => (open = resolve));
    put(writer, changed);
    await expect
      .poll(() => last().pods.find(({metadata}) => metadata.name === writer)?.metadata.resourceVersion)
      .toBe(fake.objects.get(`${core}/pods/${writer}`)?.metadata.resourceVersion);
    expect(proven()).not.toContain('writer');
    open();
    if (changed.ready) await expect.poll(proven, {timeout: 10_000}).toEqual(['writer', 'reader']);
  });
});
