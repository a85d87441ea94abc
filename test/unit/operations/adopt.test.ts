// A release that plain helm made becomes ours, against one in memory: killed at each change and run again, it ends
// where it would have.
import {describe, expect, it} from 'vitest';
import {secretKeys} from '../../../source/chart/secret-keys.ts';
import type {ContainerEnvironment} from '../../../source/chart/container-environment.ts';
import type {RunningSettings} from '../../../source/chart/required-settings.ts';
import {fromValues} from '../../../source/chart/values.ts';
import {UserError, type Cause} from '../../../source/core/cause.ts';
import type {ChangeRequest} from '../../../source/operations/change/change.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import type {Ports} from '../../../source/operations/ports/index.ts';
import type {Result} from '../../../source/plan/progress.ts';
import {readAdoptable} from '../../../source/operations/adoption/read-adoptable.ts';
import {withRecord} from '../../../source/client/applied-session.ts';
import {recordedAsApplied} from '../../../source/plan/recorded-as-applied.ts';
import {changeRequest, finish} from '../../support/fakes/change-request.ts';
import {Killed} from '../../support/fakes/fake-ports.ts';
import {FakeRelease, FakeReleasePorts} from '../../support/fakes/fake-release.ts';
import {parametersWith} from '../../support/fakes/survey.ts';

const passwords = {admin: 'canary-admin', user: 'canary-user', replication: 'canary-replication'};
const environment: ContainerEnvironment = {
  POSTGRES_USER: 'app',
  POSTGRES_DATABASE: 'appdb',
  POSTGRES_PASSWORD: passwords.user,
  POSTGRES_POSTGRES_PASSWORD: passwords.admin,
  POSTGRES_REPLICATION_USER: 'repl_user',
  POSTGRES_REPLICATION_PASSWORD: passwords.replication,
};
const chart = {path: 'chart', source: 'charts/postgresql', version: '16.7.26', appVersion: '17.6.0'};
const resources = {requests: {cpu: '500m'}, limits: {memory: '1Gi'}};
const asIs = {cpu: null, memory: null, readReplicas: null, readers: {cpu: null, memory: null}};

/** A replication by plain helm, with the chart's own Secret. */
class ForeignRelease extends FakeRelease {
  readonly kept: string[] = [];
  environment: ContainerEnvironment | {readonly failure: string} = environment;

  constructor() {
    super(parametersWith({images: {source: 'bitnamilegacy', tag: '17.6.0', digest: null, pullSecret: null}}));
    const [first] = this.revisions;
    if (!first) throw new Error('it is installed');
    const auth = {username: 'app', database: 'appdb'};
    this.revisions = [{...first, chartVersion: '15.5.38', values: {...first.values, auth}}];
    this.database = passwords;
    this.secret = null;
    const container = {name: 'postgresql', image: 'docker.io/bitnamilegacy/postgresql:17.6.0', resources};
    const nodeSelector = {'node.kubernetes.io/instance-type': 't3.medium'};
    this.touch = (snapshot) => ({
      ...snapshot,
      statefulSets: snapshot.statefulSets.map((set) => ({
        ...set,
        spec: {...set.spec, template: {spec: {...set.spec.template.spec, containers: [container], nodeSelector}}},
      })),
    });
  }

  override run(how: {killAt?: number; killAfter?: boolean} = {}): ForeignPorts {
    return new ForeignPorts(this, how.killAt, how.killAfter);
  }
}

class ForeignPorts extends FakeReleasePorts {
  constructor(
    private readonly foreign: ForeignRelease,
    killAt?: number,
    killAfter?: boolean,
  ) {
    super(foreign, killAt, killAfter);
  }

  recordApplied: Ports['recordApplied'] = null;
  recording = (record: () => void) => this.change('record', record);
  /** The label is one of the release in memory alone, and is another with another image. */
  asApplied = () => this.rendered().replaceAll(/(labels:\n\s+component: \w+\n)\s+image: .*\n/g, '$1');
  writerEnvironment = async () => this.foreign.environment;
  runsWith: RunningSettings | null = null;
  writerSettings = async () => this.runsWith;
  keepSecrets: Ports['keepSecrets'] = (names) =>
    this.change(`keep ${names.join()}`, () => void this.foreign.kept.push(...names));
  noteNames = () => this.change('note names', () => undefined);
  makeReplicationRole = () => this.change('replication role', () => undefined);
  letReadersIn = () => this.change('rules', () => undefined);

  protected override rendered(values?: Readonly<Record<string, unknown>>): string {
    const ofThePast = '---\nkind: Secret\nmetadata:\n  name: orders-postgresql\n';
    return super.rendered(values) + (values === undefined ? ofThePast : '');
  }
}

const keysGiven = {admin: 'root', user: 'app', replication: 'stream'};
const allKeys = Object.values(keysGiven);

