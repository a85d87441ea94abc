// The kubeconfig with which helm, kubectl and this program reach the sandbox.
import {sandboxContext} from '../context.ts';

interface KubeconfigOptions {
  readonly port: number;
  readonly token: string;
  /** PEM: the server's certificate, which is its own authority. */
  readonly cert: string;
  /** The name of the cluster, the user and the context. */
  readonly name?: string;
  readonly namespace?: string;
}

/** YAML that contains the token: only its owner may be able to read it (0600). */
export function kubeconfigFor({
  port,
  token,
  cert,
  name = sandboxContext,
  namespace = 'default',
}: KubeconfigOptions): string {
  return `apiVersion: v1
kind: Config
current-context: ${name}
clusters:
  - name: ${name}
    cluster:
      server: https://127.0.0.1:${port}
      certificate-authority-data: ${Buffer.from(cert).toString('base64')}
users:
  - name: ${name}
    user:
      token: ${token}
contexts:
  - name: ${name}
    context:
      cluster: ${name}
      user: ${name}
      namespace: ${namespace}
`;
}
