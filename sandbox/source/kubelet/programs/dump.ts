// pg_dump and pg_dumpall of the pods. pg_dump is PostgreSQL's own, compiled to WebAssembly: a worker runs it and waits
// for what the server sends, which the
// main thread reads from the socket. pg_dumpall asks for roles and databases by psql, and has each database dumped by
// pg_dump.

/** Asks the sandbox where the server is reached and where the tool is, and carries bytes between both. */
export const dumpClient = `
import {connect} from 'node:net';
import {readFileSync} from 'node:fs';
import {MessageChannel, Worker} from 'node:worker_threads';
const words = process.argv.slice(2);
const option = (short, long, variable, otherwise) => {
  for (const [at, word] of words.entries()) {
    if (word === short || word === '--' + long) return words[at + 1] ?? '';
    if (word.startsWith('--' + long + '=')) return word.slice(long.length + 3);
    if (word.startsWith(short) && !word.startsWith('--')) return word.slice(2);
  }
  return process.env[variable] || otherwise;
};
const fail = (text, code = 1) => { process.stderr.write('pg_dump: error: ' + text + '\\n'); process.exit(code); };
const asked = (host, port) => new Promise((resolve) => {
  const [gateway, at, token] = (process.env.PGHI_SANDBOX ?? '').split(' ');
  const said = [Buffer.alloc(0), Buffer.alloc(0), Buffer.alloc(0), Buffer.alloc(0)];
  let left = Buffer.alloc(0);
  const request = Buffer.from(JSON.stringify({token, words: ['dump-place', host, port], environment: {}, folder: process.cwd()}));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(request.length, 1);
  connect({host: gateway, port: Number(at)}).on('data', (chunk) => {
    left = Buffer.concat([left, chunk]);
    while (left.length >= 5 && left.length >= 5 + left.readUInt32BE(1)) {
      const size = left.readUInt32BE(1);
      said[left[0]] = Buffer.concat([said[left[0]], left.subarray(5, 5 + size)]);
      left = left.subarray(5 + size);
    }
  }).on('error', (error) => fail('the sandbox does not answer: ' + error.message))
    .on('close', () => (String(said[3]) === '0' ? resolve(JSON.parse(String(said[1]))) : fail(String(said[2]).trim(), Number(said[3]))))
    .write(Buffer.concat([head, request]));
});

const format = option('-F', 'format', '', 'p');
if (!/^[pct]/.test(format)) fail('the pg_dump of the sandbox writes plain text, the custom and the tar format, not ' + format);
const needsServer = !words.some((word) => ['--version', '-V', '--help', '-?'].includes(word));
const place = await asked(option('-h', 'host', 'PGHOST', ''), option('-p', 'port', 'PGPORT', '5432'));
let passwords = '';
try { if (process.env.PGPASSFILE) passwords = readFileSync(process.env.PGPASSFILE, 'utf8'); } catch {}

const wake = new Int32Array(new SharedArrayBuffer(4));
const {port1, port2} = new MessageChannel();
const give = (bytes) => { port1.postMessage(bytes, bytes ? [bytes.buffer] : []); Atomics.add(wake, 0, 1); Atomics.notify(wake, 0); };
/** What the worker has not read yet is kept small: a dump may be larger than the memory. */
const most = 1 << 20;
let waiting = 0;
const socket = needsServer ? connect(place.host.startsWith('/') ? {path: place.host + '/.s.PGSQL.' + place.port} : {host: place.host, port: place.port}) : null;
socket?.on('data', (chunk) => {
  waiting += chunk.length;
  if (waiting > most) socket.pause();
  give(Uint8Array.from(chunk));
}).on('error', (error) => fail('connection to server failed: ' + error.message)).on('end', () => give(null));
const start = () => {
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('PG') && !name.startsWith('PGHI_') && name !== 'PGPASSFILE'));
  const worker = new Worker(new URL('./dump-worker.mjs', import.meta.url), {workerData: {port: port2, wake, words, tool: place.tool, passwords, environment, file: option('-f', 'file', '', '')}, transferList: [port2]});
  worker.on('message', ({sent, taken = 0}) => {
    if (sent) socket?.write(sent);
    waiting -= taken;
    if (waiting < most / 2) socket?.resume();
  }).on('error', (error) => fail(error.message)).on('exit', (code) => process.exit(code));
};
if (socket) socket.on('connect', start); else start();
`;

