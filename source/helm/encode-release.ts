// Writes helm's record of a revision for a release that helm did not make, as helm itself would have recorded it.
import {databaseChart} from '../chart/names.ts';
import {gzipSync} from 'node:zlib';

export interface WrittenRelease {
  readonly release: string;
  readonly namespace: string;
  readonly chartVersion: string;
  readonly appVersion: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly manifest: string;
  readonly description: string;
}

/**
 * The Secret of revision 1, deployed. Helm, pkg/storage/driver/secrets.go and util.go, 3 and 4 alike: base64 of gzipped
 * JSON, which the API carries in base64. Without apply_method helm 4 goes on as helm 3 does.
 */
export function releaseSecret(written: WrittenRelease, now: number): object {
  const {release, namespace, chartVersion, appVersion, values, manifest, description} = written;
  const at = new Date(now).toISOString();
  const record = {
    name: release,
    namespace,
    version: 1,
    info: {first_deployed: at, last_deployed: at, deleted: '', description, status: 'deployed'},
    chart: {
      metadata: {apiVersion: 'v2', name: databaseChart, version: chartVersion, appVersion},
      lock: null,
      templates: [],
      values: {},
      schema: null,
      files: [],
    },
    config: values,
    manifest,
    hooks: [],
  };
  const packed = gzipSync(JSON.stringify(record)).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `sh.helm.release.v1.${release}.v1`,
      namespace,
      labels: {
        name: release,
        owner: 'helm',
        status: 'deployed',
        version: '1',
        modifiedAt: String(Math.floor(now / 1000)),
      },
    },
    type: 'helm.sh/release.v1',
    data: {release: Buffer.from(packed).toString('base64')},
  };
}
