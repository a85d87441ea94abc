// New passwords while a client writes: nothing restarts, no write fails, the earlier ones are refused, and readers
// stream with theirs.
import {afterAll, beforeAll, expect, test} from 'vitest';
import {OperatedRelease, readerPod, writerPod} from '../support/operated-release.ts';
import {kubectlJson} from '../support/namespace.ts';
import {waitFor} from '../support/wait-for.ts';

const secretName = 'orders-postgresql-auth';
const keys = {admin: 'postgres-password', app: 'password', replication: 'replication-password'} as const;
const users = {admin: 'postgres', app: 'app', replication: 'repl_user'} as const;
type Role = keyof typeof keys;

let release: OperatedRelease;
beforeAll(async () => {
  release = await OperatedRelease.install('rotate', [
    ...['--read-replicas', '1', '--username', 'app', '--database', 'appdb'],
  ]);
});
afterAll(() => release.namespace.remove());

async function passwords(): Promise<Readonly<Record<string, string>>> {
  const {data} = await kubectlJson<{data: Record<string, string>}>([
    ...['-n', release.namespace.name, 'get', 'secret', secretName],
  ]);
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));
}

/** As a client would, the password on standard input. */
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

/** The reader's stream is cut, and comes back with what it has now. */
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