export const dumpWorker = `
import fs from 'node:fs';
import {parentPort, receiveMessageOnPort, workerData} from 'node:worker_threads';
const {port, wake, words, tool, passwords, environment, file} = workerData;
const {open} = await import(tool);
let seen = 0, pieces = [], ended = false, wasEmpty = false;
const take = (waits) => {
  for (;;) {
    const received = receiveMessageOnPort(port);
    if (received) { if (received.message === null) ended = true; else pieces.push(received.message); continue; }
    if (pieces.length > 0 || ended || !waits) return;
    const now = Atomics.load(wake, 0);
    if (now === seen) Atomics.wait(wake, 0, now); else seen = now;
  }
};
/** A pipe that is full is waited for; one that nobody reads any more ends the program. */
const whole = (fd, bytes) => {
  for (let at = 0; at < bytes.length; ) {
    try { at += fs.writeSync(fd, bytes, at, bytes.length - at); } catch (error) {
      if (error.code === 'EPIPE') process.exit(141);
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
  return bytes.length;
};
const target = file === '' ? 1 : fs.openSync(file, 'w');
let code = 0;
const program = await open({
  noExitRuntime: false,
  thisProgram: '/bin/pg_dump',
  print: (text) => whole(target, Buffer.from(text + '\\n')),
  printErr: (text) => whole(2, Buffer.from(text + '\\n')),
  onExit: (status) => { code = status; },
  preRun: [(module) => {
    Object.assign(module.ENV, environment, {HOME: '/home/postgres', USER: 'postgres', LOGNAME: 'postgres', ...(passwords === '' ? {} : {PGPASSFILE: '/passwords'})});
    module.onRuntimeInitialized = () => {
      const write = module.addFunction((from, length) => { parentPort.postMessage({sent: module.HEAPU8.slice(from, from + length)}); return length; }, 'iii');
      // Asked again after nothing came, it waits: the first time it only looks.
      const read = module.addFunction((to, most) => {
        take(wasEmpty);
        wasEmpty = pieces.length === 0;
        if (wasEmpty) return 0;
        const [piece] = pieces;
        const length = Math.min(most, piece.length);
        module.HEAPU8.set(piece.subarray(0, length), to);
        if (length === piece.length) pieces.shift(); else pieces[0] = piece.subarray(length);
        parentPort.postMessage({taken: length});
        return length;
      }, 'iii');
      module._pgl_set_rw_cbs(read, write);
      // It looks for itself.
      module.FS.mkdirTree('/bin');
      module.FS.writeFile('/bin/pg_dump', '');
      module.FS.chmod('/bin/pg_dump', 0o755);
      if (passwords !== '') { module.FS.writeFile('/passwords', passwords); module.FS.chmod('/passwords', 0o600); }
      const {streams} = module.FS;
      streams[1].stream_ops = {...streams[1].stream_ops, write: (_stream, buffer, from, length) => whole(target, Buffer.from(buffer.buffer, buffer.byteOffset + from, length))};
    };
  }],
});
// Its own options for the file and the address mean nothing in there.
const kept = [];
for (let at = 0; at < words.length; at++) {
  if (['-f', '--file'].includes(words[at])) at++;
  else if (!/^(-f.+|--file=.*)$/.test(words[at])) kept.push(words[at]);
}
try { code = program.callMain(kept) ?? code; } catch (error) { if (error?.status === undefined) { process.stderr.write('pg_dump: error: ' + error.message + '\\n'); code = 1; } else code = error.status; }
process.exit(code);
`;

/**
 * `psql` and `pgDump` are commands of a shell. Options that it does not know are those of pg_dump. Written after
 * pg_dumpall 17; role passwords are in the ALTER ROLE lines.
 */
