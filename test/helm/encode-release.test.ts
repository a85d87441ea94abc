// The record that is written of what kubectl applied is read back as helm's own are.
import {expect, it} from 'vitest';
import {releaseSecret} from '../../source/helm/encode-release.ts';
import {decodeManifest, decodeRelease} from '../../source/helm/release-record.ts';

it('is revision 1, deployed, with values, chart and manifest, and applied as helm 3 does', () => {
  const now = Date.parse('2026-01-02T03:04:05Z');
  const written = {
    release: 'orders',
    namespace: 'team-a',
    chartVersion: '15.5.38',
    appVersion: '16.4.0',
    values: {architecture: 'standalone'},
    manifest: '---\nkind: Service\n',
    description: 'as applied',
  };
  const secret = releaseSecret(written, now) as {
    readonly metadata: {readonly name: string; readonly labels: object};
    readonly type: string;
    readonly data: {readonly release: string};
  };
  const {name, labels} = secret.metadata;
  expect({name, labels, type: secret.type}).toEqual({
    name: 'sh.helm.release.v1.orders.v1',
    labels: {name: 'orders', owner: 'helm', status: 'deployed', version: '1', modifiedAt: String(now / 1000)},
    type: 'helm.sh/release.v1',
  });
  expect(decodeRelease(name, secret.data.release)).toEqual({
    revision: {
      revision: 1,
      status: 'deployed',
      chartName: 'postgresql',
      chartVersion: '15.5.38',
      appVersion: '16.4.0',
      updatedAt: '2026-01-02T03:04:05.000Z',
      description: 'as applied',
    },
    values: {architecture: 'standalone'},
  });
  expect(decodeManifest(name, secret.data.release)).toBe(written.manifest);
});
