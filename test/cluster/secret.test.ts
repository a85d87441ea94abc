// The Secret of a living database is deleted, or one key of it: the passwords come back byte for byte, and no other is
// ever written.
import {execFile} from 'node:child_process';
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, afterEach, beforeAll, expect, test} from 'vitest';
import {mountedSecrets} from '../../source/chart/container-paths.ts';
import type {Cause} from '../../source/core/cause.ts';
import type {Status} from '../../source/client/questions/status.ts';
import type {Metadata} from '../../source/observation/kubernetes.ts';
import {systemIdentifierAnnotation} from '../../source/observation/system-identifier.ts';
import type {Result} from '../../source/plan/progress.ts';
import {cli, cliJson} from '../support/cli.ts';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import {onSandbox} from '../support/setup/on-sandbox.ts';
import {kubectl as kubectlProgram} from '../support/paths.ts';
import {sampled} from '../support/clusters/sampled.ts';
import {waitFor} from '../support/wait-for.ts';

const name = 'orders-postgresql-auth';
const keys = ['postgres-password', 'password', 'replication-password'];
type Data = Readonly<Record<string, string>>;

let release: OperatedRelease;
let made: Data;
let rows: string;
let identifier: string | undefined;

beforeAll(async () => {
  release = await OperatedRelease.install('secret', [
    '--read-replicas',
    '1',
    '--username',
    'app',
    '--database',
    'appdb',
  ]);
  made = await data();
  identifier = await remembered();
  await release.ask(writerPod, 'create table kept as select n from generate_series(1, 1000) n');
  rows = await sumOfRows();
});
// What one test loses, the next one has again.
afterEach(putBack);
afterAll(() => release.namespace.remove());

/** Puts the Secret back by hand, as it was made. */
async function putBack(): Promise<void> {
  const labels = {'app.kubernetes.io/managed-by': 'pg-helm-install'};
  const secret = {apiVersion: 'v1', kind: 'Secret', metadata: {name, labels}, data: made};
  await release.namespace.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], JSON.stringify(secret));
}

async function data(): Promise<Data> {
  return (await kubectlJson<{data: Data}>(['-n', release.namespace.name, 'get', 'secret', name])).data;
}

/** The database that the Secret says is the release's. */
async function remembered(): Promise<string | undefined> {
  const secret = await kubectlJson<{metadata: Metadata}>(['-n', release.namespace.name, 'get', 'secret', name]);
  return secret.metadata.annotations?.[systemIdentifierAnnotation];
}

async function lose(key: string | null): Promise<void> {
  if (key === null) return void (await release.namespace.kubectl(['delete', 'secret', name]));
  const patch = JSON.stringify([{op: 'remove', path: `/data/${key}`}]);
  await release.namespace.kubectl(['patch', 'secret', name, '--type=json', '-p', patch]);
}

const without = (key: string): Data => Object.fromEntries(Object.entries(made).filter(([one]) => one !== key));

/** Asks as a client would, with the passwords from before: the pods' files may just be going or coming. */
async function asks(username: string, key: string, sql: string): Promise<string> {
  const password = Buffer.from(made[key] ?? '', 'base64').toString();
  const psql = `psql -h 127.0.0.1 -U ${username} -d postgres -tAc '${sql}'`;
  const script = `IFS= read -r PGPASSWORD; export PGPASSWORD; ${psql}`;
  const command = ['exec', '-i', writerPod, '-c', 'postgresql', '--', 'bash', '-c', script];
  return (await release.namespace.kubectl(command, `${password}\n`)).trim();
}

const logsIn = (username: string, key: string) => asks(username, key, 'select current_user');
const sumOfRows = () => asks('postgres', 'postgres-password', 'select count(*), sum(n) from kept');

async function expectAsBefore(): Promise<void> {
  expect(await data()).toEqual(made);
  expect(await logsIn('postgres', 'postgres-password')).toBe('postgres');
  expect(await logsIn('app', 'password')).toBe('app');
  expect(await logsIn('repl_user', 'replication-password')).toBe('repl_user');
  expect(await sumOfRows()).toBe(rows);
}

