// What a user reads when the API server no longer accepts their credentials, or the kubeconfig's credentials cannot be
// read.
import {cause, UserError} from '../core/cause.ts';

export function credentialsExpired(server: string, evidence: string): UserError {
  return new UserError(
    cause('CREDENTIALS_EXPIRED', `The cluster at ${server} does not accept the kubeconfig's credentials any more.`, {
      evidence: [evidence],
      remedies: [{title: 'Log in to the cluster again, then run the same command'}],
    }),
  );
}

/** A plugin that fails, a file that does not exist, or an invalid certificate. */
export function credentialsUnusable(server: string, error: unknown): UserError {
  const text = error instanceof Error ? error.message : String(error);
  return new UserError(
    cause('CREDENTIALS_EXPIRED', `The kubeconfig's credentials for the cluster at ${server} could not be used.`, {
      evidence: text
        .split('\n')
        .flatMap((line) => (line.trim() ? [line.trim()] : []))
        .slice(-5),
      remedies: [
        {title: 'See what kubectl says to them', command: 'kubectl cluster-info'},
        {title: 'Log in to the cluster again, then run the same command'},
      ],
    }),
  );
}
