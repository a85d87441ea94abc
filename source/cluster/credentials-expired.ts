// What a user reads when the API server no longer accepts their credentials, or the kubeconfig's credentials cannot be
// read.
import {cause, UserError, type Remedy} from '../core/cause.ts';
import {kubectl} from '../commands/kubectl.ts';
import {evidence} from '../observation/causes/messages.ts';
import {plain} from '../observation/text/plain-text.ts';
import {PluginError} from './credential-plugin.ts';

export function credentialsExpired(server: string, evidence: string): UserError {
  return new UserError(
    cause('CREDENTIALS_EXPIRED', `The cluster at ${server} does not accept the kubeconfig's credentials any more.`, {
      evidence: [evidence],
      remedies: [{title: 'Log in to the cluster again, then run the same command'}],
    }),
  );
}

/** A plugin that fails, a file that does not exist, or an invalid certificate. */
export function credentialsUnusable(server: string, context: string | null, error: unknown): UserError {
  const asked = kubectl({context}, 'cluster-info');
  if (error instanceof PluginError) return pluginUnusable(server, asked, error);
  const text = error instanceof Error ? error.message : String(error);
  return new UserError(
    cause('CREDENTIALS_EXPIRED', `The kubeconfig's credentials for the cluster at ${server} could not be used.`, {
      evidence: text
        .split('\n')
        .flatMap((line) => (line.trim() ? [line.trim()] : []))
        .slice(-5),
      remedies: [
        {title: 'See what kubectl says to them', command: asked},
        {title: 'Log in to the cluster again, then run the same command'},
      ],
    }),
  );
}

const longestHint = 500;

function pluginUnusable(server: string, asked: string, {problem, command, words, installHint}: PluginError): UserError {
  const asKubectl: Remedy = {
    title: 'See what kubectl says: in a terminal the program can ask',
    command: asked,
  };
  const said = evidence(...words);
  if (problem === 'missing') {
    const hint = plain(installHint ?? '')
      .replace(/\s+/g, ' ')
      .trim();
    return new UserError(
      cause('CREDENTIALS_EXPIRED', `${logsIn(server, command)} is not installed here, or not on the PATH.`, {
        evidence: said,
        remedies: [
          {title: hint === '' ? `Install ${command}, then run the same command again` : hint.slice(0, longestHint)},
        ],
      }),
    );
  }
  const message =
    problem === 'silent'
      ? `${logsIn(server, command)} did not answer in time, and was ended. It may wait for somebody to log in.`
      : `${logsIn(server, command)} gave no credentials.`;
  return new UserError(
    cause('CREDENTIALS_EXPIRED', message, {
      evidence: said,
      remedies: [asKubectl, {title: 'Log in to the cluster again, then run the same command'}],
    }),
  );
}

function logsIn(server: string, command: string): string {
  return `The program ${command}, with which the kubeconfig logs in to the cluster at ${server},`;
}
