// Warnings about the certificate for operators, and what clients are told about TLS.
import type {Warning} from '../core/cause.ts';
import {releaseRef} from '../commands/operation.ts';
import {render} from '../commands/command-line.ts';
import {authorityKey} from '../chart/parameters/tls.ts';
import {namedSecret} from '../parameters/descriptors/tls.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {expiryText, namesText, podsToReload, readableIn, uncoveredShown, warnBeforeMs} from './certificate.ts';
import {clusterTimeOf} from './cluster-time.ts';
import type {Snapshot} from './snapshot.ts';

type Desired = Pick<Parameters, 'tls' | 'hostname'>;

/** Empty where TLS is off, and where the Secret may not be read. */
export function certificateWarnings(snapshot: Snapshot, desired: Desired): Warning[] {
  const {certificate, target, release} = snapshot;
  if (desired.tls.certificate === 'off' || !certificate || release.revisions.length === 0) return [];
  const {secret} = certificate;
  const command = render({
    kind: 'set',
    ...releaseRef(target),
    answers: {tls: desired.tls},
    valuesFile: null,
  });
  const isOwn = namedSecret(desired.tls) === null;
  const renewal = isOwn
    ? `This recreates it, restarts nothing, and what clients trust stays: ${command}`
    : `Put a new one into that Secret; then this has the servers use it, and restarts nothing: ${command}`;
  const found = readableIn(snapshot);
  if (found === null) {
    const message = `The Secret ${secret} does not hold the server's certificate any more: no pod starts without it.`;
    return [{code: 'CERTIFICATE_MISSING', message: `${message} ${renewal}`}];
  }
  const now = clusterTimeOf(snapshot);
  const missing = uncoveredShown(snapshot, desired);
  const behind = podsToReload(snapshot).map(({metadata}) => metadata.name);
  const isEnding = found.notAfter - now < warnBeforeMs;
  return [
    ...(isEnding ? [warning('CERTIFICATE_EXPIRES', `${expiryText(secret, found.notAfter, now)} ${renewal}`)] : []),
    ...(missing.length > 0 ? [warning('CERTIFICATE_NAMES', `${namesText(secret, missing)} ${renewal}`)] : []),
    ...(behind.length > 0
      ? [
          warning(
            'CERTIFICATE_PENDING',
            `${behind.join(', ')} may still show an older certificate than the Secret ${secret} has. This gives ` +
              `them the new one, and restarts nothing: ${command}`,
          ),
        ]
      : []),
  ];
}

function warning(code: Warning['code'], message: string): Warning {
  return {code, message};
}

/** What a client needs to know to connect with TLS. */
export interface TlsSeen {
  readonly certificate: Parameters['tls']['certificate'];
  /** Clients without TLS are refused. */
  readonly required: boolean;
  readonly secret: string;
  /** The key of that Secret that holds the authority to verify with; null when it has none. */
  readonly authorityKey: string | null;
  /** ISO 8601; null: not known. */
  readonly expiresAt: string | null;
}

/** Null where TLS is off, or the Secret may not be read. */
export function tlsOf(snapshot: Snapshot, desired: Desired | null): TlsSeen | null {
  const {certificate} = snapshot;
  if (desired === null || desired.tls.certificate === 'off' || !certificate) return null;
  const found = readableIn(snapshot);
  return {
    ...desired.tls,
    secret: certificate.secret,
    authorityKey: found?.authority ? authorityKey : null,
    expiresAt: found && new Date(found.notAfter).toISOString(),
  };
}
