// A change of a release, against one in memory: who restarts and who does not, and that it can be killed anywhere and
// run again.
import {describe, expect, it} from 'vitest';
import {cause, UserError} from '../../../../source/core/cause.ts';
import type {SortedText} from '../../../../source/chart/collations.ts';
import {toValues} from '../../../../source/chart/values.ts';
import type {ChangeRequest} from '../../../../source/operations/change/change.ts';
import {changeRequest, finish} from '../../../support/fakes/change-request.ts';
import {Killed} from '../../../support/fakes/fake-ports.ts';
import {FakeRelease, type FakeReleasePorts} from '../../../support/fakes/fake-release.ts';
import {node, parametersWith} from '../../../support/fakes/survey.ts';

const installed = parametersWith();
const writer = 'orders-postgresql-primary-0';
const readers = ['orders-postgresql-read-0', 'orders-postgresql-read-1'];
const pods = [writer, ...readers];

const lives = ({podsByName}: FakeRelease) =>
  Object.fromEntries([...podsByName].map(([name, {uid, restarts}]) => [name, `${uid}/${restarts}`]));
const acts = ({changes}: FakeRelease) =>
  changes.filter((one) => /^(patch|delete|grow|orphan|publishNotReadyAddresses|helm \w+: objects)/.test(one));

/** Each pod is made again, readers first. */
const eachPodAnew = [
  'helm upgrade: objects',
  `delete ${readers[0]}`,
  `delete ${readers[1]}`,
  'publishNotReadyAddresses true',
  `delete ${writer}`,
  'publishNotReadyAddresses false',
];

const image = {images: {...installed.images, tag: '17.7.0'}};
const cases: readonly {
  name: string;
  asked: ChangeRequest;
  check: (release: FakeRelease, before: Readonly<Record<string, string>>) => void;
}[] = [
  {
    name: 'resize in place, and the disk with it',
    asked: changeRequest('resize', {memory: '2Gi', storageSize: '50Gi'}),
    check(release, before) {
      expect(lives(release)).toEqual(before);
      for (const name of pods) expect(release.podsByName.get(name)?.resources).toMatchObject({limits: {memory: '2Gi'}});
      expect([...release.sizes.values()]).toEqual(['50Gi', '50Gi', '50Gi']);
      expect([...release.sets.values()].map(({size}) => size)).toEqual(['50Gi', '50Gi']);
    },
  },
  {
    name: 'readers of their own size, and their disks with it',
    asked: changeRequest('set', {readers: {memory: '4Gi', storageSize: '60Gi'}}),
    check(release, before) {
      expect(lives(release)).toEqual(before);
      const memory = (name: string) => release.podsByName.get(name)?.resources?.limits?.['memory'];
      expect(pods.map((name) => `${name} ${memory(name)} ${release.sizes.get(`data-${name}`)}`)).toEqual(
        pods.map((name) => `${name} ${name === writer ? `${installed.memory} ${installed.storageSize}` : '4Gi 60Gi'}`),
      );
      expect([...release.sets].map(([name, {size}]) => `${name} ${size}`).sort()).toEqual([
        `orders-postgresql-primary ${installed.storageSize}`,
        'orders-postgresql-read 60Gi',
      ]);
    },
  },
  {
    name: 'upgrade of the image',
    asked: changeRequest('upgrade', image),
    check(release, before) {
      for (const name of pods) {
        expect(release.podsByName.get(name)?.image).toBe('postgresql:17.7.0');
        expect(lives(release)[name]).toBe(before[name]?.replace('/0', '/1'));
      }
    },
  },
  {
    name: 'restart',
    asked: changeRequest('restart', {}),
    check(release) {
      for (const name of pods) expect(release.made.get(name)).toBe(2);
    },
  },
  {
    name: 'rollback to fewer readers and another image',
    asked: changeRequest('rollback', {...image, readReplicaCount: 1}, {description: 'Rollback to 1'}),
    check(release) {
      expect([...release.podsByName.keys()].sort()).toEqual([writer, readers[0]]);
      expect(release.podsByName.get(writer)).toMatchObject({image: 'postgresql:17.7.0', restarts: 1});
    },
  },
  ...[
    {name: 'scale', confirm: async () => true},
    {name: 'scale that nobody is asked about', confirm: null},
  ].map(({name, confirm}) => ({
    name,
    asked: changeRequest('scale', {readReplicaCount: 3}, {confirm}),
    check(release: FakeRelease, before: Readonly<Record<string, string>>) {
      expect(lives(release)).toMatchObject(before);
      expect(release.podsByName.size).toBe(4);
      expect(release.revisions.at(-1)).toMatchObject({status: 'deployed', values: {readReplicas: {replicaCount: 3}}});
    },
  })),
];

