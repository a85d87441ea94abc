// The server's certificate, and the rules of pg_hba.conf that refuse clients without TLS. Sources: chart 16.7.26,
// templates/_helpers.tpl and templates/{primary,read}/statefulset.yaml.
//
// None of its paths is the installer's alone: a release may have TLS of its own making by --values, and lists of
// volumes hold other things too. What stands there and is not what `write` gives is left to the extra values, see
// ../shared.ts.
import {namedSecret, tls as descriptor, type Tls} from '../../parameters/descriptors/tls.ts';
import {objectNames, type Naming} from '../names.ts';
import {sameValues} from '../same-values.ts';
import {at, isObject, textAt, type Values} from '../tree.ts';
import {inBoth, mainFlag, merged, owned, ownedInBoth, type ChartParameter} from './chart-parameter.ts';

/**
 * Where writer and readers have their certificate. The chart's certCAFilename is never set to a file there: with it the
 * image asks every client for a certificate of its own (bitnami/charts#8122).
 */
const certificateFolder = '/opt/bitnami/postgresql/certs';
/** The authority that clients verify the server with: its key in the Secret, and its file. */
export const authorityKey = 'ca.crt';
export const authorityFile = `${certificateFolder}/${authorityKey}`;
/**
 * The same folder, mounted writable. The chart copies the Secret there when a pod is made, and mounts the copy
 * read-only; a renewed certificate is written through this second mount.
 */
export const renewedFolder = '/opt/bitnami/postgresql/new-certs';
const certificateVolume = 'postgresql-certificates';
/** The volume, in each pod with TLS, that is the Secret itself. */
export const rawCertificatesVolume = 'raw-certificates';

/** The Secret of a server certificate, and its keys. */
export interface CertificateSecret {
  readonly secret: string;
  readonly certificateKey: string;
  readonly keyKey: string;
}

const flag = mainFlag(descriptor);

/** Not the keys of kubernetes.io/tls, so that the values tell our Secret from one of the operator's. */
const ownKeys = {certificateKey: 'server.crt', keyKey: 'server.key'} as const;
const givenKeys = {certificateKey: 'tls.crt', keyKey: 'tls.key'} as const;

/** The Secret of the certificate and its keys; null where TLS is off. */
export function certificateSecretOf(value: Tls, naming: Naming): CertificateSecret | null {
  if (value.certificate === 'off') return null;
  const named = namedSecret(value);
  return named === null ? {secret: objectNames(naming).certificate, ...ownKeys} : {secret: named, ...givenKeys};
}

/**
 * The whole pg_hba.conf of writer and readers. `md5` takes SCRAM as well (PostgreSQL manual, 20.5), and it is what the
 * image writes itself. The image gives `postgres` its password over the socket, when it has none yet. What comes from
 * the pod itself is not on the network: probes, the exporter beside the database, kubectl port-forward, a mesh.
 */
const requiredHba = [
  'local all postgres trust',
  'local all all md5',
  'host all all 127.0.0.1/32 md5',
  'host all all ::1/128 md5',
  'hostssl all all all md5',
  'hostssl replication all all md5',
  '',
].join('\n');

export const tls: ChartParameter<Tls> = {
  owns: [],
  shares: [
    ...owned(flag, 'tls', 'primary.pgHbaConfiguration', 'readReplicas.extraVolumes'),
    ...ownedInBoth(flag, 'extraVolumeMounts'),
  ],
  excludes: ({certificate, required}) => [
    ...(certificate === 'off' ? [] : owned(flag, 'tls')),
    ...(required ? owned(flag, 'primary.pgHbaConfiguration', 'primary.existingConfigmap') : []),
  ],
  write: (value, naming) => {
    const found = certificateSecretOf(value, naming);
    if (found === null) return {};
    const writable = {extraVolumeMounts: [{name: certificateVolume, mountPath: renewedFolder}]};
    const encrypted = merged(
      {
        tls: {
          enabled: true,
          certificatesSecret: found.secret,
          certFilename: found.certificateKey,
          certKeyFilename: found.keyKey,
        },
      },
      inBoth(writable),
    );
    return value.required ? merged(encrypted, requiring(naming, writable.extraVolumeMounts)) : encrypted;
  },
  read: (values) => {
    const written = at(values, ['tls']);
    const secret = textAt(written, ['certificatesSecret']);
    if (!isObject(written) || secret === undefined) return off;
    const keys = [ownKeys, givenKeys].find(({certificateKey, keyKey}) =>
      sameValues(written, {
        enabled: true,
        certificatesSecret: secret,
        certFilename: certificateKey,
        certKeyFilename: keyKey,
      }),
    );
    if (keys === undefined) return off;
    const required = textAt(values, ['primary', 'pgHbaConfiguration']) === requiredHba;
    return {certificate: keys === ownKeys ? 'self-signed' : `secret:${secret}`, required};
  },
};

const off: Tls = {certificate: 'off', required: false};

/** The chart mounts the rules for the writer only; the readers get the same file. */
function requiring(naming: Naming, mounts: readonly Values[]): Values {
  const name = 'pg-hba';
  const configMap = {
    name: `${objectNames(naming).writer}-configuration`,
    items: [{key: 'pg_hba.conf', path: 'pg_hba.conf'}],
  };
  return {
    primary: {pgHbaConfiguration: requiredHba},
    readReplicas: {
      extraVolumes: [{name, configMap}],
      // The whole folder, as the chart does it for the writer: mounting the file would leave an empty one on the
      // volume.
      extraVolumeMounts: [...mounts, {name, mountPath: '/bitnami/postgresql/conf'}],
    },
  };
}
