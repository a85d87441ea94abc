// A kubelet with a store and nothing else: no API, no controllers. The test does what they would do.
import {chmodSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PassThrough, Readable} from 'node:stream';
import {execa} from 'execa';
import {parseAllDocuments} from 'yaml';
import {recorder} from '../../source/events.ts';
import {noFaults, type Faults} from '../../source/faults.ts';
import {startKubelet} from '../../source/kubelet/index.ts';
import {kinds} from '../../source/store/kinds.ts';
import type {KubeObject} from '../../source/store/objects.ts';
import {Store} from '../../source/store/store.ts';
import type {Kubelet} from '../../source/parts.ts';
import {helm3, smallChart} from '../../../test/support/paths.ts';
import {waitFor} from '../../../test/support/wait-for.ts';

export interface Lab {
  readonly store: Store;
  readonly folder: string;
  readonly kubelet: Kubelet;
  faults: Faults;
  pod(name: string): KubeObject | null;
  status(name: string): PodStatus;
  /** `reason message` of each, oldest first. */
  events(name: string): string[];
  log(name: string, container?: string): Promise<string>;
  exec(
    name: string,
    command: readonly string[],
    stdin?: string,
  ): Promise<{code: number; stdout: string; stderr: string}>;
  ready(name: string): Promise<void>;
  create(name: string, spec: object, metadata?: object): KubeObject;
  /** The kubelet starts again on what the store and the folder hold. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

interface PodStatus {
  phase?: string;
  podIP?: string;
  conditions?: {type: string; status: string; reason?: string; message?: string}[];
  containerStatuses?: {
    ready: boolean;
    started: boolean;
    restartCount: number;
    image: string;
    resources?: object;
    containerID?: string;
    state: {
      waiting?: {reason: string; message?: string};
      running?: object;
      terminated?: {exitCode: number; reason: string; message?: string};
    };
    lastState: {terminated?: {exitCode: number; reason: string}};
  }[];
}

export const passwords = {'postgres-password': 'adm in\'"\\', password: 'app', 'replication-password': 'repl:\\x'};
export const namespace = 'ns';

/** A name of the cluster leads to the first pod of the StatefulSet that has it, as the chart names its Services. */
export async function kubeletLab({podsHaveAddresses = true} = {}): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'pghi-kubelet-'));
  chmodSync(folder, 0o711);
  const store = new Store();
  const events = recorder(store);
  const octet = 130 + Math.floor(Math.random() * 100);
  // A name keeps its address, as behind the proxies of the real network.
  const addresses = new Map<string, string>();
  const start = (): Promise<Kubelet> =>
    startKubelet({
      store,
      events,
      folder,
      faults: () => lab.faults,
      onDoing: () => undefined,
      volumes: {
        folderOf(_namespace, claim) {
          const place = join(folder, 'volumes', claim);
          mkdirSync(place, {recursive: true});
          return place;
        },
      },
      network: {
        podsHaveAddresses,
        addressForPod({name}) {
          const known = addresses.get(name) ?? `127.77.${octet}.${addresses.size + 1}`;
          addresses.set(name, known);
          return known;
        },
        lookup: (_from, name, port) => Promise.resolve(lab.kubelet.address({namespace, name: `${name}-0`}, port)),
      },
    });
  store.create(kinds.namespace, {apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}});
  store.create(kinds.node, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {name: 'node0'},
    spec: {},
    status: {allocatable: {cpu: '2', memory: '4Gi'}, addresses: [{type: 'InternalIP', address: '127.0.0.1'}]},
  });
  store.create(kinds.secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {name: 'pg-auth', namespace},
    data: Object.fromEntries(
      Object.entries(passwords).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    ),
  });
  const live = {kubelet: null as Kubelet | null};
  const lab: Lab = {
    store,
    folder,
    get kubelet() {
      if (!live.kubelet) throw new Error('the kubelet has not started');
      return live.kubelet;
    },
    faults: noFaults,
    pod: (name) => store.get(kinds.pod, namespace, name),
    status: (name) => store.get(kinds.pod, namespace, name)?.['status'] ?? {},
    events: (name) =>
      store
        .list(kinds.event, namespace)
        .filter((event) => (event['involvedObject'] as {name: string}).name === name)
        .map((event) => `${String(event['reason'])} ${String(event['message'])}`),
    async log(name, container = 'postgresql') {
      const lines = [];
      for await (const {line} of lab.kubelet.logs(
        {namespace, name, container},
        {follow: false, previous: false, signal: new AbortController().signal},
      ))
        lines.push(line);
      return lines.join('\n');
    },
    async exec(name, command, stdin = '') {
      const text = {stdout: '', stderr: ''};
      const into = (key: 'stdout' | 'stderr') =>
        new PassThrough().on('data', (chunk: Buffer) => (text[key] += chunk.toString()));
      const container = (lab.pod(name)?.['spec'] as {containers: {name: string}[]}).containers[0]?.name ?? '';
      const code = await lab.kubelet.exec({namespace, name, container}, command, {
        stdin: Readable.from([stdin]),
        stdout: into('stdout'),
        stderr: into('stderr'),
        signal: new AbortController().signal,
      });
      return {code, ...text};
    },
    async ready(name) {
      const seen = async () =>
        `${JSON.stringify(lab.status(name))}\n${lab.events(name).join('\n')}\n${await lab.log(name)}`;
      await waitFor(
        `${name} is ready`,
        async () => ({isReady: isReady(lab.status(name)), seen: await seen()}),
        ({isReady: ready}) => ready,
        {deadlineMs: 20_000},
      );
    },
    create: (name, spec, metadata = {}) =>
      store.create(kinds.pod, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {name, namespace, ...metadata},
        spec: {nodeName: 'node0', ...spec},
        status: {phase: 'Pending'},
      }),
    async restart() {
      await lab.kubelet.close();
      live.kubelet = await start();
    },
    async close() {
      await live.kubelet?.close();
      events.close();
      rmSync(folder, {recursive: true, force: true});
    },
  };
  live.kubelet = await start();
  return lab;
}