const shown: string[] = [];
function expectNoPassword(...texts: readonly string[]): void {
  shown.push(...texts);
  for (const password of Object.values(made)) {
    expect(shown.join('\n')).not.toContain(password);
    expect(shown.join('\n')).not.toContain(Buffer.from(password, 'base64').toString());
  }
}

const status = async () => {
  const {code, stdout} = await cli(['status', 'orders', '-n', release.namespace.name, '--output', 'json'], {
    env: release.env,
  });
  expectNoPassword(stdout);
  const {state, cause} = JSON.parse(stdout) as Status;
  return {code, state, cause: cause?.code, remedy: cause?.remedies[0]?.command};
};

const losses = [
  ['the whole Secret', null, 'recover'],
  ['the whole Secret', null, 'install'],
  ...keys.map((key, index) => [key, key, index % 2 === 0 ? 'recover' : 'install'] as const),
] as const;

test.each(sampled(losses, 3))(
  '%s is lost (%s): status says so, nothing else is done, and %s restores it',
  async (_what, key, command) => {
    const lives = await release.lives();
    await lose(key);
    expect(await status()).toEqual({
      code: 1,
      state: key === null || key === 'password' ? 'broken' : 'degraded',
      cause: 'SECRET_MALFORMED',
      remedy: expect.stringMatching(/^pg-helm-install recover orders -n /) as string,
    });
    const restored = await release.run(command);
    expectNoPassword(restored.stdout, restored.stderr);
    if (onSandbox && restored.json.cause && (key === 'postgres-password' || key === 'password')) {
      // The sandbox's kubelet may have taken the file away by then: where no copy is left, nothing is written.
      expect({code: restored.code, cause: restored.json.cause?.code}).toEqual({code: 3, cause: 'SECRET_MALFORMED'});
      expect(await data()).toEqual(without(key));
      return;
    }
    expect({outcome: restored.json.outcome, cause: restored.json.cause}).toEqual({
      outcome: 'succeeded',
      cause: undefined,
    });
    expect(restored.json.notes.join()).toContain('It was restored from the files that the pods mount');
    expect(restored.json.endpoints).toMatchObject({writer: {proven: true}, reader: {proven: true, streaming: 1}});
    await expectAsBefore();
    expect(identifier).toMatch(/^\d+$/);
    expect(await remembered()).toBe(identifier);
    expect(await release.lives()).toEqual(lives);
    expect(await status()).toMatchObject({code: 0, state: 'ready'});
  },
);

test('what would need the passwords, or take their last copies away, is refused until then', async () => {
  await lose(null);
  const lives = await release.lives();
  for (const [command, ...flags] of [
    ['scale', '--read-replicas', '2'],
    ['restart'],
    ['set', '--exposure', 'cluster'],
    ['uninstall'],
  ] as const) {
    const place = ['orders', '-n', release.namespace.name, '--yes'];
    const {code, json, stdout} =
      command === 'uninstall'
        ? await cliJson<Result>([command, ...place], {env: release.env})
        : await release.run(command, ...flags);
    expectNoPassword(stdout);
    expect({command, code, outcome: json.outcome, cause: json.cause?.code}).toEqual({
      command,
      code: 3,
      outcome: 'refused',
      cause: 'SECRET_MALFORMED',
    });
  }
  expect(await release.planned('install')).toEqual([`CREATE Secret/${name}`, 'NO_CHANGE Release/orders']);
  expect(await release.lives()).toEqual(lives);
  await release.done('recover');
  await expectAsBefore();
});

test('a password that somebody changed is put back by recover while a pod has the file', async () => {
  const patch = JSON.stringify({stringData: {password: 'another password'}});
  await release.namespace.kubectl(['patch', 'secret', name, '-p', patch]);
  const {json} = await release.run('recover');
  expectNoPassword(JSON.stringify(json));
  // The sandbox's kubelet may have brought the other password to the pods by then: no password is made up.
  if (onSandbox && json.cause) return expect(json.cause?.code).toBe('PASSWORD_MISMATCH');
  expect({outcome: json.outcome, cause: json.cause}).toEqual({outcome: 'succeeded', cause: undefined});
  expect(json.notes.join()).toContain('had under password another password than the database takes');
  await expectAsBefore();
});

