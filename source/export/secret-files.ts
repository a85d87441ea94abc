// How the Secret with the passwords of a release comes by another tool: files that name the passwords, and hold none.
import {stringify} from 'yaml';
import {objectNames, secretKeysOf, type Naming} from '../chart/names.ts';
import {commandLine} from '../core/shell.ts';
import type {ExportedFile} from './release-files.ts';

export const secretTools = ['external-secrets', 'sealed-secrets'] as const;
export type SecretTool = (typeof secretTools)[number];

export interface SecretOf extends Naming {
  readonly release: string;
  readonly namespace: string;
}

/** Where the passwords are to be in the store, and the store itself: for the operator to write in. */
const store = 'STORE';

export function secretFile(tool: SecretTool, release: SecretOf): ExportedFile {
  const text = tool === 'external-secrets' ? externalSecret(release) : sealing(release);
  return {name: `${objectNames(release).secret}-${tool}.yaml`, text};
}

/** External Secrets Operator documentation, ExternalSecret: what it makes stays when the ExternalSecret goes. */
function externalSecret({release, namespace, ...naming}: SecretOf): string {
  const {secret: name} = objectNames(naming);
  const keys = [...new Set(Object.values(secretKeysOf(naming)))];
  const about = [
    `Put the passwords that the Secret ${name} has now (keys ${keys.join(', ')}) into the store first, then name the`,
    `store in place of ${store}. From then on a password changes there, and in the database by ALTER ROLE:`,
    'rotate-password refuses, because what it writes into the Secret would be taken back.',
  ];
  const object = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: {name, namespace},
    spec: {
      refreshInterval: '1h',
      secretStoreRef: {kind: 'ClusterSecretStore', name: store},
      target: {name, creationPolicy: 'Owner', deletionPolicy: 'Retain'},
      data: keys.map((key) => ({secretKey: key, remoteRef: {key: `${namespace}/${release}`, property: key}})),
    },
  };
  return comment(about) + stringify(object, {lineWidth: 0});
}

/**
 * What is sealed only the cluster can open, with a key that only it has: kubeseal writes it, nobody else could.
 * Source: Sealed Secrets README, "Managing existing secrets".
 */
function sealing({namespace, ...naming}: SecretOf): string {
  const {secret} = objectNames(naming);
  const kubectl = (...args: readonly string[]) => commandLine('kubectl', ['-n', namespace, ...args]);
  const file = `${secret}-sealed.yaml`;
  return comment([
    'These two commands write the file that belongs into Git; the passwords go from the one to the other alone.',
    kubectl('annotate', 'secret', secret, 'sealedsecrets.bitnami.com/managed=true'),
    `${kubectl('get', 'secret', secret, '-o', 'yaml')} | kubeseal --format yaml > ${file}`,
    'From then on a password changes in that file, and in the database by ALTER ROLE: rotate-password refuses, because',
    'what it writes into the Secret would be taken back.',
  ]);
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('');
}
