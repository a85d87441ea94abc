// A self-signed certificate for 127.0.0.1, written as DER by hand: Node can sign, but not make certificates.
import {existsSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {createHash, generateKeyPairSync, randomBytes, sign} from 'node:crypto';
import {join} from 'node:path';

export interface Tls {
  /** PEM */
  readonly key: string;
  readonly cert: string;
}

const tenYearsMs = 10 * 365 * 24 * 3600 * 1000;

/** The pair that the folder keeps; made on first use. */
export function tlsOf(folder: string): Tls {
  const file = join(folder, 'tls.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Tls;
  const tls = createTls();
  writeFileSync(`${file}.new`, JSON.stringify(tls), {mode: 0o600});
  renameSync(`${file}.new`, file);
  return tls;
}

/** X.509 v3 with a P-256 key, SAN 127.0.0.1 and localhost, its own authority. */
export function createTls(now = new Date()): Tls {
  const {publicKey, privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'});
  const keyInfo = publicKey.export({type: 'spki', format: 'der'});
  const signature = sequence(oid('1.2.840.10045.4.3.2'));
  const name = sequence(tag(0x31, sequence(oid('2.5.4.3'), tag(0x0c, Buffer.from('pg-helm-install sandbox')))));
  const serial = randomBytes(16);
  // Positive, and without a leading zero byte.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const keyId = createHash('sha1').update(keyInfo).digest();
  const extensions = sequence(
    extension(
      '2.5.29.17',
      false,
      sequence(tag(0x87, Buffer.from([127, 0, 0, 1])), tag(0x82, Buffer.from('localhost'))),
    ),
    extension('2.5.29.19', true, sequence(tag(0x01, Buffer.from([0xff])))),
    extension('2.5.29.15', true, tag(0x03, Buffer.from([2, 0b1000_0100]))),
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.14', false, tag(0x04, keyId)),
  );
  const body = sequence(
    tag(0xa0, tag(0x02, Buffer.from([2]))),
    tag(0x02, serial),
    signature,
    name,
    sequence(time(new Date(now.getTime() - 3600_000)), time(new Date(now.getTime() + tenYearsMs))),
    name,
    keyInfo,
    tag(0xa3, extensions),
  );
  const signed = sequence(body, signature, tag(0x03, Buffer.from([0]), sign('sha256', body, privateKey)));
  return {
    key: privateKey.export({type: 'pkcs8', format: 'pem'}).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${signed.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`,
  };
}

function tag(number: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const {length} = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([number, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]) => tag(0x30, ...parts);

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const number of rest) {
    const septets = [number & 0x7f];
    for (let left = number >>> 7; left > 0; left >>>= 7) septets.unshift((left & 0x7f) | 0x80);
    bytes.push(...septets);
  }
  return tag(0x06, Buffer.from(bytes));
}

function extension(id: string, critical: boolean, content: Buffer): Buffer {
  return sequence(oid(id), ...(critical ? [tag(0x01, Buffer.from([0xff]))] : []), tag(0x04, content));
}

/** UTCTime, as X.509 wants it until 2049. */
function time(at: Date): Buffer {
  return tag(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
}
