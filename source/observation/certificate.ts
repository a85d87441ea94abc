// The server's certificate as its Secret has it: which names it covers, until when it is valid, and which pods use it.
import {certificateNames, shownNames, type CertificateNames} from '../chart/certificate-names.ts';
import {databaseIn} from '../chart/names.ts';
import {rawCertificatesVolume, renewedFolder} from '../chart/parameters/tls.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {externalAddress} from './endpoints.ts';
import type {Pod} from './kubernetes.ts';
import {isReady, viewOf} from './release-view.ts';
import type {ReadableCertificate, ServerCertificate} from './server-certificate.ts';
import type {Snapshot} from './snapshot.ts';

const dayMs = 24 * 3_600_000;
/** From this long before its end, a certificate is warned about, and any change to the release recreates it. */
export const warnBeforeMs = 30 * dayMs;

/** Annotation on a pod: the fingerprint of the certificate that its server was last given while it ran. */
export const certificateAnnotation = 'pg-helm-install/certificate';

/** Null where there is none, or nothing can be read of it. */
export function readableIn({certificate}: Snapshot): ReadableCertificate | null {
  const found = certificate?.found ?? 'missing';
  return typeof found === 'string' ? null : found;
}

/** All names under which the release is reached, as far as the cluster has given them. */
export function desiredNames(snapshot: Snapshot, {hostname}: Pick<Parameters, 'hostname'>): CertificateNames {
  return certificateNames({...snapshot.target, hostname, addresses: addressesOf(snapshot)});
}

/** The names shown to clients for which a verifying client would refuse the certificate; empty if it cannot be read. */
export function uncoveredShown(snapshot: Snapshot, {hostname}: Pick<Parameters, 'hostname'>): readonly string[] {
  const found = readableIn(snapshot);
  return found
    ? uncoveredNames(found, shownNames({...snapshot.target, hostname, addresses: addressesOf(snapshot)}))
    : [];
}

function addressesOf(snapshot: Snapshot): readonly string[] {
  const {writerService, readerService} = viewOf(snapshot);
  return [writerService, readerService].flatMap(
    (service) => externalAddress(service, snapshot.nodeAddress ?? null)?.host ?? [],
  );
}

/** For a warning. */
export function expiryText(secret: string, notAfter: number, now: number): string {
  const date = new Date(notAfter).toISOString().slice(0, 10);
  const days = Math.floor((notAfter - now) / dayMs);
  return notAfter <= now
    ? `The certificate in the Secret ${secret} ended on ${date}: clients that verify it do not connect any more.`
    : `The certificate in the Secret ${secret} ends on ${date}, in ${days} ${days === 1 ? 'day' : 'days'}.`;
}

/** For a warning. */
export function namesText(secret: string, missing: readonly string[]): string {
  return (
    `The certificate in the Secret ${secret} is not for ${missing.join(', ')}: with sslmode=verify-full no client ` +
    'connects there.'
  );
}

/** The desired names under which a client that verifies would refuse the certificate. */
export function uncoveredNames({names}: ReadableCertificate, desired: CertificateNames): readonly string[] {
  const ips = new Set(names.ips.map(canonicalIp));
  return [
    ...desired.dns.filter((name) => !isCovered(name, names.dns)),
    ...desired.ips.filter((ip) => !ips.has(canonicalIp(ip))),
  ];
}

/** RFC 9525: a wildcard stands for one label, the leftmost. */
function isCovered(name: string, covered: readonly string[]): boolean {
  return covered.includes(name) || covered.includes(name.replace(/^[^.]+/, '*'));
}

/** IPv6 addresses have several notations. */
function canonicalIp(ip: string): string {
  return ip.includes(':') ? new URL(`http://[${ip}]`).hostname : ip;
}

/** Why the installer's own certificate has to be recreated; null: it need not. */
export function whyRenew(
  certificate: ServerCertificate | null,
  names: CertificateNames,
  now: number,
): 'missing' | 'expires' | 'names' | null {
  const found = certificate?.found ?? 'missing';
  if (typeof found === 'string') return 'missing';
  if (found.notAfter - now < warnBeforeMs) return 'expires';
  return uncoveredNames(found, names).length > 0 ? 'names' : null;
}

/** The Secret that a pod's certificate comes from; null: it has none. */
function mountedCertificate({spec}: Pod): string | null {
  return spec.volumes?.find(({name}) => name === rawCertificatesVolume)?.secret?.secretName ?? null;
}

/** Serving pods whose server has another certificate than the Secret now holds. */
export function podsBehind(snapshot: Snapshot): readonly Pod[] {
  const {certificate} = snapshot;
  const found = readableIn(snapshot);
  if (!certificate || found === null) return [];
  const writtenAt = Date.parse(certificate.writtenAt ?? '');
  // A pod gets what the Secret holds when the pod is made. Both times are whole seconds.
  const isNewer = ({metadata}: Pod) => Date.parse(metadata.creationTimestamp ?? '') > writtenAt;
  return snapshot.pods.filter(
    (pod) =>
      mountedCertificate(pod) === certificate.secret &&
      pod.metadata.annotations?.[certificateAnnotation] !== found.fingerprint &&
      !isNewer(pod) &&
      isServing(pod),
  );
}

/**
 * Pods of `podsBehind` that can be given the certificate while they run. A pod of plain helm's template lacks the
 * writable mount for that, and gets the certificate with its next restart.
 */
export function podsToReload(snapshot: Snapshot): readonly Pod[] {
  return podsBehind(snapshot).filter(({spec}) =>
    databaseIn(spec.containers)?.volumeMounts?.some(({mountPath}) => mountPath === renewedFolder),
  );
}

/** Whether all pods that serve speak TLS. */
export function isEncrypted({pods}: Snapshot): boolean {
  return pods.filter(isServing).every((pod) => mountedCertificate(pod) !== null);
}

/**
 * Whether all pods that serve have the certificate that the Secret has. Where not, some show another one, perhaps of
 * another authority.
 */
export function isCertificateInUse(snapshot: Snapshot): boolean {
  const {certificate, pods} = snapshot;
  const serving = pods.filter(isServing);
  return (
    readableIn(snapshot) !== null &&
    serving.every((pod) => mountedCertificate(pod) === certificate?.secret) &&
    podsBehind(snapshot).length === 0
  );
}

function isServing(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp === undefined && isReady(pod);
}
