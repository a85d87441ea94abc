// What the installer makes beside helm: found by name and by our label, and a restore that a mesh lets in.
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {Pod} from '../../../source/observation/kubernetes.ts';
import {backupLog, createRestore, listBackups, startProof} from '../../../source/cluster/backup-pods.ts';
import {deleteObjects} from '../../../source/cluster/helm-objects.ts';
import {secretKeys} from '../../../source/chart/secret-keys.ts';
import {readOwnObjects} from '../../../source/cluster/own-objects.ts';
import type {Api} from '../../../source/cluster/api.ts';
import type {ServiceMesh} from '../../../source/parameters/parameters.ts';
import {connectTo} from '../../support/fakes/cluster.ts';
import {fakeApi, refusal, type FakeApi} from '../../support/fakes/fake-api.ts';

const target = {context: 'prod-eu', namespace: 'team-a', release: 'orders', fullname: 'orders-postgresql'};
const core = '/api/v1/namespaces/team-a';
const jobs = '/apis/batch/v1/namespaces/team-a/jobs';
let fake: FakeApi;
beforeEach(async () => {
  fake = await fakeApi();
});
afterEach(() => fake.stop());

async function asked<T>(ask: (api: Api) => Promise<T>): Promise<T> {
  const {api} = connectTo(fake);
  try {
    return await ask(api);
  } finally {
    api.close();
  }
}

const ours = {'app.kubernetes.io/managed-by': 'pg-helm-install'};
const put = (path: string, rest: object = {labels: ours}) => {
  const name = path.split('/').at(-1) ?? '';
  fake.objects.set(path, {metadata: {name, uid: name, ...rest}});
};

describe('what we made beside helm', () => {
  const all = [
    `${core}/secrets/orders-postgresql-tls`,
    `${core}/secrets/orders-postgresql-tls-ca`,
    `${jobs}/orders-postgresql-backup-restore`,
    `${core}/pods/orders-postgresql-backup-verify`,
    `${core}/pods/orders-postgresql-try-start`,
  ];
  const found = () => asked((api) => readOwnObjects(api, target));
  const names = async () => (await found()).map(({kind, metadata}) => `${kind}/${metadata.name}`);

  it('is joined by the Secret of the chart, where an adoption had helm keep it', async () => {
    const path = `${core}/secrets/orders-postgresql`;
    const labels = {'app.kubernetes.io/name': 'postgresql', 'app.kubernetes.io/managed-by': 'Helm'};
    put(path, {labels});
    expect(await names()).toEqual([]);
    put(path, {labels: {}, annotations: {'helm.sh/resource-policy': 'keep'}});
    expect(await names()).toEqual([]);
    put(path, {labels, annotations: {'helm.sh/resource-policy': 'keep'}});
    expect(await names()).toEqual(['Secret/orders-postgresql']);
    const isGiven = {given: {secret: {name: 'orders-postgresql', keys: secretKeys}}};
    expect(await asked((api) => readOwnObjects(api, {...target, ...isGiven}))).toEqual([]);
  });

  it('is found by its name, and deleted as it was found', async () => {
    expect(await names()).toEqual([]);
    for (const path of all) put(path);
    expect(await names()).toEqual([
      ...['Secret/orders-postgresql-tls', 'Secret/orders-postgresql-tls-ca', 'Job/orders-postgresql-backup-restore'],
      ...['Pod/orders-postgresql-backup-verify', 'Pod/orders-postgresql-try-start'],
    ]);
    const seen = await found();
    await asked((api) => deleteObjects(api, target.namespace, seen));
    const deleted = fake.asked.filter(({method}) => method === 'DELETE');
    expect(deleted.map(({path}) => path).sort()).toEqual([...all].sort());
    for (const {body, path} of deleted) expect(body).toMatchObject({preconditions: {uid: path.split('/').at(-1)}});
  });

  it('is not what somebody else made, nor what is on its way out', async () => {
    put(all[0] ?? '', {labels: {'app.kubernetes.io/managed-by': 'cert-manager'}});
    put(all[1] ?? '', {});
    put(all[2] ?? '', {labels: ours, deletionTimestamp: '2026-01-02T03:04:05Z'});
    put(`${core}/secrets/orders-postgresql-auth`);
    expect(await names()).toEqual([]);
  });
});

