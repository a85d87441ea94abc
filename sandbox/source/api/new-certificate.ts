// A self-signed certificate for 127.0.0.1, which is its own authority.
import {generate} from 'selfsigned';
import type {Tls} from './tls.ts';

const hourMs = 3600_000;
const tenYearsMs = 10 * 365 * 24 * hourMs;

/** X.509 v3 with a P-256 key, SAN 127.0.0.1 and localhost. */
export async function createTls(now = new Date()): Promise<Tls> {
  const {private: key, cert} = await generate([{name: 'commonName', value: 'pg-helm-install sandbox'}], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // Valid since an hour ago: a clock may be set back.
    notBeforeDate: new Date(now.getTime() - hourMs),
    notAfterDate: new Date(now.getTime() + tenYearsMs),
    extensions: [
      {name: 'basicConstraints', cA: true, critical: true},
      {name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true},
      {name: 'extKeyUsage', serverAuth: true},
      {
        name: 'subjectAltName',
        altNames: [
          {type: 7, ip: '127.0.0.1'},
          {type: 2, value: 'localhost'},
        ],
      },
    ],
  });
  return {key, cert};
}
