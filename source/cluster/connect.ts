// From a kubeconfig to a connection: which cluster, as whom, in which namespace.
import type {KubeConfig} from '@kubernetes/client-node/dist/config.js';
import {cause, UserError} from '../core/cause.ts';
import {kubectl} from '../commands/kubectl.ts';
import {Api, ConnectionError} from './api.ts';
import {CredentialCache} from './credential-cache.ts';
import {isInvented, kubeconfigProblem, loadKubeconfig, withWhatKubectlAllows} from './kubeconfig.ts';

export interface Connection {
  readonly context: string;
  /** The context's own namespace, `default` when it names none. */
  readonly defaultNamespace: string;
  readonly server: string;
  readonly kubernetesVersion: string;
  readonly api: Api;
  readonly credentials: CredentialCache;
  /** The file that the user named; null: none, and helm and this program find the same one by themselves. */
  readonly kubeconfig: string | null;
}

/** Null: the usual kubeconfig, and its current context. */
interface Choice {
  readonly kubeconfig: string | null;
  readonly context: string | null;
}

/**
 * Loads the kubeconfig as kubectl does (flag, KUBECONFIG, ~/.kube/config, in a pod) and asks the server for its
 * version.
 * @throws UserError CLUSTER_UNREACHABLE, CREDENTIALS_EXPIRED, BAD_INPUT (no such context)
 */
export async function connect(choice: Choice): Promise<Connection> {
  const config = load(choice.kubeconfig);
  if (choice.context !== null) {
    if (!config.getContextObject(choice.context)) {
      const known = config.getContexts().map(({name}) => name);
      throw new UserError(
        cause('BAD_INPUT', `The kubeconfig has no context ${choice.context}. It has: ${known.join(', ') || 'none'}.`, {
          remedies: [
            {title: 'Name one of these with --context', command: kubectl({context: null}, 'config', 'get-contexts')},
          ],
        }),
      );
    }
    config.setCurrentContext(choice.context);
  }
  const context = config.getCurrentContext();
  const place = {kubeconfig: choice.kubeconfig, context};
  const problem = kubeconfigProblem(config);
  const server = config.getCurrentCluster()?.server;
  if (problem !== null || !server) throw unreachable(problem ?? 'The kubeconfig names no cluster.', [], place);
  const credentials = new CredentialCache(withWhatKubectlAllows(config, process.env));
  const api = new Api(server, credentials, undefined, context);
  const version = await api.get<{gitVersion?: string}>('/version').catch((error: unknown) => {
    if (error instanceof ConnectionError) {
      throw unreachable(notAnswering(server, error.message), [error.message], place);
    }
    throw error;
  });
  const current = config.getContextObject(context);
  return {
    context,
    defaultNamespace: current?.namespace ?? 'default',
    server,
    kubernetesVersion: version.gitVersion ?? 'unknown',
    api,
    credentials,
    kubeconfig: choice.kubeconfig,
  };
}

function load(file: string | null): KubeConfig {
  const named = file ?? process.env['KUBECONFIG'] ?? null;
  let config: KubeConfig;
  try {
    config = loadKubeconfig(file);
  } catch (error) {
    throw unreachable(
      named ? `The kubeconfig ${named} cannot be read.` : 'The kubeconfig cannot be read.',
      [error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)],
      {kubeconfig: file, context: null},
    );
  }
  if (isInvented(config)) {
    throw new UserError(
      cause('CLUSTER_UNREACHABLE', 'There is no kubeconfig: no file ~/.kube/config, and KUBECONFIG is not set.', {
        remedies: [
          {title: 'Name one with --kubeconfig'},
          {title: 'Or use the sandbox, a cluster on this machine with real PostgreSQL: add --sandbox'},
        ],
      }),
    );
  }
  return config;
}

function notAnswering(server: string, why: string): string {
  return /certificate/i.test(why) && !/alert/.test(why)
    ? `The certificate of the cluster at ${server} is not one that the kubeconfig trusts.`
    : `The cluster at ${server} does not answer.`;
}

function unreachable(message: string, evidence: readonly string[], {kubeconfig, context}: Choice): UserError {
  return new UserError(
    cause('CLUSTER_UNREACHABLE', message, {
      evidence,
      remedies: [
        {
          title: 'See whether kubectl reaches it',
          command: kubectl({context}, ...(kubeconfig === null ? [] : ['--kubeconfig', kubeconfig]), 'cluster-info'),
        },
        {title: 'Choose another kubeconfig or context with --kubeconfig and --context'},
      ],
    }),
  );
}