const runtime = {image: 'docker.io/library/postgres:17', pullSecrets: [], tolerations: [], cpuLimit: null};

describe('each pod of backups that we make ourselves', () => {
  const {signal} = new AbortController();
  const proof = {backup: '20260102T030405Z', room: '1Gi', storageClass: null};
  const restore = {claim: 'c', backup: proof.backup, database: 'appdb', certificate: null, mesh: 'none'} as const;
  async function resourcesOf(cpuLimit: string | null): Promise<object[]> {
    fake.intercept(({method}) => (method === 'GET' ? refusal(404, 'NotFound', 'gone') : undefined));
    const its = {...runtime, cpuLimit};
    await asked((api) => listBackups(api, target, its, signal).catch(() => undefined));
    await asked((api) => startProof(api, target, {...proof, runtime: its}, signal));
    await asked((api) => createRestore(api, target, {...restore, runtime: its}));
    type Spec = {containers: {resources: object}[]};
    return fake.asked
      .filter(({method}) => method === 'POST')
      .map(({body}) => (body as {spec: Spec & {template?: {spec: Spec}}}).spec)
      .flatMap((spec) => (spec.template?.spec ?? spec).containers.map(({resources}) => resources));
  }

  // A quota of limits.cpu takes no pod without.
  // What restores has as much as the database, because it works with two processes, or has a server of its own.
  it.each<[string | null, string, readonly (string | undefined)[]]>([
    [null, '100m', [undefined, undefined, undefined]],
    ['2', '100m', ['1', '2', '2']],
    ['50m', '50m', ['50m', '50m', '50m']],
  ])('has a CPU limit where the database has one: %s', async (cpuLimit, request, limits) => {
    const found = (await resourcesOf(cpuLimit)) as {requests: {cpu: string}; limits: {cpu?: string}}[];
    expect(found.map(({requests}) => requests.cpu)).toEqual([request, request, request]);
    expect(found.map((one) => one.limits.cpu)).toEqual(limits);
  });
});

describe('a restore', () => {
  const made = async (mesh: ServiceMesh) => {
    const desired = {runtime, claim: 'c', backup: '20260102T030405Z', database: 'appdb', certificate: null, mesh};
    await asked((api) => createRestore(api, target, desired));
    const {body} = fake.asked.find(({method, path}) => method === 'POST' && path === jobs) ?? {};
    type Made = {
      spec: {
        template: {
          metadata: {labels: Record<string, string>; annotations: Record<string, string>};
          spec: {containers: {command: string[]}[]};
        };
      };
    };
    return (body as Made).spec.template;
  };

  it.each([
    ['none', 'false', 'disabled', 'appdb'],
    ['istio', 'true', undefined, 'istio'],
    ['linkerd', 'false', 'enabled', 'linkerd'],
  ] as const)(
    'as part of %s has the proxy that it logs in through, and ends it',
    async (mesh, istio, linkerd, last) => {
      const {metadata, spec} = await made(mesh);
      expect(metadata.labels['sidecar.istio.io/inject']).toBe(istio);
      expect(metadata.annotations['linkerd.io/inject']).toBe(linkerd);
      expect(metadata.annotations['sidecar.istio.io/nativeSidecar']).toBe(mesh === 'istio' ? 'true' : undefined);
      expect(spec.containers[0]?.command.at(-1)).toBe(last);
    },
  );

  it('is asked for what its own container said, not its proxy', async () => {
    const pod = {metadata: {name: 'one'}, spec: {containers: [{name: 'istio-proxy'}, {name: 'restore'}]}} as Pod;
    fake.intercept(({path, query}) =>
      path.endsWith('/one/log') ? {chunks: [`${query.get('container')} says it\n`], then: 'end'} : undefined,
    );
    expect(await asked((api) => backupLog(api, target.namespace, pod))).toEqual(['restore says it']);
  });
});
