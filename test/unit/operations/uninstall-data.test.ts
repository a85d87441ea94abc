// What an uninstall takes with it: no dump of another database passes for the data, claims that may not be seen are not
// none, and what is being deleted is asked for again right before helm.
import {beforeEach, describe, expect, test} from 'vitest';
import type {Fact, Snapshot} from '../../../source/observation/snapshot.ts';
import type {Progress, Result} from '../../../source/plan/progress.ts';
import {uninstall, type UninstallRequest} from '../../../source/operations/uninstall.ts';
import {FakeRelease} from '../../support/fakes/fake-release.ts';
import {parametersWith} from '../../support/fakes/survey.ts';

const [ours, other] = ['7713308882125799452', '7713310364520542236'];
const writer = 'orders-postgresql-primary-0';
const reader = 'orders-postgresql-read-0';
const path = '/home/ann/orders.sql';
let release: FakeRelease;
beforeEach(() => {
  release = new FakeRelease(parametersWith({readReplicaCount: 1}));
});

async function removed(request: Partial<UninstallRequest> = {}, run = release.run()): Promise<Result> {
  const steps: AsyncGenerator<Progress, Result> = uninstall(
    {
      deleteData: false,
      dumpTo: null,
      dryRun: false,
      timeoutMs: 60_000,
      command: '',
      confirm: async () => true,
      ...request,
    },
    run.ports,
    new AbortController().signal,
  );
  for (;;) {
    const next = await steps.next();
    if (next.done) return next.value;
  }
}
const commandsOf = ({cause}: Result) => (cause?.remedies ?? []).map(({command = ''}) => command).join('\n');

/** A new database was made on the writer's volume: no reader streams from it. */
const answering =
  (identifiers: {writer: string | null; reader: string | null}) =>
  (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    database: snapshot.database.map((fact): Fact => {
      if (fact.kind === 'replication') return {...fact, streams: []};
      if (fact.kind !== 'endpoint' || !fact.result.answered) return fact;
      return {...fact, result: {...fact.result, systemIdentifier: identifiers[fact.role]}};
    }),
  });
/** As a reader of another database says it, seen with PostgreSQL 17. */
const differs = 'FATAL:  database system identifier differs between the primary and standby';
const sayingSo = (snapshot: Snapshot): Snapshot => ({
  ...answering({writer: null, reader: null})(snapshot),
  logTails: {[reader]: [differs]},
});

describe('the writer serves another database', () => {
  test.each<[string, string | null, (snapshot: Snapshot) => Snapshot, string]>([
    ['than is remembered', ours, answering({writer: other, reader: ours}), 'SYSTEM_IDENTIFIER_DIFFERS'],
    [
      'than its readers, and none is remembered',
      null,
      answering({writer: other, reader: ours}),
      'SYSTEM_IDENTIFIER_DIFFERS',
    ],
    ['as a reader says, and nobody knows which is right', null, sayingSo, 'LEFTOVER_VOLUME'],
    ['as a reader says, and the writer does not', ours, sayingSo, 'LEFTOVER_VOLUME'],
  ])('%s: it is not dumped, and nothing goes', async (_, remembered, touch, code) => {
    Object.assign(release, {systemIdentifier: remembered, touch});
    for (const deleteData of [true, false]) {
      const result = await removed({deleteData, dumpTo: path});
      expect(result).toMatchObject({outcome: 'refused', cause: {code}});
      expect(result.cause?.message).toContain('Nothing was removed.');
      expect(commandsOf(result)).toContain(`exec ${reader}`);
    }
    expect({changes: release.changes, files: release.files.size}).toEqual({changes: [], files: 0});
  });

  test('since the question was asked: the same', async () => {
    release.systemIdentifier = ours;
    release.touch = answering({writer: ours, reader: ours});
    const confirm = async () => {
      release.touch = answering({writer: other, reader: ours});
      return true;
    };
    const result = await removed({deleteData: true, dumpTo: path, confirm});
    expect(result).toMatchObject({outcome: 'failed', cause: {code: 'SYSTEM_IDENTIFIER_DIFFERS'}});
    expect(release.changes).toEqual(['takeLease', 'endLease']);
  });

  test('without a dump the plan says what else goes with the readers’ volumes; named, it is done', async () => {
    Object.assign(release, {systemIdentifier: ours, touch: answering({writer: other, reader: ours})});
    const sentences = async (deleteData: boolean) =>
      (await removed({deleteData, dryRun: true})).plan?.consequences.map(({sentence}) => sentence).join('\n');
    expect(await sentences(true)).toMatch(`data-${reader} may hold the only copy of an earlier database, and goes too`);
    expect(await sentences(false)).not.toContain('only copy');
    release.touch = answering({writer: ours, reader: ours});
    expect(await sentences(true)).not.toContain('only copy');
  });

  test('a reader of another database beside a writer that is known keeps nobody from a dump', async () => {
    Object.assign(release, {systemIdentifier: ours, touch: answering({writer: ours, reader: other})});
    const {plan, outcome} = await removed({deleteData: true, dumpTo: path, dryRun: true});
    expect(outcome).toBe('planned');
    expect(plan?.consequences.map(({sentence}) => sentence).join()).not.toContain('only copy');
  });
});

describe('without its Secret there is no dump', () => {
  const without = (unreadable: readonly string[]) => (snapshot: Snapshot) => ({...snapshot, secret: null, unreadable});

  test('where it is gone, recover is what brings it back', async () => {
    release.touch = without([]);
    const result = await removed({deleteData: true, dumpTo: path});
    expect(result.cause).toMatchObject({code: 'DUMP_FAILED'});
    expect(result.cause?.message).toContain('is gone');
    expect(commandsOf(result)).toContain('pg-helm-install recover orders -n team-a');
  });

  test('where it may not be read, recover could do no more', async () => {
    release.touch = without(['secrets']);
    const result = await removed({deleteData: true, dumpTo: path});
    expect(result.cause?.message).toContain('may not be read');
    expect(commandsOf(result)).not.toContain('recover');
  });
});