describe.each(cases)('$name', ({asked, check}) => {
  it('is what it says', async () => {
    const release = new FakeRelease(installed);
    const before = lives(release);
    const result = await finish(release.run(), asked);
    expect({outcome: result.outcome, cause: result.cause}).toEqual({outcome: 'succeeded', cause: undefined});
    check(release, before);
    expect({lease: release.lease, publishesNotReady: release.publishesNotReady}).toEqual({
      lease: null,
      publishesNotReady: false,
    });
  });

  it.each([['before'], ['after']])(
    'killed anywhere, %s what it did, and run again: it ends there all the same',
    async (when) => {
      for (let killAt = 1; ; killAt += 1) {
        const release = new FakeRelease(installed);
        const before = lives(release);
        const said = `killed at ${killAt} ${when} ${release.changes.at(-1) ?? ''}`;
        const ended = await finish(release.run({killAt, killAfter: when === 'after'}), asked).catch(
          (error: unknown) => {
            if (error instanceof Killed) return null;
            throw error;
          },
        );
        if (ended) {
          // It was over before it could be killed.
          expect(ended.outcome, said).toBe('succeeded');
          expect(killAt).toBeGreaterThan(3);
          return;
        }
        // As recover does: what the Lease says was wanted.
        const result = await finish(release.run(), asked);
        expect({outcome: result.outcome, cause: result.cause}, `${said}: ${release.changes.join(', ')}`).toEqual({
          outcome: expect.stringMatching(/succeeded|unchanged/) as string,
          cause: undefined,
        });
        check(release, before);
        expect({lease: release.lease, publishesNotReady: release.publishesNotReady}, said).toEqual({
          lease: null,
          publishesNotReady: false,
        });
      }
    },
  );
});

describe('killed, and killed once more while that is taken up', () => {
  it.each([
    ['disks that grow', changeRequest('resize', {storageSize: '50Gi'})],
    ['a rollback', changeRequest('rollback', image, {description: 'Rollback to 1'})],
  ])(
    '%s: the third run ends it',
    async (_name, asked) => {
      for (let first = 1; ; first++) {
        let isWhole = false;
        for (let second = 1; !isWhole; second++) {
          const release = new FakeRelease(installed);
          const dies = async (killAt: number) => {
            const run = release.run({killAt, killAfter: true});
            return finish(run, asked).catch((error: unknown) => {
              if (error instanceof Killed) return null;
              throw error;
            });
          };
          if (await dies(first)) return expect(first).toBeGreaterThan(5);
          isWhole = (await dies(second)) !== null;
          const result = await finish(release.run(), asked);
          const said = `${first}, ${second}: ${release.changes.join(', ')}`;
          expect({outcome: ['succeeded', 'unchanged'].includes(result.outcome), cause: result.cause}, said).toEqual({
            outcome: true,
            cause: undefined,
          });
        }
      }
    },
    60_000,
  );
});

