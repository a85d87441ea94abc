// Reads a certificate and its key, in PEM.
import {createPrivateKey, X509Certificate} from 'node:crypto';
import type {CertificateNames} from '../chart/certificate-names.ts';
import type {ReadableCertificate} from '../observation/server-certificate.ts';

/** PEM. The key goes into a Secret, nowhere else. */
export interface KeyPair {
  readonly key: string;
  readonly certificate: string;
}

/** What can be read from a pair; the authority of a ReadableCertificate is not in it. */
type ReadPair = Omit<ReadableCertificate, 'authority'>;

/** What PostgreSQL and its clients would make of the pair. Never throws, and repeats nothing of the key. */
export function readPair({key, certificate}: KeyPair): ReadPair | 'unreadable' | 'other key' {
  try {
    const parsed = new X509Certificate(certificate);
    if (!parsed.checkPrivateKey(createPrivateKey(key))) return 'other key';
    return {
      notBefore: Date.parse(parsed.validFrom),
      notAfter: Date.parse(parsed.validTo),
      fingerprint: parsed.fingerprint256,
      names: namesIn(parsed.subjectAltName ?? ''),
    };
  } catch {
    return 'unreadable';
  }
}

/** As OpenSSL prints them: `DNS:a.example, IP Address:10.0.0.1`. */
function namesIn(subjectAltName: string): CertificateNames {
  const all = subjectAltName.split(', ');
  const after = (prefix: string) =>
    all.flatMap((one) => (one.startsWith(prefix) ? one.slice(prefix.length).toLowerCase() : []));
  return {dns: after('DNS:'), ips: after('IP Address:')};
}
