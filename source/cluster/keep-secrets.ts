// Secrets that helm leaves where they are, also when no revision of its has them any more.
import {ApiError, type Api} from './api.ts';
import {paths} from './paths.ts';

/** Source: helm, pkg/kube/resource_policy.go. Looked for on the object in the cluster. @throws ApiError */
export async function keepSecrets(api: Api, namespace: string, names: readonly string[]): Promise<void> {
  const metadata = {annotations: {'helm.sh/resource-policy': 'keep'}};
  await Promise.all(
    names.map((name) =>
      api.patch(`${paths.secrets(namespace)}/${name}`, {metadata}).catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
      }),
    ),
  );
}