interface Values {
  readonly primary?: object;
  readonly readReplicas?: object;
  readonly [key: string]: unknown;
}

/** The pod that the chart's StatefulSet makes, with the files that it mounts. */
export async function chartPod(
  lab: Lab,
  set: 'pg-postgresql-primary' | 'pg-postgresql-read',
  values: Values = {},
  ordinal = 0,
): Promise<KubeObject> {
  const objects = await chartObjects(values);
  const found = objects.find(({kind, metadata}) => kind === 'StatefulSet' && metadata.name === set) as unknown as {
    spec: {template: {spec: object & {volumes: object[]}; metadata: object}};
  };
  const {template} = found.spec;
  for (const kind of [kinds.secret, kinds.configMap]) {
    for (const object of objects)
      if (object.kind === kind.kind && !lab.store.get(kind, namespace, object.metadata.name))
        lab.store.create(kind, {...object, metadata: {...object.metadata, namespace}});
  }
  const name = `${set}-${ordinal}`;
  const volumes = [...template.spec.volumes, {name: 'data', persistentVolumeClaim: {claimName: `data-${name}`}}];
  return lab.create(
    name,
    {...template.spec, volumes, hostname: name},
    {labels: (template.metadata as {labels: object}).labels},
  );
}

const rendered = new Map<string, KubeObject[]>();

async function chartObjects({primary = {}, readReplicas = {}, ...values}: Values): Promise<KubeObject[]> {
  const member = {
    startupProbe: {enabled: true, initialDelaySeconds: 0, periodSeconds: 1, failureThreshold: 1000},
    readinessProbe: {enabled: true, initialDelaySeconds: 0},
    resourcesPreset: 'none',
  };
  const given = JSON.stringify({
    global: {security: {allowInsecureImages: true}},
    image: {repository: 'bitnamilegacy/postgresql'},
    volumePermissions: {image: {repository: 'bitnamilegacy/os-shell'}},
    architecture: 'replication',
    auth: {
      existingSecret: 'pg-auth',
      username: 'app',
      database: 'app',
      secretKeys: {
        adminPasswordKey: 'postgres-password',
        userPasswordKey: 'password',
        replicationPasswordKey: 'replication-password',
      },
    },
    primary: {...member, ...primary},
    readReplicas: {...member, ...readReplicas},
    ...values,
  });
  const known = rendered.get(given);
  if (known) return known;
  const {stdout} = await execa(helm3, ['template', 'pg', smallChart, '-f', '-'], {input: given});
  const objects = parseAllDocuments(stdout).flatMap((document) => (document.toJSON() as KubeObject | null) ?? []);
  rendered.set(given, objects);
  return objects;
}

export function isReady({conditions = []}: PodStatus): boolean {
  return conditions.some(({type, status}) => type === 'Ready' && status === 'True');
}
