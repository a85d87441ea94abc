// The server's certificate: its Secret, and the servers that load it.
import {databaseContainer, postgresPort} from '../../chart/names.ts';
import {X509Certificate} from 'node:crypto';
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {cause, UserError} from '../../core/cause.ts';
import {readStored, writeServerCertificate} from '../../cluster/certificates.ts';
import {openPodStream} from '../../cluster/exec.ts';
import {paths} from '../../cluster/paths.ts';
import {certificateAnnotation} from '../../observation/certificate.ts';
import type {Target} from '../../observation/snapshot.ts';
import type {CertificatePort} from '../../operations/ports/certificate.ts';
import {loadCertificate} from '../../postgres/load-certificate.ts';
import type {AdapterContext} from './context.ts';

export function certificatePort({connection, target, exec}: AdapterContext): CertificatePort {
  const {api} = connection;
  const {namespace} = target;
  return {
    writeCertificate: (certificate) => writeServerCertificate(api, target, certificate),
    async loadCertificate({name, uid}, from) {
      const stored = await readStored(api, namespace, from);
      if (stored === null) throw certificateNotLoaded(target, name, `the Secret ${from.secret} does not have it`);
      const openStream = () => openPodStream(connection, namespace, name, postgresPort);
      const problem = await loadCertificate({exec, openStream, pod: name, container: databaseContainer, from, stored});
      if (problem !== null) throw certificateNotLoaded(target, name, problem);
      const annotations = {[certificateAnnotation]: new X509Certificate(stored.certificate).fingerprint256};
      await api.patch(`${paths.pods(namespace)}/${name}`, {metadata: {uid, annotations}});
    },
  };
}

function certificateNotLoaded(target: Target, pod: string, why: string): UserError {
  return new UserError(
    cause('CERTIFICATE_INVALID', `The server in ${pod} did not take the certificate: ${why}.`, {
      object: {kind: 'Pod', namespace: target.namespace, name: pod},
      remedies: [
        propose('See what the server says', {kind: 'logs', ...releaseRef(target), role: null}),
        {title: 'Run the same command again', again: true},
      ],
    }),
  );
}
