// New passwords while a client writes: nothing restarts, no write fails, the earlier ones are refused, and readers
// stream with theirs.
import {mkdtemp, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Status} from '../../source/client/questions/status.ts';
import {cliJson} from '../support/cli.ts';
import {countingProxy} from '../support/clusters/counting-proxy.ts';
import {helms} from '../support/clusters/helms.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {sampled} from '../support/clusters/sampled.ts';
import {startSecretClient} from '../support/clusters/secret-client.ts';
import {waitFor} from '../support/wait-for.ts';

const secretName = 'orders-postgresql-auth';
const keys = {admin: 'postgres-password', app: 'password', replication: 'replication-password'} as const;
const users = {admin: 'postgres', app: 'app', replication: 'repl_user'} as const;
type Role = keyof typeof keys;

describe.each(helms)('%s', (_name, helm) => {
  let release: OperatedRelease;
  beforeAll(async () => {
    const flags = ['--read-replicas', '1', '--username', 'app', '--database', 'appdb'];
    release = await OperatedRelease.install('rotate', flags, {helm});
  });
  afterAll(() => release.namespace.remove());

  async function passwords(): Promise<Readonly<Record<string, string>>> {
    const {data} = await kubectlJson<{data: Record<string, string>}>([
      ...['-n', release.namespace.name, 'get', 'secret', secretName],
    ]);
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
  }

  /** Logs in as a client would, with the password on standard input. */
  async function logsIn(pod: string, role: Role, password: string): Promise<boolean> {
    const psql = `psql -h 127.0.0.1 -U ${users[role]} -d postgres -tAc 'select 1'`;
    const script = `IFS= read -r PGPASSWORD; export PGPASSWORD; ${psql}`;
    const command = ['exec', '-i', pod, '-c', 'postgresql', '--', 'bash', '-c', script];
    return release.namespace.kubectl(command, `${password}\n`).then(
      () => true,
      (error: unknown) => {
        expect(String(error)).toContain('password authentication failed');
        return false;
      },
    );
  }

  /** Cuts the reader's stream, which must come back with the password that the reader has now. */
  async function expectNewStream(): Promise<void> {
    const started = () =>
      release.ask(writerPod, "select backend_start from pg_stat_replication where state = 'streaming'").catch(String);
    const before = await waitFor('a stream', started, (seen) => /^\d{4}-/.test(seen), {deadlineMs: 30_000});
    await release.ask(writerPod, 'select pg_terminate_backend(pid) from pg_stat_replication');
    await waitFor('another stream', started, (seen) => /^\d{4}-/.test(seen) && seen !== before, {deadlineMs: 30_000});
  }

  test('of all: the server, the Secret, the files and the readers have new ones, and nothing restarts', async () => {
    const [before, lives] = [await passwords(), await release.lives()];
    const result = await release.done('rotate-password', '--role', 'all');
    expect(result).toMatchObject({
      operation: 'rotate-password',
      endpoints: {writer: {proven: true}, reader: {proven: true}},
    });
    const after = await passwords();
    expect(Object.keys(after).sort()).toEqual(Object.values(keys).sort());
    expect(await release.lives()).toEqual(lives);
    for (const role of Object.keys(keys) as Role[]) {
      const [was, is] = [before[keys[role]] ?? '', after[keys[role]] ?? ''];
      expect(is).not.toBe(was);
      for (const pod of [writerPod, readerPod(0)])
        expect([await logsIn(pod, role, is), await logsIn(pod, role, was)]).toEqual([true, false]);
    }
    await expectNewStream();
    const shown = JSON.stringify(result);
    for (const password of [...Object.values(before), ...Object.values(after)]) expect(shown).not.toContain(password);
  });

  test('again and again under load: a client that connects with what the Secret says writes every row', async () => {
    const {endpoints} = await release.read<Status>('status');
    const client = await startSecretClient({
      host: endpoints?.writer.host ?? '',
      namespace: release.namespace.name,
      secret: secretName,
      key: keys.app,
      user: users.app,
      database: 'appdb',
    });
    try {
      const lives = await release.lives();
      for (const round of sampled([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 5)) {
        await release.done('rotate-password', '--role', round % 5 === 4 ? 'all' : 'app');
        await client.caughtUp();
      }
      expect(await release.lives()).toEqual(lives);
    } finally {
      await client.stop();
    }
    const {written, refused, longestMs, failed} = client;
    process.stdout.write(
      `rotations: ${written()} rows, ${refused()} connections refused and tried again, longest write ` +
        `${Math.round(longestMs())} ms\n`,
    );
    expect(failed()).toEqual([]);
  });

  describe('a password that is given', () => {
    const password = 'given-canary-Zk3x9';

    test('is that of the role, shows nowhere, and given again there is nothing to do', async () => {
      const file = join(await mkdtemp(join(tmpdir(), 'pghi-given-')), 'password');
      await writeFile(file, `${password}\n`);
      const before = await passwords();
      const result = await release.done('rotate-password', '--password-file', file);
      expect(await passwords()).toEqual({...before, password});
      expect(await logsIn(writerPod, 'app', password)).toBe(true);
      const again = await release.run('rotate-password', '--password-file', file);
      expect({code: again.code, outcome: again.json.outcome}).toEqual({code: 0, outcome: 'unchanged'});
      const logs = await release.namespace.kubectl(['logs', writerPod, '-c', 'postgresql']);
      const seen = [
        JSON.stringify(result),
        again.stdout,
        again.stderr,
        logs,
        JSON.stringify(await release.read('status')),
      ];
      expect(seen.join()).not.toContain(password);
      expect(logs).not.toContain('SCRAM-SHA-256$');
    });

    test.each([
      ['all', password, '--role all takes no password'],
      ['replication', password, '--role replication takes no password'],
      ['app', 'mit-Ümläuten-geschrieben', 'characters that not all clients'],
      ['app', 'short', 'The password has 5 of at least 12'],
      ['nobody', password, '"nobody" is not a role'],
    ])('of %s, %s: exit 2, and nothing is changed', async (role, input, words) => {
      const before = await passwords();
      const args = [
        'rotate-password',
        'orders',
        '-n',
        release.namespace.name,
        '--yes',
        '--role',
        role,
        '--password-stdin',
      ];
      const {code, json} = await cliJson<{cause?: {code: string; message: string}}>(args, {input});
      expect({code, cause: json.cause?.code}).toEqual({code: 2, cause: 'BAD_INPUT'});
      expect(json.cause?.message).toContain(words);
      expect(json.cause?.message).not.toContain(input);
      expect(await passwords()).toEqual(before);
    });
  });

  test('the plan names who reads the Secret, and how it gets the new password', async () => {
    const container = {
      name: 'web',
      image: 'registry.example/web:1',
      env: [{name: 'PGPASSWORD', valueFrom: {secretKeyRef: {name: secretName, key: 'password'}}}],
      securityContext: {
        allowPrivilegeEscalation: false,
        runAsNonRoot: true,
        capabilities: {drop: ['ALL']},
        runAsUser: 1001,
        seccompProfile: {type: 'RuntimeDefault'},
      },
    };
    const pod = {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'web'}, spec: {containers: [container]}};
    await release.namespace.kubectl(['apply', '-f', '-'], JSON.stringify(pod));
    const {json} = await release.run('rotate-password', '--dry-run');
    await release.namespace.kubectl(['delete', 'pod', 'web', '--now']);
    const {consequences = []} = json.plan ?? {};
    expect(consequences.find(({object}) => object === 'Pod/web')?.sentence).toMatch(
      /^Pod web has the Secret in its environment, and has to be restarted afterwards: kubectl .*delete pod\/web/,
    );
  });

  const killPoints = [
    ['before anything is written', 2, false, 'the same command'],
    ['when the new ones are written', 2, true, 'recover'],
    ['when the server has them, and clients are not told', 3, false, 'recover'],
    ['when clients are told', 3, true, 'the same command'],
    ['when the writer has its files', 4, true, 'recover'],
    ['before the earlier ones are forgotten', 6, false, 'the same command'],
    ['when the earlier ones are forgotten', 6, true, 'recover'],
  ] as const;

  /**
   * Each request that changes something; the program is killed right before or right after it. exec changes no object.
   */
  describe.each(sampled(killPoints, 2))('killed %s', (what, number, after, how) => {
    test(`one of two known passwords works, and ${how} ends it`, async () => {
      const [before, lives] = [await passwords(), await release.lives()];
      const proxy = await countingProxy();
      try {
        let pid = 0;
        proxy.expect(number, after, () => {
          process.kill(pid, 'SIGKILL');
          return 'hold';
        });
        const dying = release.with({KUBECONFIG: proxy.kubeconfig}).begin('rotate-password', '--role', 'all');
        pid = dying.child.pid ?? 0;
        expect((await dying.finished).signal).toBe('SIGKILL');
      } finally {
        proxy.close();
      }
      const half = await passwords();
      for (const role of Object.keys(keys) as Role[]) {
        const known = [half[keys[role]], half[`${keys[role]}-next`]].filter((one) => one !== undefined);
        const works = await Promise.all(known.map((password) => logsIn(writerPod, role, password)));
        expect(works.filter(Boolean)).toEqual([true]);
      }
      await expectOthersWait(what);
      const ended =
        how === 'recover' ? await release.run('recover') : await release.run('rotate-password', '--role', 'all');
      expect({code: ended.code, cause: ended.json.cause}).toEqual({code: 0, cause: undefined});
      const now = await passwords();
      expect(Object.keys(now).sort()).toEqual(Object.values(keys).sort());
      for (const role of Object.keys(keys) as Role[]) {
        expect(now[keys[role]]).not.toBe(before[keys[role]]);
        // The password that was written down is the one that was set.
        const written = half[`${keys[role]}-next`];
        if (written !== undefined) expect(now[keys[role]]).toBe(written);
        expect(await logsIn(writerPod, role, now[keys[role]] ?? '')).toBe(true);
        expect(await logsIn(writerPod, role, before[keys[role]] ?? '')).toBe(false);
      }
      expect(await release.lives()).toEqual(lives);
      expect(await release.read<Status>('status')).toMatchObject({state: 'ready', operation: null});
      await expectNewStream();
    });
  });

  /** Other operations leave the rotation alone, and say what ends it. */
  async function expectOthersWait(what: string): Promise<void> {
    const status = await release.read<Status>('status');
    expect(status.operation).toMatchObject({kind: 'rotate-password', alive: false});
    if (what.startsWith('when the server has them')) {
      expect(status.cause?.code).toBe('PASSWORD_MISMATCH');
      expect(status.cause?.message).toContain('its passwords are being changed');
      expect(status.cause?.remedies[0]?.command).toMatch(/^pg-helm-install recover orders/);
    }
    const scaled = await release.run('scale', '--read-replicas', '2');
    expect({code: scaled.code, cause: scaled.json.cause?.code}).toEqual({code: 3, cause: 'RELEASE_LOCKED'});
    expect(scaled.json.cause?.remedies[0]?.command).toMatch(/^pg-helm-install recover orders/);
  }
});
