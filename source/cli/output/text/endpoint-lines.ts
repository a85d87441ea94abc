// Endpoints, and how to get in, as lines.
import {postgresPort} from '../../../chart/names.ts';
import {sandboxContext} from '@pg-helm-install/sandbox';
import type {TlsSeen} from '../../../observation/certificate-warnings.ts';
import type {Endpoint, Endpoints} from '../../../observation/endpoints.ts';
import type {Credentials} from '../../../plan/progress.ts';
import {render} from '../../../commands/command-line.ts';
import {kubectlHere} from '../../../commands/kubectl.ts';
import type {Painter} from '../../../core/signs.ts';

export function endpointLines(
  shown: {
    readonly endpoints: Endpoints | null;
    readonly credentials: Credentials | null;
    readonly tls?: TlsSeen | null;
    readonly release: string | null;
    readonly namespace: string | null;
    readonly context?: string | null;
  },
  paint: Painter,
  /** Makes a command reach the same cluster. */
  reach: (command: string) => string = (command) => command,
): string[] {
  const {endpoints, credentials, tls, release, namespace} = shown;
  if (!endpoints) return [];
  const {writer, reader} = endpoints;
  const streaming =
    ` ${paint.dot} ${reader.streaming} ` +
    `streaming${reader.maxLagBytes === null ? '' : ` ${paint.dot} lag ${reader.maxLagBytes} B`}`;
  return [
    '',
    ...roleLines(writer, '', paint),
    ...roleLines(reader, reader.proven ? streaming : '', paint),
    ...(tls ? [`  tls      ${tlsText(tls, paint)}`] : []),
    ...(credentials
      ? [
          `  user     ${credentials.username} ${paint.dot} database ${credentials.database} ${paint.dot} Secret ` +
            `${credentials.secret}, key ${credentials.passwordKey}`,
          '',
          `  password  ${reach(showPassword(shown, credentials))}`,
          `  status    ${reach(statusCommand(release ?? '', namespace))}`,
        ]
      : []),
  ];
}

/** The command that prints the password, without kubectl for the sandbox: who tries it may have none. */
function showPassword(
  {release, namespace, context}: Pick<Parameters<typeof endpointLines>[0], 'release' | 'namespace' | 'context'>,
  {secret, passwordKey}: Credentials,
): string {
  if (context === sandboxContext) {
    const endpoints = render({kind: 'endpoints', release: release ?? '', namespace, context: null, role: null});
    return `${endpoints} --format env --show-password`;
  }
  return readPassword(namespace ?? '', secret, passwordKey);
}

/** In the cluster of the usual kubeconfig. */
export function readPassword(namespace: string, secret: string, key: string): string {
  const read = kubectlHere({namespace, context: null}, 'get', 'secret', secret, '-o', `jsonpath={.data.${key}}`);
  return `${read} | base64 -d`;
}

/** The status command of a release in the cluster of the usual kubeconfig. */
export function statusCommand(release: string, namespace: string | null, watch = false): string {
  return render({kind: 'status', release, namespace, context: null, watch});
}

function tlsText({required, secret, authorityKey, expiresAt}: TlsSeen, paint: Painter): string {
  return [
    required ? 'required' : 'for clients that ask for it',
    authorityKey === null
      ? `certificate in Secret ${secret}`
      : `verify-full with Secret ${secret}, key ${authorityKey}`,
    ...(expiresAt === null ? [] : [`until ${expiresAt.slice(0, 10)}`]),
  ].join(` ${paint.dot} `);
}

function roleLines(endpoint: Endpoint, more: string, paint: Painter): string[] {
  const {role, host, port, internalHost, proven, provenFrom, latencyMs} = endpoint;
  const inside = `${internalHost}:${postgresPort} (inside)`;
  const proof = proven
    ? `${paint.sign('done')} proven from ${provenFrom === 'here' ? 'here' : 'inside the cluster'} ${paint.dot} ` +
      `${latencyMs} ms${more}`
    : role === 'reader'
      ? `${paint.sign('waiting')} nothing answers there yet`
      : `${paint.sign('warning')} not proven`;
  return [
    `  ${role.padEnd(8)} ${host ? `${host}:${port}` : inside}`,
    ...(host ? [`           ${inside}`] : []),
    `           ${proof}`,
  ];
}
