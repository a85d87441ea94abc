// Reads the Secrets of a server certificate, and writes those that are the installer's. The authority's key stands in a
// Secret of its own, which no pod mounts: otherwise anybody who reads a pod's files could sign certificates for any
// name.
import {X509Certificate} from 'node:crypto';
import {objectNames} from '../chart/names.ts';
import {authorityKey, certificateSecretOf, type CertificateSecret} from '../chart/parameters/tls.ts';
import type {CertificateNames} from '../chart/certificate-names.ts';
import {cause, UserError} from '../core/cause.ts';
import {whyRenew} from '../observation/certificate.ts';
import type {ServerCertificate} from '../observation/server-certificate.ts';
import type {Target} from '../observation/snapshot.ts';
import type {Api} from './api.ts';
import {againWhenRaced, isOurs, writeSecret, type Secret} from './own-secret.ts';
import {paths} from './paths.ts';
import {readPair, type KeyPair} from './server-certificate.ts';

/** Key and certificate as they stand in a Secret, with the authority's certificate; clear text. */
interface StoredCertificate extends KeyPair {
  readonly authority: string | null;
}

const authorityPrivateKey = 'ca.key';

/** @throws ApiError */
export async function readServerCertificate(
  api: Api,
  namespace: string,
  at: CertificateSecret,
): Promise<ServerCertificate> {
  const secret = await api.find<Secret>(`${paths.secrets(namespace)}/${at.secret}`);
  return certificateIn(secret, at);
}

function certificateIn(secret: Secret | null, at: CertificateSecret): ServerCertificate {
  const common = {secret: at.secret, ours: secret !== null && isOurs(secret), writtenAt: secret && writtenAt(secret)};
  if (secret === null) return {...common, found: 'missing'};
  const stored = storedIn(secret, at);
  if (stored === null) return {...common, found: 'lacks keys'};
  const pair = readPair(stored);
  return {...common, found: typeof pair === 'string' ? pair : {...pair, authority: readableAuthority(stored)}};
}

/** Null for a certificate that clients could not read, because each of their connections would fail with it. */
function readableAuthority({authority}: StoredCertificate): string | null {
  try {
    return authority === null ? null : new X509Certificate(authority) && authority;
  } catch {
    return null;
  }
}

/** Null where the Secret, or one of its keys, is not there. @throws ApiError */
export async function readStored(
  api: Api,
  namespace: string,
  at: CertificateSecret,
): Promise<StoredCertificate | null> {
  const secret = await api.find<Secret>(`${paths.secrets(namespace)}/${at.secret}`);
  return secret && storedIn(secret, at);
}

function storedIn(secret: Secret, {certificateKey, keyKey}: CertificateSecret): StoredCertificate | null {
  const [certificate, key, authority] = [certificateKey, keyKey, authorityKey].map((name) => textOf(secret, name));
  return certificate === undefined || key === undefined ? null : {certificate, key, authority: authority ?? null};
}

function textOf({data}: Secret, key: string): string | undefined {
  const encoded = data?.[key];
  return encoded ? Buffer.from(encoded, 'base64').toString('utf8') : undefined;
}

/** When the data was last written: Kubernetes keeps that for each field manager. */
function writtenAt({metadata}: Secret): string | null {
  const times = (metadata.managedFields ?? []).flatMap(({time, fieldsV1}) =>
    time && fieldsV1?.['f:data'] ? time : [],
  );
  return times.sort().at(-1) ?? metadata.creationTimestamp ?? null;
}

/** See the port for what is written when. @throws ApiError, UserError NAME_COLLISION */
export async function writeServerCertificate(api: Api, target: Target, names: CertificateNames): Promise<void> {
  const {namespace, fullname} = target;
  const at = certificateSecretOf({certificate: 'self-signed', required: false}, target);
  if (at === null) throw new Error('a self-signed certificate has a Secret');
  await againWhenRaced(async () => {
    const secret = await api.find<Secret>(`${paths.secrets(namespace)}/${at.secret}`);
    if (secret !== null && !isOurs(secret)) throw notOurs(target, at.secret);
    const now = api.clock.now();
    if (secret !== null && whyRenew(certificateIn(secret, at), names, now) === null) return;
    const {authority, trusted} = await authorityOf(api, target, now);
    const {createServerCertificate} = await import('./create-certificate.ts');
    const made = await createServerCertificate(fullname, names, authority, now);
    await writeSecret(api, target, at.secret, secret, {
      [at.certificateKey]: made.certificate,
      [at.keyKey]: made.key,
      [authorityKey]: trusted,
    });
  });
}

/** `trusted`: the certificates that clients are given; before an authority expires its successor is among them. */
interface Authority {
  readonly authority: KeyPair;
  readonly trusted: string;
}

const yearMs = 366 * 24 * 3_600_000;

async function authorityOf(api: Api, target: Target, now: number): Promise<Authority> {
  const {namespace, fullname} = target;
  const name = objectNames(target).certificateAuthority;
  const secret = await api.find<Secret>(`${paths.secrets(namespace)}/${name}`);
  if (secret !== null && !isOurs(secret)) throw notOurs(target, name);
  const kept = secret && readableAuthorityPair(secret, name);
  if (kept && kept.notAfter - now > yearMs) return {authority: kept.pair, trusted: kept.pair.certificate};
  const {createAuthority} = await import('./create-certificate.ts');
  const made = await createAuthority(`${fullname} CA ${new Date(now).toISOString()}`, now);
  const trusted = `${made.certificate.trimEnd()}\n${kept?.pair.certificate ?? ''}`;
  await writeSecret(api, target, name, secret, {[authorityKey]: trusted, [authorityPrivateKey]: made.key});
  return {authority: made, trusted};
}

function readableAuthorityPair(
  secret: Secret,
  name: string,
): {readonly pair: KeyPair; readonly notAfter: number} | null {
  const pair = storedIn(secret, {secret: name, certificateKey: authorityKey, keyKey: authorityPrivateKey});
  const read = pair && readPair(pair);
  return pair && read && typeof read !== 'string' ? {pair, notAfter: read.notAfter} : null;
}

function notOurs({namespace, release}: Target, name: string): UserError {
  return new UserError(
    cause('NAME_COLLISION', `The Secret ${name} is there already, and this installer did not make it. It was left.`, {
      object: {kind: 'Secret', namespace, name},
      remedies: [
        {title: `If it holds a certificate for ${release}, use it: --tls secret:${name}`},
        {title: 'Or give it another name, or remove it, and run the same command again', again: true},
      ],
    }),
  );
}
