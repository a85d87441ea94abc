// Has the server in a pod use another certificate without a restart: the files go into its container by standard input,
// the server reads them again, and what it then shows is looked at. PostgreSQL manual, 18.9: a reload takes both files.
import {X509Certificate} from 'node:crypto';
import type {Duplex} from 'node:stream';
import {setTimeout} from 'node:timers/promises';
import {connect} from 'node:tls';
import {authorityKey, renewedFolder, type CertificateSecret} from '../chart/parameters/tls.ts';
import {clock} from '../core/time.ts';
import type {Exec} from './psql.ts';

interface LoadCertificate {
  readonly exec: Exec;
  /** Opens a stream to the server's port in that pod. */
  readonly openStream: () => Promise<Duplex>;
  readonly pod: string;
  readonly container: string;
  readonly from: CertificateSecret;
  readonly stored: {readonly certificate: string; readonly key: string; readonly authority: string | null};
}

const execTimeoutMs = 15_000;
const shownWithinMs = 10_000;
const betweenLooksMs = 200;

/**
 * The names of the files are arguments. Their contents come on standard input, a line for each file, because it may
 * never be closed. All files are written before the first is put in place.
 */
const script = [
  'umask 077; cd "$1" || exit 1; shift',
  'for name in "$@"; do read -r text || exit 1; printf %s "$text" | base64 -d > ".$name.new" || exit 1; done',
  'for name in "$@"; do mv ".$name.new" "$name" || exit 1; done',
  'exec kill -HUP "$(head -1 "$PGDATA/postmaster.pid")"',
].join('\n');

/**
 * @returns null when the server shows the certificate, or cannot be asked what it shows; else why not, in words without
 * the key. Throws what exec throws.
 */
export async function loadCertificate(ask: LoadCertificate): Promise<string | null> {
  const {exec, pod, container, from, stored} = ask;
  const files = [
    [from.certificateKey, stored.certificate],
    [from.keyKey, stored.key],
    ...(stored.authority === null ? [] : [[authorityKey, stored.authority]]),
  ] as const;
  const stdin = files.map(([, text]) => `${Buffer.from(text).toString('base64')}\n`).join('');
  const command = ['sh', '-c', script, 'sh', renewedFolder, ...files.map(([name]) => name)];
  const {exitCode, stderr} = await exec(pod, container, command, stdin, execTimeoutMs);
  if (exitCode !== 0) return `the files could not be written there: ${stderr.trim() || `exit code ${exitCode}`}`;
  return untilShown(ask, new X509Certificate(stored.certificate).fingerprint256);
}

async function untilShown({openStream}: LoadCertificate, desired: string): Promise<string | null> {
  const deadline = clock.now() + shownWithinMs;
  for (;;) {
    const shown = await openStream()
      .then(shownCertificate)
      .catch(() => null);
    if (shown === desired) return null;
    // A user who may not forward ports cannot ask. The server was told to reload, and its log says whether it did.
    if (clock.now() > deadline) return shown === null ? null : 'the server still shows another certificate';
    await setTimeout(betweenLooksMs);
  }
}

/** SSLRequest: its length, and the number 80877103. PostgreSQL manual, 53.7. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** The fingerprint of the certificate that a server of PostgreSQL shows. @throws Error where it shows none */
async function shownCertificate(stream: Duplex): Promise<string> {
  try {
    stream.write(sslRequest);
    const answer = await firstByte(stream);
    if (answer !== 'S') throw new Error('the server has no TLS');
    const socket = connect({socket: stream, rejectUnauthorized: false});
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve);
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the server closed the connection')));
    });
    const shown = socket.getPeerX509Certificate();
    socket.destroy();
    if (!shown) throw new Error('the server showed no certificate');
    return shown.fingerprint256;
  } finally {
    stream.destroy();
  }
}

async function firstByte(stream: Duplex): Promise<string> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.once('close', () => reject(new Error('the server closed the connection')));
    stream.once('readable', () => resolve(String((stream.read(1) as Buffer | null) ?? '')));
  });
}
