// From nothing to a proven database, as a newcomer types it: an empty home, only Node and npm on PATH, a terminal of
// 80×24. Downloads come from wherever npm is configured to look; a slow registry is part of the time.
import {execFileSync, spawnSync} from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import pg from 'pg';
import {closeTerminals, openTerminal} from './pseudo-terminal.mjs';
import {limitRow} from './table.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const maxMs = 120_000;
/** The programs that every system has; helm and kubectl are not among them. */
const system = ['sh', 'env', 'ps', 'id', 'uname', 'tar', 'gzip'];

export const newcomer = {
  needsCluster: false,
  onlyByName: true,
  async run({report}) {
    const folder = mkdtempSync(join(tmpdir(), 'pghi-newcomer-'));
    // When root runs the bench, PostgreSQL runs as another user, who has to get into the folder.
    chmodSync(folder, 0o755);
    const place = placeIn(folder);
    try {
      const began = performance.now();
      const seconds = () => `${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`;
      const terminal = openTerminal(join(place.bin, 'npx'), [...place.npx, 'pg-helm-install'], {env: place.env});
      for (const [what, keys] of keysOf) {
        await withDeadline(terminal, what);
        report(`${seconds()}  ${what}`);
        terminal.write(keys);
      }
      await terminal.ended;
      const written = await asClient(place);
      const ms = performance.now() - began;
      report(`${seconds()}  a client wrote ${written} row and read it again`);
      return [
        limitRow('from nothing to a client that writes', ms, maxMs, 1, (value) => `${Math.round(value / 1000)} s`),
      ];
    } finally {
      closeTerminals();
      spawnSync(join(place.bin, 'npx'), [...place.npx, 'pg-helm-install', 'sandbox', 'down', '--delete'], {
        env: place.env,
      });
      rmSync(folder, {recursive: true, force: true});
    }
  },
};

const down = '\u001b[B';

/** What is on the screen, and what is typed then: the parameters' last line, the views of the plan, the dashboard. */
const keysOf = [
  ['Try it here', '\r'],
  ['fetch helm', '\r'],
  ['The parameters come next', '\r'],
  ['this machine only', `${down.repeat(6)}\r`],
  ['m view', '\r'],
  ['all releases', 'q'],
];

/** A machine that has Node and npm, and nothing else: what to run there, and with which environment. */
export function placeIn(folder) {
  const [bin, home] = [join(folder, 'bin'), join(folder, 'home')];
  for (const one of [bin, home, join(folder, 'empty')]) mkdirSync(one);
  const npm = dirname(realpathSync(execFileSync('sh', ['-c', 'command -v npm'], {encoding: 'utf8'}).trim()));
  symlinkSync(process.execPath, join(bin, 'node'));
  for (const name of ['npm', 'npx']) {
    const script = `#!/bin/sh\nexec node ${join(npm, `${name}-cli.js`)} "$@"\n`;
    writeFileSync(join(bin, name), script, {mode: 0o755});
  }
  for (const name of system) {
    const {stdout, status} = spawnSync('sh', ['-c', `command -v ${name}`], {encoding: 'utf8'});
    if (status === 0) symlinkSync(stdout.trim(), join(bin, name));
  }
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {cwd: root, stdio: 'ignore'});
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  const registry = execFileSync('npm', ['config', 'get', 'registry'], {encoding: 'utf8', cwd: folder}).trim();
  const {NODE_EXTRA_CA_CERTS, HTTPS_PROXY, NO_PROXY} = process.env;
  const given = Object.entries({NODE_EXTRA_CA_CERTS, HTTPS_PROXY, NO_PROXY}).filter(([, value]) => value);
  return {
    bin,
    npx: ['--yes', '--package', join(folder, tarball)],
    env: {
      ...Object.fromEntries(given),
      PATH: bin,
      HOME: home,
      PWD: join(folder, 'empty'),
      npm_config_registry: registry,
      XDG_STATE_HOME: join(folder, 'state'),
      TERM: 'xterm-256color',
    },
  };
}

/** Waits until it is on the screen. */
export async function withDeadline(terminal, what) {
  const late = new Promise((_, reject) =>
    setTimeout(() => {
      reject(new Error(`"${what}" did not come:\n${terminal.output().slice(-3000)}`));
    }, maxMs / 2).unref(),
  );
  await Promise.race([terminal.seen(what), late]);
}

/** Writes a row as a client would, connecting with the URI that one of our own commands prints. */
async function asClient({bin, npx, env}) {
  const command = [...npx, 'pg-helm-install', 'endpoints', 'orders', '--sandbox', '--role', 'writer'];
  const uri = execFileSync(join(bin, 'npx'), [...command, '--format', 'uri', '--show-password'], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const client = new pg.Client({connectionString: uri.trim()});
  await client.connect();
  try {
    await client.query('create table newcomer (at timestamptz)');
    await client.query('insert into newcomer values (now())');
    const {rows} = await client.query('select count(*)::int as count from newcomer');
    return rows[0].count;
  } finally {
    await client.end();
  }
}