describe('claims may not be listed', () => {
  const unlisted = (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    claims: [],
    unreadable: ['persistentvolumeclaims'],
  });

  test('the data and its passwords are not deleted', async () => {
    release.touch = unlisted;
    const result = await removed({deleteData: true});
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'FORBIDDEN'}});
    expect({changes: release.changes, secret: release.secret !== null}).toEqual({changes: [], secret: true});
  });

  test('any more, since helm removed the release: the passwords stay', async () => {
    release.touch = (snapshot) =>
      release.revisions.length > 0 ? snapshot : {...unlisted(snapshot), pods: [], statefulSets: []};
    const result = await removed({deleteData: true});
    expect(result).toMatchObject({outcome: 'failed', cause: {code: 'FORBIDDEN'}});
    expect(release.changes).toContain('helm uninstall');
    expect(release.changes).not.toContain('deleteSecret');
  });

  test('and the Secret is gone: there may be data, and the pods have the last copies of its passwords', async () => {
    release.touch = (snapshot) => ({...unlisted(snapshot), secret: null});
    const result = await removed();
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'SECRET_MALFORMED'}});
    expect(release.changes).toEqual([]);
  });

  test('an uninstall that keeps them goes on', async () => {
    release.touch = (snapshot) => ({
      ...unlisted(snapshot),
      ...(release.revisions.length > 0 ? {} : {pods: [], statefulSets: []}),
    });
    expect((await removed()).outcome).toBe('succeeded');
    expect(release.changes).not.toContain('deleteSecret');
  });
});

describe('a claim is being deleted', () => {
  const finalizers = ['kubernetes.io/pvc-protection', 'example.com/archive'];
  const going = (pod: string, isThere: boolean) => (snapshot: Snapshot) => ({
    ...snapshot,
    claims: snapshot.claims.map((claim) =>
      claim.metadata.name === `data-${pod}`
        ? {...claim, metadata: {...claim.metadata, finalizers, deletionTimestamp: '2026-01-02T03:04:05Z'}}
        : claim,
    ),
    pods: snapshot.pods.filter(({metadata}) => isThere || metadata.name !== pod),
  });
  const whenGone = (touch: (snapshot: Snapshot) => Snapshot) => (snapshot: Snapshot) =>
    touch(release.revisions.length > 0 ? snapshot : {...snapshot, pods: [], statefulSets: []});

  test.each([
    ['the question', null],
    ['the dump', path],
  ])('during %s: helm removes nothing', async (_, dumpTo) => {
    const begins = () => void (release.touch = going(writer, true));
    const ports = release.run();
    if (dumpTo) ports.dumpFailure = begins;
    const confirm = async () => {
      if (!dumpTo) begins();
      return true;
    };
    const result = await removed({dumpTo, confirm}, ports);
    expect(result).toMatchObject({outcome: 'failed', cause: {code: 'VOLUME_GOING'}});
    expect(release.changes).not.toContain('helm uninstall');
    expect(release.files.has(path)).toBe(dumpTo !== null);
  });

  test('and no pod keeps it: its data cannot be saved by not uninstalling, and it is said that it goes', async () => {
    for (const pod of [writer, reader]) {
      release = new FakeRelease(parametersWith({readReplicaCount: 1}));
      release.touch = whenGone(going(pod, false));
      const {plan} = await removed({dryRun: true});
      const sentences = plan?.consequences.map(({sentence}) => sentence) ?? [];
      expect(sentences).toContainEqual(expect.stringMatching(`Volume data-${pod} .*is deleted`));
      const result = await removed();
      expect(result.outcome).toBe('succeeded');
      expect(result.ledger).toContainEqual(expect.objectContaining({name: `data-${pod}`, fate: 'deleted'}));
    }
  });

  test('another pod keeps another one: refused, and about that one', async () => {
    release.touch = (snapshot) => going(reader, true)(going(writer, false)(snapshot));
    const result = await removed();
    expect(result).toMatchObject({outcome: 'refused', cause: {code: 'VOLUME_GOING', object: {name: `data-${reader}`}}});
  });

  test('and pods may not be listed: there may be one that keeps it', async () => {
    release.touch = (snapshot) => ({...going(writer, false)(snapshot), unreadable: ['pods']});
    expect(await removed()).toMatchObject({outcome: 'refused', cause: {code: 'VOLUME_GOING'}});
    expect(release.changes).toEqual([]);
  });
});

test.each([false, true])(
  'what keeps the volume of an earlier writer stays, and is named (data goes: %s)',
  async (deleteData) => {
    const name = 'orders-postgresql-kept-20260102t030405';
    const run = release.run();
    const look = run.ports.look.bind(run.ports);
    const kept = {metadata: {name, namespace: 'team-a'}, spec: {}, status: {capacity: {storage: '1Gi'}}};
    run.ports.look = async () => ({...(await look()), keptClaims: [kept]});
    const {plan, ledger} = await removed({deleteData, dryRun: true}, run);
    expect(ledger).toContainEqual({
      kind: 'PersistentVolumeClaim',
      name,
      fate: 'kept',
      bytes: 2 ** 30,
      remove: `kubectl --context prod-eu delete pvc ${name} -n team-a`,
    });
    expect(plan?.consequences).toContainEqual(
      expect.objectContaining({code: 'DATA_KEPT', object: `PersistentVolumeClaim/${name}`}),
    );
  },
);
