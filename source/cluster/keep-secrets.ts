// Marks Secrets that helm is to leave where they are, even when none of its revisions has them any more.
import {resourcePolicy} from '../chart/tool-annotations.ts';
import {ApiError, type Api} from './api.ts';
import {paths} from './paths.ts';

/** Helm looks for the mark on the object in the cluster. @throws ApiError */
export async function keepSecrets(api: Api, namespace: string, names: readonly string[]): Promise<void> {
  const metadata = {annotations: {[resourcePolicy]: 'keep'}};
  await Promise.all(
    names.map((name) =>
      api.patch(`${paths.secrets(namespace)}/${name}`, {metadata}).catch((error: unknown) => {
        if (!(error instanceof ApiError) || error.status !== 404) throw error;
      }),
    ),
  );
}
