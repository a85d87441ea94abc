// A change of a release that somebody else applies: nothing is applied here, files say it, and what has to be there
// before is done; when it is applied, the same command brings up the pods.
import {describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import {toValues} from '../../../../source/chart/values.ts';
import type {ExportedFile} from '../../../../source/export/release-files.ts';
import type {SteeringObject, SteeringSeen} from '../../../../source/observation/steering.ts';
import type {ChangeRequest} from '../../../../source/operations/change/change.ts';
import {uninstall} from '../../../../source/operations/uninstall.ts';
import type {Parameters} from '../../../../source/parameters/parameters.ts';
import {healsMeanwhile} from '../../../../source/plan/steering.ts';
import {changeRequest, finish} from '../../../support/fakes/change-request.ts';
import {Killed} from '../../../support/fakes/fake-ports.ts';
import {FakeRelease} from '../../../support/fakes/fake-release.ts';
import {parametersWith} from '../../../support/fakes/survey.ts';

const installed = parametersWith();

const object = (values: object): SteeringObject => ({
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  metadata: {name: 'orders', namespace: 'flux-system'},
  spec: {chart: {spec: {chart: 'postgresql', version: '16.7.26'}}, values},
});

/** Flux, which applies what Git has when `sync` is called, and never before. */
class Steered extends FakeRelease {
  private git = toValues(installed, this.target);
  constructor() {
    super(installed);
    this.touch = (snapshot) => ({...snapshot, steering: this.steering()});
  }

  steering(): SteeringSeen {
    return {tool: 'Flux', object: object(this.git), named: 'HelmRelease flux-system/orders'};
  }

  /** What is committed, applied. */
  sync(files: readonly ExportedFile[]): void {
    const [file] = files;
    const {spec} = parse(file?.text ?? '') as {spec: {values: Readonly<Record<string, unknown>>}};
    this.git = spec.values;
    const last = this.revisions.at(-1);
    if (!last) throw new Error('there is no revision');
    this.applyObjects(this.git);
    this.revisions.push({...last, revision: last.revision + 1, values: this.git});
  }
}

function request(
  kind: ChangeRequest['kind'],
  changes: Partial<Parameters>,
  rest: Partial<ChangeRequest> = {},
): ChangeRequest {
  return changeRequest(kind, changes, {
    command: `pg-helm-install ${kind} orders --yes`,
    writing: 'pg-helm-install resize orders --memory 2Gi --to orders-patch --yes',
    applying: `pg-helm-install ${kind} orders --yes`,
    ...rest,
  });
}

/** With what was written. */
function writing(asked: ChangeRequest): {readonly asked: ChangeRequest; readonly files: ExportedFile[]} {
  const files: ExportedFile[] = [];
  const write = async (given: readonly ExportedFile[]) => {
    files.splice(0, files.length, ...given);
    return given.map(({name}) => ({name, path: `orders-patch/${name}`}));
  };
  return {asked: {...asked, patch: {folder: 'orders-patch', write}}, files};
}

const lives = ({podsByName}: FakeRelease) => Object.fromEntries([...podsByName].map(([name, {uid}]) => [name, uid]));
const helmRuns = ({changes}: FakeRelease) => changes.filter((one) => one.startsWith('helm'));

const image = {images: {...installed.images, tag: '17.7.0'}};
const changed: readonly {
  name: string;
  asked: ChangeRequest;
  isThere: (release: FakeRelease) => void;
}[] = [
  {
    name: 'scale',
    asked: request('scale', {readReplicaCount: 3}),
    isThere: ({podsByName}) => expect(podsByName.size).toBe(4),
  },
  {
    name: 'resize',
    asked: request('resize', {memory: '2Gi'}),
    isThere: ({podsByName}) => {
      for (const {resources} of podsByName.values()) expect(resources).toMatchObject({limits: {memory: '2Gi'}});
    },
  },
  {
    name: 'settings',
    asked: request('set', {postgresConfig: {work_mem: '8MB'}}),
    isThere: ({podsByName, sets}) => {
      const current = new Set([...sets.values()].map(({template}) => JSON.stringify(template)));
      for (const {hash} of podsByName.values()) expect(current).toContain(hash);
    },
  },
  {
    name: 'upgrade',
    asked: request('upgrade', image),
    isThere: ({podsByName}) => {
      for (const pod of podsByName.values()) expect(pod.image).toBe('postgresql:17.7.0');
    },
  },
];

describe.each(changed)('$name of a release that Flux steers', ({asked, isThere}) => {
  it('is refused with what writes it, and changes nothing', async () => {
    const release = new Steered();
    const before = [...release.changes];
    const {outcome, cause} = await finish(release.run(), asked);
    expect({outcome, code: cause?.code}).toEqual({outcome: 'refused', code: 'STEERED'});
    expect(cause?.message).toContain('Flux (HelmRelease flux-system/orders) steers orders');
    expect(cause?.remedies[0]?.command).toBe(asked.writing);
    expect(release.changes).toEqual(before);
  });

  it('is planned with the files', async () => {
    const {outcome, plan} = await finish(new Steered().run(), {...asked, dryRun: true});
    expect(outcome).toBe('planned');
    expect(plan?.consequences[0]).toMatchObject({code: 'FILE_CHANGE'});
    expect(plan?.files?.map(({name}) => name)).toEqual(['orders-helmrelease.yaml']);
  });

  it('is written, and done by the same command when that is applied, without a helm of ours', async () => {
    const release = new Steered();
    const before = lives(release);
    const {asked: toFiles, files} = writing(asked);
    const first = await finish(release.run(), toFiles);
    expect({outcome: first.outcome, cause: first.cause}).toEqual({outcome: 'planned', cause: undefined});
    expect(first.files?.map(({name}) => name)).toEqual(['orders-helmrelease.yaml', 'orders.diff']);
    expect(first.notes.join('\n')).toContain(asked.applying);
    expect({lives: lives(release), lease: release.lease}).toEqual({lives: before, lease: null});

    release.sync(files);
    const second = await finish(release.run(), asked);
    expect({outcome: second.outcome, cause: second.cause}).toEqual({outcome: 'succeeded', cause: undefined});
    isThere(release);
    expect({helm: helmRuns(release), lease: release.lease}).toEqual({helm: [], lease: null});
  });
});

it('grows disks before the files are committed, around the same pods, and the sync has nothing to change', async () => {
  const release = new Steered();
  const before = lives(release);
  const {asked, files} = writing(request('resize', {storageSize: '50Gi'}));
  const {outcome, notes} = await finish(release.run(), asked);
  expect(outcome).toBe('succeeded');
  expect(notes.join('\n')).toContain('orders-patch/orders-helmrelease.yaml is written.');
  expect([...release.sizes.values()]).toEqual(['50Gi', '50Gi', '50Gi']);
  expect([...release.sets.values()].map(({size}) => size)).toEqual(['50Gi', '50Gi']);
  expect({lives: lives(release), lease: release.lease}).toEqual({lives: before, lease: null});
  release.sync(files);
  expect((await finish(release.run(), request('resize', {storageSize: '50Gi'}))).outcome).toBe('unchanged');
  expect({lives: lives(release), helm: helmRuns(release)}).toEqual({lives: before, helm: []});
});

it('grows disks of a commit that came before, which its tool could not apply', async () => {
  const release = new Steered();
  const values = toValues({...installed, storageSize: '50Gi'}, release.target);
  const last = release.revisions.at(-1);
  if (last) release.revisions.push({...last, revision: 2, values});
  const {outcome, cause} = await finish(release.run(), request('resize', {storageSize: '50Gi'}));
  expect({outcome, cause}).toEqual({outcome: 'succeeded', cause: undefined});
  expect([...release.sets.values()].map(({size}) => size)).toEqual(['50Gi', '50Gi']);
  expect(helmRuns(release)).toEqual([]);
});

it('ends where it would have when it is killed at any change and run again', async () => {
  const asked = () => writing(request('resize', {storageSize: '50Gi'})).asked;
  const whole = new Steered();
  const untouched = whole.changes.length;
  await finish(whole.run(), asked());
  const count = whole.changes.length - untouched;
  expect(count).toBeGreaterThan(6);
  for (let killAt = 1; killAt <= count; killAt++)
    for (const killAfter of [false, true]) {
      const release = new Steered();
      const before = lives(release);
      // Killed while it gives the Lease back, it has told how it ended.
      await finish(release.run({killAt, killAfter}), asked()).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      release.alive.clear();
      const {outcome, cause} = await finish(release.run(), asked());
      expect({killAt, killAfter, cause, isDone: ['succeeded', 'planned'].includes(outcome)}).toEqual({
        killAt,
        killAfter,
        cause: undefined,
        isDone: true,
      });
      expect([...release.sets.values()].map(({size}) => size)).toEqual(['50Gi', '50Gi']);
      expect({lives: lives(release), lease: release.lease}).toEqual({lives: before, lease: null});
    }
});

it('restarts the pods of a release whose values somebody else wrote otherwise, and applies nothing', async () => {
  const release = new Steered();
  const {outcome, cause} = await finish(release.run(), request('restart', {}));
  expect({outcome, cause, helm: helmRuns(release)}).toEqual({outcome: 'succeeded', cause: undefined, helm: []});
  for (const name of release.podsByName.keys()) expect(release.made.get(name)).toBe(2);
});

it('writes files of a release that nobody steers, for whoever applies values by hand', async () => {
  const release = new FakeRelease(installed);
  const {asked, files} = writing(request('scale', {readReplicaCount: 3}));
  const {outcome} = await finish(release.run(), asked);
  expect(outcome).toBe('planned');
  expect(files.map(({name}) => name)).toEqual(['orders-values.yaml', 'orders.diff']);
  expect(files[1]?.text).toContain('-  replicaCount: 2\n+  replicaCount: 3');
  expect(helmRuns(release)).toEqual([]);
});

it('waits for whoever steers it while their helm is at work', async () => {
  const release = new Steered();
  const last = release.revisions.at(-1);
  if (last) release.revisions.push({...last, revision: 2, status: 'pending-upgrade'});
  const {outcome, cause} = await finish(release.run(), request('resize', {memory: '2Gi'}));
  expect({outcome, code: cause?.code, again: cause?.remedies[0]?.again}).toEqual({
    outcome: 'refused',
    code: 'STEERED',
    again: true,
  });
});

it('removes nothing that would come back', async () => {
  const release = new Steered();
  const asked = {deleteData: false, dumpTo: null, dryRun: false, timeoutMs: 60_000, command: ''};
  const steps = uninstall({...asked, confirm: async () => true}, release.run().ports, new AbortController().signal);
  const next = await steps.next();
  expect(next.value).toMatchObject({outcome: 'refused', cause: {code: 'STEERED'}});
  expect(helmRuns(release)).toEqual([]);
});

describe('moving the writer', () => {
  const {target} = new FakeRelease(installed);
  const argo = (spec: Readonly<Record<string, unknown>> | null, annotations = {}): SteeringSeen => ({
    tool: 'Argo CD',
    named: 'Application orders',
    object: spec && {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: {name: 'orders', namespace: 'argocd', annotations},
      spec,
    },
  });
  const healing = {syncPolicy: {automated: {selfHeal: true}}};
  it.each([
    ['heals', argo(healing), 'STEERED', 'STEERED'],
    ['is paused', argo(healing, {'argocd.argoproj.io/skip-reconcile': 'true'}), undefined, undefined],
    ['syncs commits alone', argo({syncPolicy: {automated: {}}}), undefined, undefined],
    ['has automation off', argo({syncPolicy: {automated: {enabled: false, selfHeal: true}}}), undefined, undefined],
    ['may not be read', argo(null), 'STEERED', undefined],
  ] as const)('of an Application that %s', (_how, steering, planned, urgent) => {
    expect(healsMeanwhile({target, steering}, {isUrgent: false})?.code).toBe(planned);
    expect(healsMeanwhile({target, steering}, {isUrgent: true})?.code).toBe(urgent);
  });
});