describe('more readers and nothing else', () => {
  const more = (rest: Partial<ChangeRequest> = {}) => changeRequest('scale', {readReplicaCount: 3}, rest);
  const isDryRun = (run: FakeReleasePorts) => {
    const {dryRun} = run.ports.helm;
    run.ports.helm.dryRun = async (...given) => {
      run.calls.push('dryRun');
      return dryRun(...given);
    };
    return () => run.calls.includes('dryRun');
  };

  it.each([
    ['nobody is asked', null, false],
    ['somebody reads the plan', async () => true, true],
  ])('their number is there before helm begins; %s', async (_name, confirm, dryRun) => {
    const release = new FakeRelease(installed);
    const run = release.run();
    const asked = isDryRun(run);
    await finish(run, more({confirm}));
    expect(release.changes.filter((one) => /^(scale|helm)/.test(one))).toEqual([
      'scale to 3',
      'helm upgrade: record',
      'helm upgrade: objects',
      'helm upgrade: deployed',
    ]);
    expect(asked()).toBe(dryRun);
  });

  it.each([
    ['fewer', changeRequest('scale', {readReplicaCount: 1}, {confirm: null})],
    ['something else as well', more({confirm: null, parameters: {...installed, readReplicaCount: 3, memory: '2Gi'}})],
    ['another version of the chart', more({confirm: null, chart: {...more().chart, version: '16.7.27'}})],
    ['not a scale', changeRequest('rollback', {readReplicaCount: 3}, {confirm: null})],
  ])('helm sets it, after it was asked: %s', async (_name, asked) => {
    const release = new FakeRelease(installed);
    const run = release.run();
    const isAsked = isDryRun(run);
    await finish(run, asked);
    expect(release.changes.filter((one) => one.startsWith('scale'))).toEqual([]);
    expect(isAsked()).toBe(true);
  });

  it.each([
    [
      'the cluster does not take the number',
      (run: FakeReleasePorts) =>
        (run.setReaders = () => Promise.reject(new UserError(cause('ADMISSION_DENIED', 'three are too many')))),
      'ADMISSION_DENIED',
    ],
    [
      'the chart does not fit',
      (run: FakeReleasePorts) =>
        (run.ports.helm.render = () => Promise.reject(new UserError(cause('CHART_REJECTED', 'no template')))),
      'CHART_REJECTED',
    ],
  ])('%s: refused, and nothing is changed', async (_name, spoil, code) => {
    const release = new FakeRelease(installed);
    const run = release.run();
    spoil(run);
    const result = await finish(run, more({confirm: null}));
    expect({outcome: result.outcome, cause: result.cause?.code, changes: release.changes}).toEqual({
      outcome: 'refused',
      cause: code,
      changes: [],
    });
  });

  it('the number is not taken back where helm did not begin: what was begun stays written down', async () => {
    const release = new FakeRelease(installed);
    const run = release.run();
    run.ports.helm.upgrade = () => Promise.reject(new UserError(cause('HELM_MISSING', 'gone')));
    const failed = await finish(run, more({confirm: null}));
    expect({outcome: failed.outcome, kind: release.lease?.kind, revisions: release.revisions.length}).toEqual({
      outcome: 'failed',
      kind: 'scale',
      revisions: 1,
    });
    expect((await finish(release.run(), more({confirm: null}))).outcome).toBe('succeeded');
    expect({lease: release.lease, revisions: release.revisions.length}).toEqual({lease: null, revisions: 2});
  });
});

