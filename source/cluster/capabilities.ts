// What a chart asks of a cluster beside its objects (`.Capabilities` in a template), for helm to render without it.
import type {RenderedFor} from '../helm/arguments.ts';
import type {Api} from './api.ts';
import {ifAllowed} from './readable.ts';

interface Groups {
  readonly groups?: readonly {readonly versions?: readonly {readonly groupVersion: string}[]}[];
}

/**
 * One request, asked for once: groups come and go rarely, and an operation renders several times. A failure is not
 * kept.
 * @param kubernetesVersion as the cluster says it
 */
export function capabilitiesReader(api: Api, kubernetesVersion: string): () => Promise<RenderedFor> {
  let known: Promise<RenderedFor> | null = null;
  return () => {
    known ??= read(api, kubernetesVersion).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
}

async function read(api: Api, kubernetesVersion: string): Promise<RenderedFor> {
  const found = await ifAllowed(api.get<Groups>('/apis'));
  const apiVersions = (found?.groups ?? []).flatMap(({versions = []}) =>
    versions.map(({groupVersion}) => groupVersion),
  );
  return {apiVersions, kubeVersion: /^v?\d+\.\d+\.\d+/.test(kubernetesVersion) ? kubernetesVersion : null};
}
