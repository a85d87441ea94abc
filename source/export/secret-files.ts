// How another tool provides the Secret with a release's passwords: files that name the passwords, and hold none.
import {writeHelmYaml} from '../chart/helm-yaml.ts';
import {objectNames, type Naming} from '../chart/names.ts';
import {secretKeysOf} from '../chart/secret-keys.ts';
import {kubectlHere} from '../commands/kubectl.ts';
import type {ExportedFile} from './release-files.ts';

export const secretTools = ['external-secrets', 'sealed-secrets'] as const;
export type SecretTool = (typeof secretTools)[number];

interface SecretOf extends Naming {
  readonly release: string;
  readonly namespace: string;
}

/** Stands for the store and for the passwords' place in it, which the operator writes in. */
const store = 'STORE';

export function secretFile(tool: SecretTool, release: SecretOf): ExportedFile {
  const text = tool === 'external-secrets' ? externalSecret(release) : sealing(release);
  return {name: `${objectNames(release).secret}-${tool}.yaml`, text};
}

/**
 * The ExternalSecret adds to the existing Secret. As its owner, or with `Orphan`, it would remove what else is in the
 * Secret, such as the exporter's password; as its owner it would also take the Secret along when it is deleted.
 * External Secrets Operator documentation, Lifecycle; pkg/controllers/externalsecret of 2.9.
 */
function externalSecret({release, namespace, ...naming}: SecretOf): string {
  const {secret: name} = objectNames(naming);
  const keys = [...new Set(Object.values(secretKeysOf(naming)))];
  const about = [
    `Put the passwords that the Secret ${name} has now (keys ${keys.join(', ')}) into the store first, then name the`,
    `store in place of ${store}. From then on a password changes there, and in the database by ALTER ROLE:`,
    'rotate-password refuses, because what it writes into the Secret would be taken back.',
    'On another cluster, where there is no such Secret yet, creationPolicy: Orphan makes it; set Merge again then.',
  ];
  const object = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: {name, namespace},
    spec: {
      refreshInterval: '1h',
      secretStoreRef: {kind: 'ClusterSecretStore', name: store},
      target: {name, creationPolicy: 'Merge', deletionPolicy: 'Retain'},
      data: keys.map((key) => ({secretKey: key, remoteRef: {key: `${namespace}/${release}`, property: key}})),
    },
  };
  return comment(about) + writeHelmYaml(object);
}

const sealed = {
  'sealedsecrets.bitnami.com/patch': 'true',
  'sealedsecrets.bitnami.com/skip-set-owner-references': 'true',
} as const;

/** The Secret without the notes that we write on it over time: a sealed copy would bring back old ones. */
const plainSecret = [
  String.raw`{{"apiVersion: v1\nkind: Secret\n"}}`,
  String.raw`{{printf "metadata:\n  name: %s\n  namespace: %s\n" .metadata.name .metadata.namespace}}`,
  String.raw`{{"  annotations:\n"}}`,
  ...Object.entries(sealed).map(([key, value]) => String.raw`{{"    ${key}: '${value}'\n"}}`),
  String.raw`{{if .metadata.labels}}{{"  labels:\n"}}{{end}}`,
  String.raw`{{range $key, $value := .metadata.labels}}{{printf "    %s: %q\n" $key $value}}{{end}}`,
  String.raw`{{"data:\n"}}{{range $key, $value := .data}}{{printf "  %s: %s\n" $key $value}}{{end}}`,
].join('');

/**
 * Only the cluster can open a sealed secret, with a key that only it has, so the operator runs kubeseal to write it.
 * The Secret is patched: `managed` would remove what else is in the Secret, and delete it together with the
 * SealedSecret. Source: Sealed Secrets README, "Patching existing secrets" and what follows there.
 */
function sealing({namespace, ...naming}: SecretOf): string {
  const {secret} = objectNames(naming);
  const kubectl = (...args: readonly string[]) => kubectlHere({namespace, context: null}, ...args);
  const file = `${secret}-sealed.yaml`;
  return comment([
    'These two commands write the file that belongs into Git; the passwords go from the one to the other alone.',
    kubectl('annotate', 'secret', secret, ...Object.entries(sealed).map(([key, value]) => `${key}=${value}`)),
    `${kubectl('get', 'secret', secret, '-o', `go-template=${plainSecret}`)} | kubeseal --format yaml > ${file}`,
    'From then on a password changes in that file, and in the database by ALTER ROLE: rotate-password refuses, because',
    'what it writes into the Secret would be taken back.',
  ]);
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('');
}