export const dumpAll = (psql: string, pgDump: string): string => `#!/bin/sh
# pg_dumpall of the pg-helm-install sandbox.
file= clean= globals= left=$#
while [ "$left" -gt 0 ]; do
  word=$1 value=; shift; left=$((left - 1))
  case $word in
    -h|-p|-U|-f|--host|--port|--username|--file) value=$1; shift; left=$((left - 1)) ;;
    --*=*) value=\${word#*=} ;;
  esac
  case $word in
    -h|--host|--host=*) export PGHOST="$value" ;;
    -p|--port|--port=*) export PGPORT="$value" ;;
    -U|--username|--username=*) export PGUSER="$value" ;;
    -f|--file|--file=*) file=$value ;;
    -w|--no-password) ;;
    -c|--clean) clean=1 ;;
    -g|--globals-only) globals=1 ;;
    -V|--version) echo 'pg_dumpall (PostgreSQL) 17.6, of the pg-helm-install sandbox'; exit 0 ;;
    *) set -- "$@" "$word" ;;
  esac
done
unset PGDATABASE
if [ -n "$file" ]; then exec > "$file" || exit 1; fi
ask() { ${psql} -XAtq -v ON_ERROR_STOP=1 -d postgres; }
cat <<'END'
--
-- PostgreSQL database cluster dump
--

SET default_transaction_read_only = off;

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

END
if [ -n "$clean" ]; then ask <<'END' || exit 1
select format('DROP DATABASE IF EXISTS %I;', datname) from pg_database where datallowconn and datconnlimit <> -2 and datname not in ('postgres', 'template1') order by datname;
select format('DROP ROLE IF EXISTS %I;', rolname) from pg_authid where rolname !~ '^pg_' order by rolname;
END
fi
ask <<'END' || exit 1
select E'--\\n-- Roles\\n--\\n';
select format(E'CREATE ROLE %1$I;\\nALTER ROLE %1$I WITH %2$s;', rolname, concat_ws(' ',
    case when rolsuper then 'SUPERUSER' else 'NOSUPERUSER' end, case when rolinherit then 'INHERIT' else 'NOINHERIT' end,
    case when rolcreaterole then 'CREATEROLE' else 'NOCREATEROLE' end, case when rolcreatedb then 'CREATEDB' else 'NOCREATEDB' end,
    case when rolcanlogin then 'LOGIN' else 'NOLOGIN' end, case when rolreplication then 'REPLICATION' else 'NOREPLICATION' end,
    case when rolbypassrls then 'BYPASSRLS' else 'NOBYPASSRLS' end, 'CONNECTION LIMIT ' || nullif(rolconnlimit, -1),
    'PASSWORD ' || quote_literal(rolpassword), 'VALID UNTIL ' || quote_literal(rolvaliduntil)))
  || coalesce(format(E'\\nCOMMENT ON ROLE %I IS ', rolname) || quote_literal(shobj_description(oid, 'pg_authid')) || ';', '')
  from pg_authid where rolname !~ '^pg_' order by rolname;
select E'\\n--\\n-- User configurations\\n--\\n';
select format('ALTER ROLE %I SET %I TO %s;', rolname, split_part(one, '=', 1),
    case when split_part(one, '=', 1) in ('local_preload_libraries', 'search_path', 'session_preload_libraries', 'shared_preload_libraries', 'temp_tablespaces', 'unix_socket_directories')
      then substr(one, strpos(one, '=') + 1) else quote_literal(substr(one, strpos(one, '=') + 1)) end)
  from pg_db_role_setting join pg_authid on pg_authid.oid = setrole, unnest(setconfig) with ordinality as each(one, at) where setdatabase = 0 and rolname !~ '^pg_' order by rolname, at;
select E'\\n--\\n-- Role memberships\\n--\\n';
select format('GRANT %I TO %I WITH %sINHERIT %s%s GRANTED BY %I;', pg_get_userbyid(roleid), pg_get_userbyid(member), case when admin_option then 'ADMIN OPTION, ' else '' end,
    case when inherit_option then 'TRUE' else 'FALSE' end, case when set_option then '' else ', SET FALSE' end, pg_get_userbyid(grantor))
  from pg_auth_members where pg_get_userbyid(member) !~ '^pg_' order by grantor <> 10, not admin_option, pg_get_userbyid(roleid), pg_get_userbyid(member);
select E'\\n--\\n-- Role privileges on configuration parameters\\n--\\n';
select format('GRANT %s ON PARAMETER %s TO %s%s;', privilege_type, parname, case when grantee = 0 then 'PUBLIC' else quote_ident(pg_get_userbyid(grantee)) end, case when is_grantable then ' WITH GRANT OPTION' else '' end)
  from pg_parameter_acl, aclexplode(paracl) where grantee <> 10 order by parname, privilege_type, 1;
select E'\\n--\\n-- Tablespaces\\n--\\n';
select format('CREATE TABLESPACE %I OWNER %I LOCATION %L;', spcname, pg_get_userbyid(spcowner), pg_tablespace_location(oid)) from pg_tablespace where spcname !~ '^pg_' order by spcname;
END
if [ -z "$globals" ]; then
  databases=$(ask <<'END'
select datname from pg_database where datallowconn and datconnlimit <> -2 order by datname <> 'template1', datname;
END
) || exit 1
  printf '\\n--\\n-- Databases\\n--\\n'
  printf '%s\\n' "$databases" | while IFS= read -r name; do
    printf '\\n--\\n-- Database "%s" dump\\n--\\n\\n' "$name"
    how=--create
    case $name in postgres|template1) how=\${clean:+--clean --create}; [ -n "$clean" ] || printf '\\\\connect %s\\n\\n' "$name" ;; esac
    PGDATABASE=$name ${pgDump} $how "$@" < /dev/null || { code=$?; echo "pg_dumpall: error: pg_dump failed on database \\"$name\\", exiting" >&2; exit "$code"; }
  done || exit $?
fi
printf '%s\\n' '--' '-- PostgreSQL database cluster dump complete' '--' ''
`;
