// A release as a chart of the past makes it: from what was recorded of that chart, on a cluster or in the sandbox.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {certificateNames} from '../../../source/chart/certificate-names.ts';
import {createAuthority, createServerCertificate} from '../../../source/cluster/create-certificate.ts';
import type {TestNamespace} from './namespace.ts';
import {OperatedRelease, type PlainHelm} from './operated-release.ts';
import {chartOf, type RecordedChart} from '../recorded-charts.ts';

const fullname = 'orders-postgresql';
/** The password of the user in the Secret that is made before the release. */
export const oddPassword = `it's "odd" $HOME \\ pw`;

export async function recordedRelease(
  prefix: string,
  recorded: RecordedChart,
  how: Pick<PlainHelm, 'helm' | 'chart'> = {},
): Promise<OperatedRelease> {
  const folder = mkdtempSync(join(tmpdir(), 'pghi-recorded-'));
  try {
    const first = recorded.shape === 'carried' ? makeGiven : async () => undefined;
    return await OperatedRelease.byPlainHelm(prefix, recorded.values, {...how, by: chartOf(recorded, folder), first});
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

/** The claim, the Secret and the certificate that the values of `carried` name. */
async function makeGiven(namespace: TestNamespace): Promise<void> {
  const now = Date.now();
  const authority = await createAuthority(fullname, now);
  const names = certificateNames({fullname, namespace: namespace.name, hostname: null, addresses: []});
  const {certificate, key} = await createServerCertificate(fullname, names, authority, now);
  const secret = (name: string, stringData: object) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {name},
    stringData,
  });
  const items = [
    secret('shop-cert', {'tls.crt': certificate, 'tls.key': key}),
    secret('shop-login', {'postgres-password': `${oddPassword} of postgres`, password: oddPassword}),
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {name: 'shop-data'},
      spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
    },
  ];
  await namespace.kubectl(['create', '-f', '-'], JSON.stringify({apiVersion: 'v1', kind: 'List', items}));
}