describe('order and ways', () => {
  it("a helm that outlived its run, and ends while its work is taken up, stands in nobody's way", async () => {
    const release = new FakeRelease(installed);
    const asked = changeRequest('scale', {readReplicaCount: 1});
    await expect(finish(release.run({killAt: 1, killAfter: true}), asked)).rejects.toBeInstanceOf(Killed);
    const [survivor, run] = [release.run(), release.run()];
    let isOver = false;
    const takeLease = run.ports.takeLease.bind(run.ports);
    run.ports.takeLease = async (record) => {
      if (!isOver)
        await survivor.ports.helm.upgrade(
          {chart: asked.chart, values: toValues(asked.parameters, release.target)},
          new AbortController().signal,
        );
      isOver = true;
      return takeLease(record);
    };
    const result = await finish(run, asked);
    expect({outcome: result.outcome, cause: result.cause, revisions: release.revisions.length}).toEqual({
      outcome: 'succeeded',
      cause: undefined,
      revisions: 2,
    });
  });

  it('readers that somebody scaled beside helm come back to the number that is wanted', async () => {
    const release = new FakeRelease(installed);
    const set = release.sets.get('orders-postgresql-read');
    if (set) set.replicas = 0;
    for (let seconds = 0; seconds < 5; seconds++) release.advance(1000);
    const before = lives(release);
    const result = await finish(release.run(), changeRequest('scale', {}));
    expect({outcome: result.outcome, pods: [...release.podsByName.keys()].sort()}).toEqual({
      outcome: 'succeeded',
      pods: [...pods].sort(),
    });
    expect(before).toEqual({[writer]: lives(release)[writer]});
  });

  it('a helm that is still at work while its work is taken up is waited for', async () => {
    const release = new FakeRelease(installed);
    const asked = changeRequest('scale', {readReplicaCount: 1});
    await expect(finish(release.run({killAt: 1, killAfter: true}), asked)).rejects.toBeInstanceOf(Killed);
    const [survivor, run] = [release.run(), release.run()];
    const {dryRun} = run.ports.helm;
    let isOver = false;
    run.ports.helm.dryRun = async (...given) => {
      if (isOver) return dryRun(...given);
      isOver = true;
      await survivor.ports.helm.upgrade(
        {chart: asked.chart, values: toValues(asked.parameters, release.target)},
        new AbortController().signal,
      );
      throw new UserError(cause('RELEASE_LOCKED', 'another operation is in progress'));
    };
    const result = await finish(run, asked);
    expect({outcome: result.outcome, cause: result.cause, revisions: release.revisions.length}).toEqual({
      outcome: 'succeeded',
      cause: undefined,
      revisions: 2,
    });
  });

  it('disks grow before helm, and StatefulSets make way right before it', async () => {
    const release = new FakeRelease(installed);
    await finish(release.run(), changeRequest('resize', {storageSize: '50Gi'}));
    expect(acts(release)).toEqual([
      ...pods.map((name) => `grow data-${name}`),
      'orphan orders-postgresql-primary',
      'orphan orders-postgresql-read',
      'helm upgrade: objects',
    ]);
  });

  it('where the cluster resizes nothing that runs: readers one by one, the writer last; the plan tells', async () => {
    const release = new FakeRelease(installed);
    const run = release.run();
    run.resizeRefusal = 'this user may not patch pods/resize';
    const asked = changeRequest('resize', {memory: '2Gi'});
    const planned = await finish(run, {...asked, dryRun: true});
    expect(
      planned.plan?.consequences.map(({code, sentence}) => [
        code,
        sentence.includes('because this user may not patch pods/resize'),
      ]),
    ).toEqual([
      ['REPLICA_RESTART', true],
      ['PRIMARY_RESTART', true],
    ]);
    expect(acts(release)).toEqual([]);
    await finish(run, asked);
    expect(acts(release)).toEqual(eachPodAnew);
  });

  it('another type of node: the readers move first, the writer last, and the plan says what each node is', async () => {
    const release = new FakeRelease(installed);
    const asked = changeRequest('resize', {instanceType: 't3.large'});
    const run = release.run();
    const {survey} = run;
    const nodes = [0, 1, 2].flatMap((number) => [node(`node${number}`), node(`large${number}`, {type: 't3.large'})]);
    run.survey = async (given) => ({...(await survey.call(run, given)), nodes});
    const planned = await finish(run, {...asked, dryRun: true});
    expect(
      planned.plan?.consequences.map(({code, sentence}) => [
        code,
        /because (node\d is t3\.medium, and t3\.large is wanted)/.exec(sentence)?.[1],
      ]),
    ).toEqual([
      ['REPLICA_RESTART', 'node1 is t3.medium, and t3.large is wanted'],
      ['PRIMARY_RESTART', 'node0 is t3.medium, and t3.large is wanted'],
    ]);
    await finish(run, asked);
    expect(acts(release)).toEqual(eachPodAnew);
  });

  it('without a reader to go first, what the writer is to become starts beside it; with one it does not', async () => {
    const alone = new FakeRelease({...installed, readReplicaCount: 0});
    const run = alone.run();
    await finish(run, changeRequest('upgrade', {...image, readReplicaCount: 0}));
    expect(run.calls).toContain('trialStart');
    const run2 = new FakeRelease(installed).run();
    await finish(run2, changeRequest('upgrade', image));
    expect(run2.calls).not.toContain('trialStart');
  });

  it('what could not be tried is done, and a note says that it was not tried', async () => {
    const run = new FakeRelease({...installed, readReplicaCount: 0}).run();
    run.trialStart = () => Promise.resolve('The new pod template could not be tried.');
    const result = await finish(run, changeRequest('upgrade', {...image, readReplicaCount: 0}));
    expect(result).toMatchObject({outcome: 'succeeded', notes: ['The new pod template could not be tried.']});
  });

  it('what does not start changes nothing, and leaves nothing to recover', async () => {
    const release = new FakeRelease({...installed, readReplicaCount: 0});
    const run = release.run();
    const {UserError, cause} = await import('../../../../source/core/cause.ts');
    run.trialStart = () => Promise.reject(new UserError(cause('CRASH_LOOP', 'does not start')));
    const result = await finish(run, changeRequest('upgrade', {...image, readReplicaCount: 0}));
    expect({outcome: result.outcome, cause: result.cause?.code}).toEqual({outcome: 'failed', cause: 'CRASH_LOOP'});
    expect({acts: acts(release), lease: release.lease, revisions: release.revisions.length}).toEqual({
      acts: [],
      lease: null,
      revisions: 1,
    });
  });

  it('a smaller disk is refused before anything changes', async () => {
    const release = new FakeRelease(installed);
    const result = await finish(release.run(), changeRequest('resize', {storageSize: '10Gi', memory: '2Gi'}));
    expect({outcome: result.outcome, cause: result.cause?.code}).toEqual({outcome: 'refused', cause: 'STORAGE_SHRINK'});
    expect(release.changes).toEqual([]);
  });

  it('what somebody else left unfinished is refused, but for a rollback', async () => {
    const release = new FakeRelease(installed);
    await finish(release.run({killAt: 4}), changeRequest('upgrade', image)).catch(() => undefined);
    expect(release.lease?.kind).toBe('upgrade');
    expect((await finish(release.run(), changeRequest('scale', {readReplicaCount: 3}))).cause?.code).toBe(
      'RELEASE_LOCKED',
    );
    expect((await finish(release.run(), changeRequest('rollback', {}))).outcome).toBe('succeeded');
    expect(release.podsByName.get(writer)?.image).toBe('postgresql:17.6.0');
  });
});

