// The sandbox's API alone: nodes and a storage class, no controllers, and pods that only pretend.
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {createTls} from '../../source/api/new-certificate.ts';
import {kubeconfigFor} from '../../source/api/kubeconfig.ts';
import type {PodRuntime} from '../../source/pod-runtime.ts';
import {startApi} from '../../source/api/server.ts';
import {kinds} from '../../source/store/kinds.ts';
import {Store} from '../../source/store/store.ts';

export interface BareApi {
  readonly store: Store;
  readonly server: string;
  readonly kubeconfig: string;
  readonly cert: string;
  readonly token: string;
  /** Runs a program against it. */
  run(program: string, words: readonly string[], input?: string): Promise<{code: number; out: string}>;
  close(): Promise<void>;
}

export async function bareApi(): Promise<BareApi> {
  const folder = mkdtempSync(join(tmpdir(), 'pghi-api-'));
  const store = new Store();
  // A port of a pod sends back what it is sent.
  const echo = createServer((socket) => socket.on('error', () => socket.destroy()).pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const token = 'a-token';
  const tls = await createTls();
  const api = await startApi({store, port: 0, token, tls, pods: pretending((echo.address() as AddressInfo).port)});
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigFor({port: api.port, token, cert: api.cert}));
  seed(store);
  const env = {PATH: process.env['PATH'], HOME: folder, KUBECONFIG: kubeconfig};
  return {
    store,
    server: `https://127.0.0.1:${api.port}`,
    kubeconfig,
    cert: api.cert,
    token,
    async run(program, words, input = '') {
      const {exitCode, all} = await execa(program, words, {
        env,
        extendEnv: false,
        input,
        all: true,
        reject: false,
        cwd: folder,
        timeout: 50_000,
      });
      return {code: exitCode ?? -1, out: all};
    },
    async close() {
      await api.close();
      await new Promise((resolve) => echo.close(resolve));
      rmSync(folder, {recursive: true, force: true});
    },
  };
}

function pretending(port: number): PodRuntime {
  return {
    async *logs({container}, {previous}) {
      for (const line of ['one', 'two', 'three'])
        yield {time: new Date('2026-01-01T00:00:00Z'), line: `${previous ? 'before: ' : ''}${line} of ${container}`};
    },
    async exec(_pod, command, {stdin, stdout, stderr}) {
      if (stdin) for await (const chunk of stdin) stdout.write(chunk);
      stderr.write(`${command.join(' ')}\n`);
      return Number(command[1] ?? 0);
    },
    address: (_pod, asked) => (asked === 5432 ? {host: '127.0.0.1', port} : null),
  };
}

function seed(store: Store): void {
  for (const name of ['node0', 'node1', 'node2']) {
    const room = {cpu: '4', memory: '8Gi', pods: '110'};
    store.create(kinds.node, {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {name},
      spec: {},
      status: {
        capacity: room,
        allocatable: room,
        conditions: [{type: 'Ready', status: 'True'}],
        nodeInfo: {kubeletVersion: 'v1.34.4'},
      },
    });
  }
  for (const [name, grows] of [
    ['standard', true],
    ['fixed', false],
  ] as const) {
    const annotations = {'storageclass.kubernetes.io/is-default-class': String(name === 'standard')};
    store.create(kinds.storageClass, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {name, annotations},
      provisioner: 'sandbox/volume',
      allowVolumeExpansion: grows,
      volumeBindingMode: 'WaitForFirstConsumer',
    });
  }
}

/** A pod of that name as a kubelet would have it running. */
export function runningPod(store: Store, name: string): void {
  const pod = store.create(kinds.pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name, namespace: 'default', labels: {app: name}},
    spec: {nodeName: 'node0', containers: [{name: 'main', image: 'example.invalid/none:1'}]},
  });
  const status = {
    ...(pod['status'] as object),
    phase: 'Running',
    containerStatuses: [{name: 'main', ready: true, restartCount: 0, state: {running: {}}}],
  };
  store.update(kinds.pod, {...pod, status});
}
