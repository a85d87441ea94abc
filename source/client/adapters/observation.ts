// Surveys and looks, and the proof of the endpoints with each.
import {isIP} from 'node:net';
import {databaseContainer, objectNames} from '../../chart/names.ts';
import {fromValues} from '../../chart/values.ts';
import {lookOnce, observe, type Prove} from '../../cluster/look.ts';
import type {Reading} from '../../cluster/snapshot.ts';
import {memoryUseReader} from '../../cluster/memory-use.ts';
import {reviewAll, survey} from '../../cluster/survey.ts';
import {usageReader} from '../../cluster/volume-usage.ts';
import {noteWriterPosition, writerPositionSeen} from '../../cluster/writer-sightings.ts';
import {installPermissions, requiredPermissions} from '../../observation/checks/permissions.ts';
import {isCertificateInUse, isEncrypted, readableIn, uncoveredNames} from '../../observation/certificate.ts';
import {externalAddress} from '../../observation/endpoints.ts';
import {hasProxy} from '../../observation/network-warnings.ts';
import type {Service} from '../../observation/kubernetes.ts';
import {isReady, viewOf} from '../../observation/release-view.ts';
import type {ReadableCertificate} from '../../observation/server-certificate.ts';
import type {ObservationPort, PermissionsAsked} from '../../operations/ports/observation.ts';
import type {Exec} from '../../postgres/psql.ts';
import type {SslMode} from '../../postgres/prove-in-cluster.ts';
import {proveEndpoints, type EndpointAddress} from '../../postgres/prove.ts';
import type {TlsSettings} from '../../postgres/session.ts';
import {clock} from '../../core/time.ts';
import {translatedEach} from './api-errors.ts';
import type {AdapterContext} from './context.ts';

const proofTimeoutMs = 6000;

export function observationPort({connection, target, exec}: AdapterContext): ObservationPort {
  const {api} = connection;
  const usage = usageReader(exec, databaseContainer, () => clock.now());
  const memory = memoryUseReader(api, target, databaseContainer, () => clock.now());
  const prove: Prove = async (snapshot, credentials, signal) => [
    ...(await noted(snapshot, proofs(exec, snapshot, credentials, signal))),
    // Only the usage that is known already, so that an operation that needs the proof does not wait for the volumes.
    ...usage.known(snapshot),
    ...memory.known(snapshot),
  ];
  const proveAll: Prove = async (snapshot, credentials, signal) => {
    const [proven, used, memoryUsed] = await Promise.all([
      noted(snapshot, proofs(exec, snapshot, credentials, signal)),
      usage.asked(snapshot),
      memory.asked(snapshot),
    ]);
    return [...proven, ...used, ...memoryUsed];
  };
  /** Remembers how far the writer had written, for the case that it is lost. */
  async function noted(snapshot: Reading['snapshot'], proven: ReturnType<Prove>): ReturnType<Prove> {
    const database = await proven;
    noteWriterPosition(api, {...snapshot, database});
    return database;
  }
  const {namespace} = target;
  const required = ({command, extras}: PermissionsAsked) => requiredPermissions(command, namespace, extras);
  const permissionsFor = (asked: PermissionsAsked | undefined) => (namespaceExists: boolean) => {
    if (asked === undefined) return [];
    return asked.command === 'install' ? installPermissions(namespace, namespaceExists, asked.extras) : required(asked);
  };
  return {
    survey: ({permissions, ...request}) =>
      survey(connection, {target, ...request, permissions: permissionsFor(permissions)}),
    permissions: (asked) => reviewAll(api, required(asked)),
    async look(how) {
      const seen = await lookOnce(connection, target, proveAll, how);
      return {...seen, writerSeen: writerPositionSeen(api, seen)};
    },
    // Someone who only watches gets the usage with the first proof.
    observe(signal, pace) {
      const seen = observe(connection, target, pace === 'calm' ? proveAll : prove, signal, pace);
      return {...seen, observations: translatedEach(seen.observations)};
    },
  };
}

async function proofs(
  exec: Exec,
  snapshot: Reading['snapshot'],
  credentials: Reading['credentials'],
  signal: AbortSignal,
): ReturnType<Prove> {
  const parameters = fromValues(snapshot.release.values);
  if (!credentials || !parameters) return [];
  const names = objectNames(snapshot.target);
  const view = viewOf({...snapshot, database: []});
  const readers = view.readerPods.filter(isReady).map(({metadata}) => metadata.name);
  const writer = isReady(view.writerPod) ? (view.writerPod?.metadata.name ?? null) : null;
  if (!writer && readers.length === 0) return [];
  const addressOf = (service: Service | null, name: string): EndpointAddress => {
    const external = externalAddress(service, snapshot.nodeAddress);
    return {external, service: name, encryption: external && encryptionOf(snapshot, external.host)};
  };
  return proveEndpoints({
    writer: addressOf(view.writerService, names.writer),
    reader: readers.length > 0 ? addressOf(view.readerService, names.reader) : null,
    sslmode: sslmodeOf(snapshot, [names.writer, names.reader]),
    pods: {writer, readers},
    container: databaseContainer,
    credentials: {
      username: parameters.username,
      database: parameters.database,
      password: credentials.user,
      adminPassword: credentials.admin,
    },
    streamingPods: {
      byAddress: Object.fromEntries(
        snapshot.pods.flatMap(({metadata, status}) => (status?.podIP ? [[status.podIP, metadata.name]] : [])),
      ),
      writer,
      readers,
      isProxied: view.writerPod !== null && hasProxy(view.writerPod),
    },
    exec,
    timeoutMs: proofTimeoutMs,
    signal,
  });
}

/** What the servers are known to show: a pod that is to restart, or to get a certificate, shows another one or none. */
type Seen = Reading['snapshot'];

function encryptionOf(seen: Seen, host: string): TlsSettings | null {
  const shown = shownBy(seen);
  if (shown === null) return null;
  const {certificate} = shown;
  const names = isIP(host) ? {dns: [], ips: [host]} : {dns: [host], ips: []};
  return {
    authority: certificate?.authority ?? null,
    verifiesName: certificate !== null && uncoveredNames(certificate, names).length === 0,
  };
}

function sslmodeOf(seen: Seen, services: readonly string[]): SslMode {
  const shown = shownBy(seen);
  if (shown === null) return 'prefer';
  const {certificate} = shown;
  if (!certificate?.authority) return 'require';
  return uncoveredNames(certificate, {dns: services, ips: []}).length === 0 ? 'verify-full' : 'verify-ca';
}

/** Null where a server does not speak TLS; `certificate` null where not all of them are known to show the Secret's. */
function shownBy(seen: Seen): {readonly certificate: ReadableCertificate | null} | null {
  const snapshot = {...seen, database: []};
  if (!isEncrypted(snapshot)) return null;
  return {certificate: isCertificateInUse(snapshot) ? readableIn(snapshot) : null};
}