describe('pods that the cluster would not take', () => {
  const words = 'Pod "x" is invalid: spec: Invalid value: "1": must be less than or equal to cpu limit of 500m';
  const finished = async (asked: ChangeRequest, refuses: (run: FakeReleasePorts, pod: string) => boolean) => {
    const release = new FakeRelease(installed);
    const before = lives(release);
    const run = release.run();
    run.resizeRefusal = 'this user may not patch pods/resize';
    run.refuses = ({metadata}) => (refuses(run, metadata.name) ? words : null);
    return {release, before, result: await finish(run, asked)};
  };

  it.each([
    ['recreated', changeRequest('resize', {cpu: '1'}), writer],
    ['recreated, a dry run', changeRequest('resize', {cpu: '1'}, {dryRun: true}), writer],
    ['restarted', changeRequest('restart', {}), readers[1]],
    ['added', changeRequest('scale', {readReplicaCount: 3}), 'orders-postgresql-read-2'],
    [
      'added, and nobody is asked',
      changeRequest('scale', {readReplicaCount: 3}, {confirm: null}),
      'orders-postgresql-read-2',
    ],
  ] as const)('%s: refused, and nothing is changed', async (_what, asked, refused) => {
    const {release, result} = await finished(asked, (_run, pod) => pod === refused);
    expect({outcome: result.outcome, cause: result.cause?.code, object: result.cause?.object?.name}).toEqual({
      outcome: 'refused',
      cause: 'POD_REFUSED',
      object: refused,
    });
    expect(release.changes).toEqual([]);
  });

  it('a rule that comes when a reader has gone: the writer stays, and is led to as before', async () => {
    const {release, before, result} = await finished(
      changeRequest('resize', {cpu: '1'}),
      (run, pod) => pod === writer && run.cluster.changes.some((one) => one === `delete ${readers[1]}`),
    );
    expect({outcome: result.outcome, cause: result.cause?.code}).toEqual({outcome: 'failed', cause: 'POD_REFUSED'});
    expect(lives(release)[writer]).toBe(before[writer]);
    expect(release.publishesNotReady).toBe(false);
    expect(release.lease).not.toBeNull();
    expect((await finish(release.run(), changeRequest('resize', {cpu: '1'}))).outcome).toBe('succeeded');
  });
});

