// What pg_isready finds out: it sends the first packet of a session and reads the server's answer.
import {connect} from 'node:net';
import type {Address} from '../../parts.ts';

type ServerState = 'accepting connections' | 'rejecting connections' | 'no response';

/** SQLSTATE cannot_connect_now: the server starts, stops or recovers. */
const notNow = '57P03';

/** Never throws. PostgreSQL: protocol-flow; libpq, PQping. */
export function serverState(
  {host, port}: Address,
  {user = 'postgres', timeoutMs = 3000}: {readonly user?: string; readonly timeoutMs?: number} = {},
): Promise<ServerState> {
  return new Promise((resolve) => {
    // A host that is a folder holds the server's socket.
    const socket = host.startsWith('/') ? connect({path: `${host}/.s.PGSQL.${port}`}) : connect({host, port});
    let answer = Buffer.alloc(0);
    const end = (state: ServerState) => {
      socket.destroy();
      resolve(state);
    };
    socket.setTimeout(timeoutMs, () => end('no response'));
    socket.on('error', () => end('no response'));
    socket.on('close', () => end('no response'));
    socket.on('connect', () => socket.write(startUp({user, database: user})));
    socket.on('data', (chunk) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer[0] === 0x52) return end('accepting connections');
      if (answer[0] !== 0x45 || answer.length < 5 || answer.length < answer.readInt32BE(1) + 1) return;
      const fields = answer.subarray(5).toString('utf8').split('\0');
      end(fields.includes(`C${notNow}`) ? 'rejecting connections' : 'accepting connections');
    });
  });
}

function startUp(parameters: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.from(`${Object.entries(parameters).flat().join('\0')}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(body.length + 8, 0);
  head.writeInt32BE(3 << 16, 4);
  return Buffer.concat([head, body]);
}