const hasFile = async (key: string) => {
  const command = (pod: string) => ['exec', pod, '-c', 'postgresql', '--', 'ls', mountedSecrets];
  const listed = await Promise.all([writerPod, readerPod(0)].map((pod) => release.namespace.kubectl(command(pod))));
  return listed.some((files) => files.split(/\s+/).includes(key));
};

/**
 * The kubelet brings the files of a Secret up to date when it next looks at the pod: within 60 to 90 seconds, or at
 * once when the pod changes (kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap, "Mounted
 * ConfigMaps are updated automatically").
 */
async function untilFiles(key: string, are: 'there' | 'gone'): Promise<void> {
  const pods = [writerPod, readerPod(0)].map((pod) => `pod/${pod}`);
  await waitFor(
    `the file of ${key} to be ${are} in the pods`,
    async () => {
      if ((await hasFile(key)) === (are === 'there')) return true;
      await release.namespace.kubectl(['annotate', '--overwrite', ...pods, `looked-at=${Date.now()}`]);
      return false;
    },
    Boolean,
    {everyMs: 2000, deadlineMs: 150_000},
  );
}

test.each([
  ['replication-password', 'a reader streams with it still, so that it comes back'],
  ['password', 'nobody has it any more, so that nothing is written'],
])(
  '%s is lost and the kubelet has taken the files away: %s',
  async (key) => {
    // Otherwise the pods would next see an earlier change of the Secret.
    await untilFiles(key, 'there');
    await lose(key);
    await untilFiles(key, 'gone');
    if (key === 'replication-password') {
      await release.done('recover');
      return expectAsBefore();
    }
    for (const command of ['recover', 'install'] as const) {
      const {code, json} = await release.run(command);
      expect({code, cause: json.cause?.code}).toEqual({code: 3, cause: 'SECRET_MALFORMED'});
      expect(json.cause?.evidence).toContain(`no pod has a file of ${key}`);
    }
    expect(await data()).toEqual(without(key));
  },
  400_000,
);

/** Pastes the command that sets a new password into a shell. @returns what it left in its folder */
async function setNewPassword(cause: Cause | undefined): Promise<readonly string[]> {
  const command = cause?.remedies.find(({title}) => title.includes('is lost for good'))?.command;
  if (command === undefined) throw new Error(`no such remedy in ${JSON.stringify(cause?.remedies)}`);
  const folder = await mkdtemp(join(tmpdir(), 'pghi-secret-'));
  const env = {...process.env, PATH: `${dirname(kubectlProgram)}${delimiter}${process.env['PATH']}`};
  try {
    await promisify(execFile)('sh', ['-c', command], {cwd: folder, env});
    return await readdir(folder);
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

test('what else is lost with it comes back, and the remedy gives the user a new password that works', async () => {
  await untilFiles('password', 'there');
  await lose('password');
  await untilFiles('password', 'gone');
  await lose(null);
  const {code, json} = await release.run('recover');
  expectNoPassword(JSON.stringify(json));
  expect({code, outcome: json.outcome, cause: json.cause?.code}).toEqual({
    code: 1,
    outcome: 'failed',
    cause: 'SECRET_MALFORMED',
  });
  expect(json.notes.join()).toContain('It was restored, but for password, from the files');
  expect(await data()).toEqual(without('password'));

  const lives = await release.lives();
  expect(await setNewPassword(json.cause)).toEqual([]);
  const after = await data();
  expect(after).toEqual({...made, password: expect.not.stringMatching(`^${made['password']}$`) as string});
  // From here on the tests take this for the Secret that the database was made with.
  made = after;
  await expectAsBefore();
  expect(await release.lives()).toEqual(lives);
  expect(await status()).toMatchObject({code: 0, state: 'ready'});
  expect((await release.run('install')).code).toBe(0);
}, 400_000);