/** The release has the Secret `db` of the operator's, which is so. */
function givenSecret(secret: {readonly keys: readonly string[]; readonly [other: string]: unknown} | null) {
  return (snapshot: Snapshot): Snapshot => ({
    ...snapshot,
    target: {...snapshot.target, given: {secret: {name: 'db', keys: keysGiven}}},
    secret: secret && {name: 'db', ours: false, ...secret},
  });
}

const refusalOf = async (release: ForeignRelease): Promise<Cause | null> =>
  readAdoptable(release.snapshot(), asIs, release.run().ports, (count) => new Uint8Array(count)).then(
    () => null,
    (error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      return error.reason;
    },
  );

/** As client/requests/adopt-request.ts puts it together. */
async function adopted(release: ForeignRelease, run: ForeignPorts, rest: Partial<ChangeRequest> = {}): Promise<Result> {
  const before = run.recordApplied === null ? release.snapshot() : await run.look();
  const applied = fromValues(before.release.values);
  const found =
    applied === null || before.release.revisions.length === 1
      ? await readAdoptable(before, asIs, run.ports, (count) => new Uint8Array(count))
      : {parameters: applied};
  return finish(run, changeRequest('adopt', {}, {chart, confirm: null, ...found, ...rest}));
}

const uids = ({podsByName}: FakeRelease) => [...podsByName.values()].map(({uid}) => uid);

function expectAdopted(release: ForeignRelease): void {
  expect(release.secret).toEqual(passwords);
  expect(new Set(release.kept)).toEqual(new Set(['orders-postgresql']));
  const newest = release.revisions.at(-1);
  expect(newest).toMatchObject({status: 'deployed', chartVersion: '16.7.26'});
  expect(fromValues(newest?.values ?? null)).toMatchObject({username: 'app', database: 'appdb', sizing: 'off'});
  expect(release.lease).toBeNull();
}

it('readers that are to come get what the writer runs with', async () => {
  const release = new ForeignRelease();
  const before = release.snapshot();
  const alone = {
    ...before,
    statefulSets: before.statefulSets.map((set) =>
      set.metadata.name.endsWith('-read') ? {...set, spec: {...set.spec, replicas: 0}} : set,
    ),
  };
  const run = release.run();
  run.runsWith = {max_connections: {value: 300, isFixed: false}};
  const found = async (seen: Snapshot) => readAdoptable(seen, asIs, run.ports, (count) => new Uint8Array(count));
  expect((await found(alone)).parameters.postgresConfig).toEqual({max_connections: '300'});
  expect((await found(before)).parameters.postgresConfig).toEqual({});
});

describe('an adoption', () => {
  it('writes passwords and keeps the Secret of before, then helm applies it; no password is in a record', async () => {
    const release = new ForeignRelease();
    const result = await adopted(release, release.run());
    expect(result.cause).toBeUndefined();
    expect(result.outcome).toBe('succeeded');
    expectAdopted(release);
    const at = (what: RegExp) => release.changes.findIndex((one) => what.test(one));
    const order = [/^writePasswords/, /^keep/, /^helm upgrade/].map(at);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(Math.min(...order)).toBeGreaterThanOrEqual(0);
    expect(JSON.stringify(release.revisions)).not.toContain('canary');
    expect(JSON.stringify(release.lease)).not.toContain('canary');
  });

  it('restarts nothing where that is to come later', async () => {
    const release = new ForeignRelease();
    const before = uids(release);
    expect((await adopted(release, release.run(), {restartsLater: true})).outcome).toBe('succeeded');
    expectAdopted(release);
    expect(uids(release)).toEqual(before);
  });

  it('killed at each change, and run again, ends where it would have', async () => {
    await endsWhereverKilled(() => new ForeignRelease());
  });
});

/** Killed before and after each change, the same command ends it. @returns the changes of a run that is not killed */
async function endsWhereverKilled(make: () => ForeignRelease): Promise<readonly string[]> {
  const whole = make();
  await adopted(whole, whole.run());
  for (const killAfter of [false, true])
    for (let killAt = 1; killAt <= whole.changes.length; killAt++) {
      const release = make();
      await adopted(release, release.run({killAt, killAfter})).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      release.alive.clear();
      const result = await adopted(release, release.run());
      expect(result.cause, `killed at ${killAt}`).toBeUndefined();
      expectAdopted(release);
    }
  return whole.changes;
}

/** The same, of which helm has no record until it gets one. */
class AppliedRelease extends ForeignRelease {
  readonly recorded = this.revisions.map((one) => ({...one, description: recordedAsApplied}));

  constructor() {
    super();
    this.revisions = [];
  }

