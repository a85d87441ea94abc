// What a user reads when the API server does not know them any more.
import {cause, UserError} from '../cause.ts';

export function credentialsExpired(server: string, evidence: string): UserError {
  return new UserError(
    cause('CREDENTIALS_EXPIRED', `The cluster at ${server} does not accept the kubeconfig's credentials any more.`, {
      evidence: [evidence],
      remedies: [{title: 'Log in to the cluster again, then run the same command'}],
    }),
  );
}
