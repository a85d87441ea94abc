// Makes certificates: an authority of the release's own, and the server's. A module of its own, so that the library is
// loaded only where a certificate is made.
import {generate} from 'selfsigned';
import type {CertificateNames} from '../chart/certificate-names.ts';
import type {KeyPair} from './server-certificate.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const authorityDays = 3650;
const serverDays = 365;

const algorithm = {keyType: 'ec', curve: 'P-256', algorithm: 'sha256'} as const;

/**
 * A new certificate authority, valid for ten years.
 * @param name its common name, different for each authority, because clients could not tell two of them apart otherwise
 * @param now milliseconds since the epoch
 */
export async function createAuthority(name: string, now: number): Promise<KeyPair> {
  const made = await generate([{name: 'commonName', value: name}], {
    ...algorithm,
    ...validity(now, authorityDays),
    extensions: [
      {name: 'basicConstraints', cA: true, critical: true},
      {name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true},
    ],
  });
  return {key: made.private, certificate: made.cert};
}

/**
 * A server certificate for these names, signed by the authority, valid for a year.
 * @param now milliseconds since the epoch
 */
export async function createServerCertificate(
  fullname: string,
  names: CertificateNames,
  authority: KeyPair,
  now: number,
): Promise<KeyPair> {
  const made = await generate([{name: 'commonName', value: fullname}], {
    ...algorithm,
    ...validity(now, serverDays),
    ca: {key: authority.key, cert: authority.certificate},
    extensions: [
      {name: 'basicConstraints', cA: false, critical: true},
      {name: 'keyUsage', digitalSignature: true, critical: true},
      {name: 'extKeyUsage', serverAuth: true},
      {
        name: 'subjectAltName',
        altNames: [
          ...names.dns.map((value) => ({type: 2 as const, value})),
          ...names.ips.map((ip) => ({type: 7 as const, ip})),
        ],
      },
    ],
  });
  return {key: made.private, certificate: made.cert};
}

/** Valid since an hour ago, because the clocks of a cluster and of this machine differ. */
function validity(now: number, days: number): {readonly notBeforeDate: Date; readonly notAfterDate: Date} {
  return {notBeforeDate: new Date(now - hourMs), notAfterDate: new Date(now + days * dayMs)};
}