  /** As client/applied-session.ts has it: helm is read as if it had the record that it gets. */
  override run(how: {killAt?: number; killAfter?: boolean} = {}): ForeignPorts {
    const ports = super.run(how);
    const [first] = this.recorded;
    if (!first || this.revisions.length > 0) return ports;
    const {chartVersion, appVersion, values} = first;
    const own = {
      look: ports.look.bind(ports),
      survey: ports.survey.bind(ports),
      revisions: async () => this.revisions,
      manifest: async () => (this.revisions.length > 0 ? ports.asApplied() : ''),
    };
    const applied = {chartVersion, appVersion, values, objects: []};
    const record = () => ports.recording(() => void (this.revisions = [...this.recorded]));
    return Object.assign(ports, withRecord(own, applied, ports.asApplied(), record));
  }
}

describe('an adoption of what kubectl applied', () => {
  it('gives helm its record first; the Secret of before is kept, and no password is in a record', async () => {
    const release = new AppliedRelease();
    const result = await adopted(release, release.run());
    expect(result.cause).toBeUndefined();
    expectAdopted(release);
    expect(release.changes[0]).toMatch(/lease/i);
    const at = (what: RegExp) => release.changes.findIndex((one) => what.test(one));
    const order = [/^record$/, /^writePasswords/, /^keep/, /^helm upgrade/].map(at);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(Math.min(...order)).toBeGreaterThanOrEqual(0);
    expect(release.revisions.map(({description}) => description)[0]).toBe(recordedAsApplied);
    expect(JSON.stringify(release.revisions)).not.toContain('canary');
  });

  it('changes nothing where it would lose something, and says what the values would have to say', async () => {
    const release = new AppliedRelease();
    release.environment = {...environment};
    const ports = release.run();
    const lossy = '---\nkind: Service\nmetadata:\n  name: orders-extra\n';
    const manifest = ports.manifest;
    ports.manifest = async () => `${await manifest()}${lossy}`;
    const {cause} = await adopted(release, ports);
    expect(cause).toMatchObject({code: 'NOT_ADOPTABLE', evidence: ['Service/orders-extra']});
    expect(cause?.remedies[0]?.command).toMatch(/helm upgrade --install orders CHART .*--take-ownership/);
    expect(release.changes).toEqual([]);
    expect(release.revisions).toEqual([]);
  });

  it('killed at each change, and run again, ends where it would have', async () => {
    expect(await endsWhereverKilled(() => new AppliedRelease())).toContain('record');
  });
});

describe('what stands in the way is said before anything changes', () => {
  it.each<[string, (release: ForeignRelease) => void, Partial<Cause>]>([
    [
      'a password that is not taken',
      (release) => (release.database = {...passwords, user: 'other'}),
      {code: 'PASSWORD_MISMATCH'},
    ],
    [
      'a container that cannot be asked',
      (release) => (release.environment = {failure: 'no'}),
      {code: 'ENDPOINT_UNPROVEN'},
    ],
    [
      'no administrator',
      (release) => (release.environment = {POSTGRES_USER: 'app', POSTGRES_PASSWORD: 'x'}),
      {code: 'NOT_ADOPTABLE'},
    ],
    [
      'a Secret of the name with other passwords',
      (release) => (release.secret = {admin: 'x'}),
      {code: 'NAME_COLLISION'},
    ],
    [
      'a release that failed',
      (release) => (release.revisions = release.revisions.map((one) => ({...one, status: 'failed' as const}))),
      {code: 'RELEASE_LOCKED'},
    ],
    [
      'a chart before 11',
      (release) => (release.revisions = release.revisions.map((one) => ({...one, chartVersion: '9.8.13'}))),
      {code: 'NOT_ADOPTABLE'},
    ],
    [
      'a Secret that was given, and is not there',
      (release) => (release.touch = givenSecret(null)),
      {code: 'NOT_ADOPTABLE'},
    ],
    [
      'a Secret that was given, and is the one of another release',
      (release) => (release.touch = givenSecret({keys: allKeys, ofRelease: 'billing'})),
      {code: 'NOT_ADOPTABLE'},
    ],
    [
      'a Secret that was given, lacks a key, and is recreated by somebody',
      (release) => (release.touch = givenSecret({keys: ['root', 'app'], heldBy: 'ExternalSecret shop makes it'})),
      {code: 'NOT_ADOPTABLE'},
    ],
    [
      'a standby of another database',
      (release) =>
        (release.revisions = release.revisions.map((one) => ({
          ...one,
          values: {...one.values, primary: {standby: {enabled: true}}},
        }))),
      {code: 'NOT_ADOPTABLE'},
    ],
  ])('%s', async (_, spoil, expected) => {
    const release = new ForeignRelease();
    spoil(release);
    const refusal = await refusalOf(release);
    expect(refusal).toMatchObject(expected);
    expect(refusal?.remedies.length).toBeGreaterThan(0);
    expect(JSON.stringify(refusal)).not.toContain('canary');
    expect(release.changes).toEqual([]);
  });
});

it('the keys of the Secret are those that every release of ours has', () => {
  expect(Object.keys(secretKeys).sort()).toEqual(Object.keys(passwords).sort());
});
