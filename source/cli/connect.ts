// connect: runs psql on an endpoint, or holds a local port to it open. The password never becomes an argument.
import {spawn} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {passwordOf} from '../client/questions/endpoints.ts';
import {holdPort, type ForwardHeld} from '../client/forward.ts';
import {ownCommand} from '../commands/command-line.ts';
import {badInput} from '../core/cause.ts';
import type {Invocation, Run} from './command.ts';
import {endOfWatching} from './stopped.ts';
import {closeSession, openSession, roleOf, text, type Session} from './session.ts';

export const runConnect: Run = async (invocation) => {
  const role = roleOf(invocation.options) ?? 'writer';
  const localPort = localPortOf(invocation);
  const session = await openSession(invocation);
  const held = await holdPort(session, role, localPort ?? 0);
  try {
    if (localPort === null) return await psql(invocation, session, held);
    const {release, namespace, context} = session.target;
    const line = `127.0.0.1:${held.port} is the ${role} of ${release} (${held.pod}) until you stop this with ctrl-c.`;
    invocation.reporter.answer(
      {operation: 'connect', release, namespace, context, role, pod: held.pod, host: '127.0.0.1', port: held.port},
      () => [line, `  psql -h 127.0.0.1 -p ${held.port} -U ${held.username} -d ${held.database}`],
    );
    const {signal} = invocation;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, {once: true}));
    return endOfWatching(signal).code;
  } finally {
    await held.close();
    closeSession(session);
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
    throw badInput(`--forward: "${asked}" is not a port. Use a number from 0 to 65535.`);
  return port;
}

/** Runs psql. The password is in a file that only this user can read, and that exists only while psql runs. */
async function psql({environment, interrupts}: Invocation, session: Session, {port, username, database}: ForwardHeld) {
  const password = await passwordOf(session);
  const folder = await mkdtemp(join(tmpdir(), 'pg-helm-install-'));
  const file = join(folder, 'pgpass');
  const escaped = (password ?? '').replace(/[\\:]/g, '\\$&');
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
              command: ownCommand('connect', 'NAME', '--forward', '15432'),
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
