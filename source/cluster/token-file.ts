// Logs in with the token in a file, which is read again each time: somebody renews it.
import {readFile} from 'node:fs/promises';
import type {RequestOptions} from 'node:https';
import type {Authenticator} from '@kubernetes/client-node/dist/auth.js';
import type {User} from '@kubernetes/client-node/dist/config_types.js';
import type {KubeconfigUser} from './kubeconfig-user.ts';

export const tokenFile: Authenticator = {
  isAuthProvider: (user) => fileOf(user) !== null,
  async applyAuthentication(user, options: RequestOptions) {
    const file = fileOf(user);
    if (file) options.headers = {...options.headers, Authorization: `Bearer ${await tokenIn(file)}`};
  },
};

function fileOf(user: User): KubeconfigUser['tokenFile'] {
  return (user as Partial<KubeconfigUser>).tokenFile ?? null;
}

/** As kubectl does, a file that cannot be read leaves the token that the kubeconfig gives beside it. */
async function tokenIn({path, otherwise}: NonNullable<KubeconfigUser['tokenFile']>): Promise<string> {
  try {
    const token = (await readFile(path, 'utf8')).trim();
    if (token !== '') return token;
  } catch (error) {
    if (otherwise === null) throw error;
  }
  if (otherwise === null) throw new Error(`The token file ${path} is empty.`);
  return otherwise;
}
