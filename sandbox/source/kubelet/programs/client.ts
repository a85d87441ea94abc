// The programs that pods find on their PATH and this machine may not have: each is a shell script that hands its words
// and streams to the sandbox, which does the work.
import {chmod, mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {dumpAll, dumpClient, dumpWorker} from './dump.ts';

export const standIns = ['psql', 'pg_isready'] as const;
/** In the image, and not in the package: a command that needs one says so. */
const absent = [
  'pg_restore',
  'pg_basebackup',
  'createdb',
  'createuser',
  'dropdb',
  'dropuser',
  'vacuumdb',
  'reindexdb',
  'pgbench',
];

/**
 * Frames of both ways: a byte for what it is, four for its length. To the sandbox: 0 the request, 1 input, 2 its end.
 * From it: 1, 2 output, 3 the exit code.
 */
const client = `
import {connect} from 'node:net';
const [host, port, token] = (process.env.PGHI_SANDBOX ?? '').split(' ');
const socket = connect({host, port: Number(port)});
const send = (kind, bytes) => {
  const head = Buffer.alloc(5);
  head[0] = kind;
  head.writeUInt32BE(bytes.length, 1);
  socket.write(Buffer.concat([head, bytes]));
};
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('PG') && name !== 'PGHI_SANDBOX'));
send(0, Buffer.from(JSON.stringify({token, words: process.argv.slice(2), environment, folder: process.cwd()})));
process.stdin.on('data', (chunk) => send(1, chunk)).on('end', () => send(2, Buffer.alloc(0))).on('error', () => send(2, Buffer.alloc(0)));
let left = Buffer.alloc(0);
let waiting = 0;
const write = (stream, bytes) => { waiting++; stream.write(bytes, () => { waiting--; leave(); }); };
let code = null;
const leave = () => { if (code !== null && waiting === 0) process.exit(code); };
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => process.exit(141));
socket.on('data', (chunk) => {
  left = Buffer.concat([left, chunk]);
  while (left.length >= 5 && left.length >= 5 + left.readUInt32BE(1)) {
    const kind = left[0], bytes = left.subarray(5, 5 + left.readUInt32BE(1));
    left = left.subarray(5 + bytes.length);
    if (kind === 3) code = Number(bytes.toString());
    else write(kind === 1 ? process.stdout : process.stderr, Buffer.from(bytes));
  }
  leave();
});
socket.on('error', (error) => { process.stderr.write('the sandbox does not answer: ' + error.message + '\\n'); process.exit(2); });
socket.on('close', () => { code ??= 2; leave(); });
`;

/** Writes the programs anew: this version of the sandbox may have others. */
export async function writePrograms(folder: string, node: string): Promise<void> {
  await mkdir(folder, {recursive: true});
  const write = async (name: string, text: string, mode: number) => {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), mode);
  };
  await write('client.mjs', client, 0o644);
  await write('dump.mjs', dumpClient, 0o644);
  await write('dump-worker.mjs', dumpWorker, 0o644);
  const quoted = (path: string) => `'${path.replace(/'/g, "'\\''")}'`;
  await write(
    'pg_dump',
    `#!/bin/sh\n# pg_dump in the pg-helm-install sandbox.\nexec ${quoted(node)} ${quoted(join(folder, 'dump.mjs'))} "$@"\n`,
    0o755,
  );
  await write('pg_dumpall', dumpAll(quoted(join(folder, 'psql')), quoted(join(folder, 'pg_dump'))), 0o755);
  for (const name of standIns)
    await write(
      name,
      `#!/bin/sh\n# A stand-in of the pg-helm-install sandbox.\nexec ${quoted(node)} ${quoted(join(folder, 'client.mjs'))} ${name} "$@"\n`,
      0o755,
    );
  for (const name of absent)
    await write(
      name,
      `#!/bin/sh\necho "${name}: the sandbox does not have it: its PostgreSQL is initdb, pg_ctl, postgres and pg_dump alone. Run your own against the endpoint." >&2\nexit 127\n`,
      0o755,
    );
}
