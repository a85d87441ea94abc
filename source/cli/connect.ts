// connect: runs psql on an endpoint, or holds a local port to it open. The password never becomes an argument.
import {postgresPort} from '../chart/names.ts';
import {spawn} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {badInput, cause, UserError, type Cause} from '../core/cause.ts';
import {propose} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import {openPodStream} from '../cluster/exec.ts';
import {isReady, viewOf, type Role} from '../observation/release-view.ts';
import type {Target} from '../observation/snapshot.ts';
import {fromValues} from '../chart/values.ts';
import {forward} from '../postgres/forward.ts';
import type {Invocation, Run} from './command.ts';
import {requireRelease, openSession, roleOf, text, type Session} from './session.ts';

export const runConnect: Run = async (invocation) => {
  const role = roleOf(invocation.options) ?? 'writer';
  const localPort = localPortOf(invocation);
  const session = await openSession(invocation);
  const snapshot = requireRelease(await session.ports.look());
  const {writerPod, readerPods} = viewOf(snapshot);
  const pod = (role === 'writer' ? [writerPod] : readerPods).find((one) => isReady(one ?? null))?.metadata.name;
  const parameters = fromValues(snapshot.release.values);
  if (!pod || !parameters) throw new UserError(notReady(role, session.target));
  const held = await forward({
    openStream: (name, port) => openPodStream(session.connection, session.target.namespace, name, port),
    pod,
    podPort: postgresPort,
    localPort: localPort ?? 0,
  });
  try {
    if (localPort === null) return await psql(invocation, session, held.port, parameters);
    const {release, namespace, context} = session.target;
    const line = `127.0.0.1:${held.port} is the ${role} of ${release} (${pod}) until you stop this with ctrl-c.`;
    invocation.reporter.answer(
      {operation: 'connect', release, namespace, context, role, pod, host: '127.0.0.1', port: held.port},
      () => [line, `  psql -h 127.0.0.1 -p ${held.port} -U ${parameters.username} -d ${parameters.database}`],
    );
    await new Promise((resolve) => invocation.signal.addEventListener('abort', resolve, {once: true}));
    return 0;
  } finally {
    await held.close();
    session.connection.api.close();
  }
};

/** The local port to hold open; null where psql is to run instead. */
function localPortOf({options, stdin}: Invocation): number | null {
  const asked = text(options['forward']);
  if (asked === null) {
    if (!stdin.isTTY) throw badInput('psql needs a terminal. To hold a port open instead, add --forward PORT.');
    return null;
  }
  const port = Number(asked);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw badInput(`--forward: "${asked}" is no port. Right is 0 to 65535.`);
  return port;
}

function notReady(role: Role, target: Target): Cause {
  return cause('ENDPOINT_UNPROVEN', `No ${role} of ${target.release} is ready.`, {
    remedies: [propose('See why', {kind: 'status', ...releaseRef(target), watch: false})],
  });
}

/** Runs psql. The password is in a file that only this user can read, and that exists only while psql runs. */
async function psql(
  {environment, interrupts}: Invocation,
  {ports}: Session,
  port: number,
  {username, database}: {username: string; database: string},
) {
  const passwords = await ports.passwords();
  const folder = await mkdtemp(join(tmpdir(), 'pg-helm-install-'));
  const file = join(folder, 'pgpass');
  const escaped = (passwords?.user ?? '').replace(/[\\:]/g, '\\$&');
  try {
    await writeFile(file, `127.0.0.1:${port}:*:*:${escaped}\n`, {mode: 0o600});
    const child = spawn('psql', ['-h', '127.0.0.1', '-p', String(port), '-U', username, '-d', database], {
      stdio: 'inherit',
      env: {...environment, PGPASSFILE: file},
    });
    // Ctrl-C belongs to psql while it runs: it cancels a query.
    interrupts.ignored = true;
    return await new Promise<number>((resolve, reject) => {
      child.on('exit', (code) => resolve(code ?? 1));
      child.on('error', () =>
        reject(
          badInput('psql was not found on PATH.', [
            {
              title: 'Install the PostgreSQL client, or hold a port open for another one',
              command: 'pg-helm-install connect NAME --forward 15432',
            },
          ]),
        ),
      );
    });
  } finally {
    interrupts.ignored = false;
    await rm(folder, {recursive: true, force: true});
  }
}