describe('settings that a reader may not have lower than its writer', () => {
  const both = (text: string) => ({
    extraValues: {primary: {extendedConfiguration: text}, readReplicas: {extendedConfiguration: text}},
  });
  const [low, high] = [both('max_connections = 150'), both('max_connections = 300')];
  const restarted = ({changes}: FakeRelease) =>
    changes.flatMap((one) => (one.startsWith('delete ') ? [one.slice('delete '.length)] : []));

  it('what falls: the writer first, after a trial start, and the plan says so', async () => {
    const release = new FakeRelease({...installed, ...high});
    const run = release.run();
    const asked = changeRequest('set', low);
    const planned = await finish(run, {...asked, dryRun: true});
    expect(planned.plan?.consequences.map(({code}) => code)).toEqual(['PRIMARY_RESTART', 'REPLICA_RESTART']);
    expect(planned.plan?.consequences[0]?.sentence).toMatch(/^The writer restarts once, first: /);
    expect((await finish(run, asked)).outcome).toBe('succeeded');
    expect(restarted(release)).toEqual([writer, ...readers]);
    expect(run.calls).toContain('trialStart');
  });

  it('what rises: the readers first', async () => {
    const release = new FakeRelease({...installed, ...low});
    expect((await finish(release.run(), changeRequest('set', high))).outcome).toBe('succeeded');
    expect(restarted(release)).toEqual([...readers, writer]);
  });

  it('one of each: the readers with the larger of both, the writer, and the readers once more', async () => {
    const release = new FakeRelease({...installed, ...high});
    const mixed = both('max_connections = 150\nmax_wal_senders = 20');
    const result = await finish(release.run(), changeRequest('set', mixed));
    expect({outcome: result.outcome, cause: result.cause}).toEqual({outcome: 'succeeded', cause: undefined});
    expect(restarted(release)).toEqual([...readers, writer, ...readers]);
    expect(release.revisions.at(-2)?.values).toMatchObject({
      readReplicas: {extendedConfiguration: 'max_connections = 150\nmax_wal_senders = 20\nmax_connections = 300'},
    });
    expect(release.revisions.at(-1)?.values).toMatchObject(mixed.extraValues);
  });

  it('what the writer runs with counts, not what an interrupted run has recorded', async () => {
    const release = new FakeRelease({...installed, ...low});
    const run = release.run();
    const running = {
      max_connections: {value: 300, isFixed: false},
      max_worker_processes: {value: 8, isFixed: false},
      max_wal_senders: {value: 16, isFixed: false},
      max_prepared_transactions: {value: 0, isFixed: false},
      max_locks_per_transaction: {value: 64, isFixed: false},
    };
    run.runningSettings = async (names) => Object.fromEntries(names.map((name) => [name, running]));
    expect((await finish(run, changeRequest('restart', low))).outcome).toBe('succeeded');
    expect(restarted(release)).toEqual([writer, ...readers]);
  });

  it('readers that would have less for good are refused', async () => {
    const release = new FakeRelease(installed);
    const onWriter = {extraValues: {primary: {extendedConfiguration: 'max_connections = 300'}}};
    const result = await finish(release.run(), changeRequest('set', onWriter));
    expect({outcome: result.outcome, cause: result.cause?.code, changes: release.changes}).toEqual({
      outcome: 'refused',
      cause: 'BAD_INPUT',
      changes: [],
    });
  });

  it.each([[async () => true], [null]])('and so is a first reader, asked about or not', async (confirm) => {
    const extraValues = {primary: {extendedConfiguration: 'max_connections = 300'}};
    const release = new FakeRelease({...installed, readReplicaCount: 0, extraValues});
    const asked = changeRequest('scale', {readReplicaCount: 1, extraValues}, {confirm});
    const result = await finish(release.run(), asked);
    expect({cause: result.cause?.code, changes: release.changes}).toEqual({cause: 'BAD_INPUT', changes: []});
  });
});

