// A Connection to the fake API, and objects of a release as the chart makes them.
import {gzipSync} from 'node:zlib';
import {afterEach, beforeEach} from 'vitest';
import {KubeConfig} from '@kubernetes/client-node/dist/config.js';
import {Api} from '../../../source/cluster/api.ts';
import {CredentialCache} from '../../../source/cluster/credential-cache.ts';
import type {Connection} from '../../../source/cluster/connect.ts';
import {fakeApi, type FakeApi, type FakeObject} from './fake-api.ts';

export function connectTo(fake: FakeApi, timeoutMs?: number): Connection & {readonly api: Api} {
  const config = new KubeConfig();
  config.loadFromString(JSON.stringify(fake.kubeconfig()));
  const credentials = new CredentialCache(config);
  return {
    context: 'fake',
    defaultNamespace: 'team-a',
    server: fake.url,
    kubernetesVersion: 'v1.34.4',
    api: new Api(fake.url, credentials, timeoutMs),
    credentials,
    kubeconfig: null,
  };
}

/** For each test of the file. */
export function useFakeApi(use: (made: {readonly fake: FakeApi; readonly api: Api}) => void): void {
  let end: () => Promise<void>;
  beforeEach(async () => {
    const fake = await fakeApi();
    const {api} = connectTo(fake);
    end = async () => {
      api.close();
      await fake.stop();
    };
    use({fake, api});
  });
  afterEach(() => end());
}

export function podObject(
  name: string,
  {ready, uid = `uid-of-${name}`, restarts = 0}: {ready: boolean; uid?: string; restarts?: number},
): FakeObject {
  const component = name.includes('-read-') ? 'read' : 'primary';
  return {
    metadata: {
      name,
      uid,
      labels: {
        'app.kubernetes.io/instance': 'orders',
        'app.kubernetes.io/name': 'postgresql',
        'app.kubernetes.io/component': component,
      },
    },
    spec: {nodeName: 'node0', containers: [{name: 'postgresql'}]},
    status: {
      phase: 'Running',
      conditions: [{type: 'Ready', status: ready ? 'True' : 'False'}],
      containerStatuses: [{name: 'postgresql', ready, restartCount: restarts, state: {running: {}}}],
    },
  };
}

/** One revision as helm 3 and 4 keep it. */
export function helmRecord(
  release: string,
  revision: number,
  {
    status = 'deployed',
    chart = 'postgresql',
    version = '16.7.26',
    config = {},
    description = 'Install complete',
  }: {status?: string; chart?: string; version?: string; config?: object; description?: string} = {},
): FakeObject {
  const record = {
    name: release,
    version: revision,
    info: {status, last_deployed: '2026-01-02T03:04:05Z', description},
    chart: {metadata: {name: chart, version, appVersion: '17.6.0'}},
    config,
  };
  const packed = gzipSync(JSON.stringify(record)).toString('base64');
  return {
    metadata: {
      name: `sh.helm.release.v1.${release}.v${revision}`,
      namespace: 'team-a',
      labels: {name: release, owner: 'helm', status, version: String(revision)},
    },
    data: {release: Buffer.from(packed).toString('base64')},
  };
}
