// A mirror of helm on this machine, and a program that has no other helm: as where nobody has installed one.
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {pack} from 'tar-stream';
import {pinnedHelm} from '../../../source/helm/pinned-helm.ts';
import {helm4, root} from '../paths.ts';

export interface WithoutHelm {
  /** The program and its arguments, to be run by Node.js. */
  readonly command: readonly string[];
  /** A cache of its own for each call, so that helm is missing again. */
  env(): Record<string, string>;
  /** The paths that the mirror was asked for, since the last call. */
  asked(): readonly string[];
  stop(): void;
}

/** The package as npm would publish it: in a checkout the program would find the checkout's helm. */
export async function programWithoutHelm(): Promise<WithoutHelm> {
  const folder = mkdtempSync(join(tmpdir(), 'pghi-no-helm-'));
  const npm = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const tarball = execFileSync('npm', npm, {cwd: root, encoding: 'utf8'}).trim();
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', folder]);
  const pinned = pinnedHelm(process.platform, process.arch);
  const archive = await archiveOf(pinned?.archive.entry ?? 'helm');
  let asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(archive);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const trust = join(folder, 'trust.cjs');
  writeFileSync(trust, trusting(archive, pinned?.archive.sha256 ?? ''));
  return {
    command: ['--require', trust, join(folder, 'package', 'bin', 'pg-helm-install.js')],
    env: () => ({
      // PATH has the shell's own programs, and no helm.
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: folder,
      XDG_CACHE_HOME: mkdtempSync(join(folder, 'cache-')),
      PGHI_HELM: '',
      PGHI_HELM_MIRROR: mirror,
      KUBECONFIG: '',
    }),
    asked() {
      const paths = asked;
      asked = [];
      return paths;
    },
    stop() {
      server.close();
      rmSync(folder, {recursive: true, force: true});
    },
  };
}

/** An archive as helm's project makes them, whose program runs the checkout's helm. */
async function archiveOf(entry: string): Promise<Buffer> {
  const tar = pack();
  tar.entry({name: entry, mode: 0o755}, `#!/bin/sh\nexec '${helm4}' "$@"\n`);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

/**
 * Loaded before the program: gives this one archive the checksum of the real one, which no test has at hand. That
 * another file is refused is shown in test/helm/fetch-helm.test.ts.
 */
function trusting(archive: Buffer, pinned: string): string {
  const own = createHash('sha256').update(archive).digest('hex');
  return [
    "const crypto = require('node:crypto');",
    'const {createHash} = crypto;',
    'crypto.createHash = (...words) => {',
    '  const hash = createHash(...words);',
    '  const digest = hash.digest.bind(hash);',
    `  hash.digest = (...how) => { const sum = digest(...how); return sum === '${own}' ? '${pinned}' : sum; };`,
    '  return hash;',
    '};',
    "require('node:module').syncBuiltinESMExports();",
    '',
  ].join('\n');
}