describe('replication slots of readers', () => {
  const official = {...installed.images, source: 'official', tag: '17.12-bookworm'} as const;
  const dropped = ({calls}: FakeReleasePorts) => calls.filter((one) => one.startsWith('dropReplicationSlots'));

  it.each([
    ['readers go', official, changeRequest('scale', {images: official, readReplicaCount: 1}), 'dropReplicationSlots 1'],
    ['another kind of image comes', official, changeRequest('upgrade', {}), 'dropReplicationSlots 0'],
  ])('are dropped where %s', async (_name, images, asked, call) => {
    const run = new FakeRelease({...installed, images}).run();
    expect((await finish(run, asked)).outcome).toBe('succeeded');
    expect(new Set(dropped(run))).toEqual(new Set([call]));
  });

  it.each([
    ['more readers', official, changeRequest('scale', {images: official, readReplicaCount: 3})],
    ['a new tag', official, changeRequest('upgrade', {images: {...official, tag: '17.13-bookworm'}})],
    ['a release that never had any', installed.images, changeRequest('scale', {readReplicaCount: 1})],
  ])('stay with %s', async (_name, images, asked) => {
    const run = new FakeRelease({...installed, images}).run();
    expect((await finish(run, asked)).outcome).toBe('succeeded');
    expect(dropped(run)).toEqual([]);
  });
});

const sortedText: SortedText = {
  database: 'shop',
  provider: 'libc',
  version: '2.31',
  actual: '2.36',
  collation: null,
  objects: 1,
  indexes: [{name: 'public.names_pkey', bytes: 8192, concurrently: true}],
  partitioned: 0,
};

it('what another version sorted is in the plan, and is right before any pod restarts; also after a kill', async () => {
  const release = new FakeRelease(installed);
  const attempt = async (options?: {killAt: number; killAfter: boolean}) => {
    const run = release.run(options);
    run.sorting = async () => ({icu: null, texts: [sortedText]});
    return finish(run, changeRequest('upgrade', image));
  };
  const changes = () => release.changes.filter((one) => /^(rebuild|patch|delete|helm)/.test(one));
  for (let killAt = 1; changes().length === 0; killAt++)
    await expect(attempt({killAt, killAfter: true})).rejects.toBeInstanceOf(Killed);
  expect(changes()).toEqual(['rebuild indexes of shop']);
  expect((await attempt()).outcome).toBe('succeeded');
  expect(changes().slice(0, 2)).toEqual(['rebuild indexes of shop', 'rebuild indexes of shop']);
  expect(changes().length).toBeGreaterThan(4);
});

it('the plan names the indexes, and asks nobody where no image changes', async () => {
  const run = new FakeRelease(installed).run();
  run.sorting = async () => ({icu: null, texts: [sortedText]});
  const planned = await finish(run, changeRequest('upgrade', image, {dryRun: true}));
  expect(planned.plan?.consequences[0]).toMatchObject({code: 'REINDEX', object: 'Database/shop'});
  expect(planned.plan?.steps.map(({name}) => name).slice(0, 3)).toEqual(['images', 'rebuild indexes', 'release']);
  run.sorting = () => Promise.reject(new Error('asked'));
  expect((await finish(run, changeRequest('restart', {}, {dryRun: true}))).outcome).toBe('planned');
});

it('an image whose C library sorts otherwise changes nothing', async () => {
  const release = new FakeRelease(installed);
  const run = release.run();
  run.sorting = async () => ({icu: null, texts: [{...sortedText, actual: '2.31'}]});
  const before = lives(release);
  const {cause: why, outcome} = await finish(run, changeRequest('upgrade', image));
  expect({code: why?.code, outcome}).toEqual({code: 'COLLATION_CHANGED', outcome: 'failed'});
  expect(lives(release)).toEqual(before);
  expect({acts: acts(release), lease: release.lease}).toEqual({acts: [], lease: null});
});
