// Who is let in, and a proxy beside the database: which objects the cluster has for that, and that no client notices a
// change of the policies. Keeping others out is the work of the cluster's network; the lab's and the sandbox's do not
// do it.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Status} from '../../source/client/questions/status.ts';
import type {Pod, Service} from '../../source/observation/kubernetes.ts';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {helms} from '../support/clusters/helms.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import {startSteadyWriter, type SteadyWriter} from '../support/clusters/steady-writer.ts';

const fullname = 'orders-postgresql';
const sets = [`${fullname}-primary`, `${fullname}-read`];

interface Policy {
  readonly spec: {
    readonly ingress: readonly {
      readonly from?: readonly Readonly<Record<string, unknown>>[];
      readonly ports: readonly {readonly port: number}[];
    }[];
  };
}

describe.each(helms)('%s', (_name, helm) => {
  let release: OperatedRelease;
  let client: SteadyWriter | null = null;
  beforeAll(async () => {
    const flags = ['--read-replicas', '1', '--exposure', 'cluster', '--allow-namespaces', 'default,nobody-has-this'];
    release = await OperatedRelease.install('network', flags, {helm});
  });
  afterAll(async () => {
    await client?.stop();
    await release.namespace.remove();
  });

  const get = <T>(kind: string, name: string) => kubectlJson<T>(['-n', release.namespace.name, 'get', kind, name]);
  const warned = async () => (await release.read<Status>('status')).warnings.map(({code}) => code);

  /** Who is let in beside the pods of the release, as `who: ports`, for writer and readers alike. */
  async function admitted(): Promise<readonly string[]> {
    const [writer, reader] = await Promise.all(sets.map((set) => get<Policy>('networkpolicy', set)));
    const rules = (policy: Policy | undefined) =>
      (policy?.spec.ingress ?? []).map(
        ({from, ports}) => `${from ? from.map(whoIs).join(' or ') : 'all'}: ${ports.map(({port}) => port).join()}`,
      );
    const ofWriter = rules(writer);
    expect(rules(reader)).toEqual(ofWriter.map((rule) => rule.replace('primary', 'read')));
    return ofWriter;
  }

  function whoIs(peer: Readonly<Record<string, unknown>>): string {
    const text = JSON.stringify(peer);
    if ('namespaceSelector' in peer) return /"values":\[([^\]]*)\]/.exec(text)?.[1]?.replace(/"/g, '') ?? text;
    if ('ipBlock' in peer) return /"cidr":"([^"]*)"/.exec(text)?.[1] ?? text;
    return text.includes('-client') ? (/[\w-]+-client/.exec(text)?.[0] ?? text) : 'own pods';
  }

  /** A client at the address inside the cluster, to which this machine has a way on the lab and in the sandbox. */
  async function writing(): Promise<SteadyWriter> {
    const {spec} = await get<Service>('service', `${fullname}-primary`);
    const {data} = await get<{data: Record<string, string>}>('secret', `${fullname}-auth`);
    const password = Buffer.from(data['postgres-password'] ?? '', 'base64').toString();
    return startSteadyWriter({host: spec.clusterIP ?? '', password});
  }

  const own = 'own pods or orders-postgresql-primary-client: 5432';

  test('those who are named are let in, and the pods of the release: both endpoints are proven', async () => {
    expect(await admitted()).toEqual([own, 'default,nobody-has-this: 5432']);
    const {endpoints, warnings, parameters} = await release.read<Status>('status');
    expect([endpoints?.writer.proven, endpoints?.reader.proven]).toEqual([true, true]);
    expect(parameters?.allowNamespaces).toEqual(['default', 'nobody-has-this']);
    const missing = warnings.find(({code}) => code === 'ALLOWED_NAMESPACE_MISSING');
    expect(missing?.message).toContain('There is no namespace nobody-has-this:');
    // Neither the lab nor the sandbox enforces policies; another cluster warns of nothing, or says that it is not
    // known.
    expect(warnings.filter(({code}) => code.startsWith('POLICY_')).length).toBeLessThanOrEqual(1);
  });

  test('others are named, and all of them again: no pod restarts, and no write fails', async () => {
    const before = await release.lives();
    client = await writing();
    const plan = [`ACCESS_CHANGE NetworkPolicy/${fullname}-primary`];
    const own = release.namespace.name;
    expect(await release.planned('set', '--allow-namespaces', own)).toEqual(plan);
    const {failedWrites} = await client.during(async () => {
      await release.done('set', '--allow-namespaces', `${own},default:metrics`);
      expect((await admitted()).slice(-2)).toEqual([`${own}: 5432`, 'default: 9187']);
      await release.done('set', '--allow-namespaces', own);
      expect(await admitted()).toContain(`${own}: 5432`);
      expect(await warned()).not.toContain('ALLOWED_NAMESPACE_MISSING');
      await release.done('set', '--allow-namespaces', 'all');
      expect(await admitted()).toEqual(['all: 5432']);
      await release.done('rollback');
      expect(await admitted()).toContain(`${own}: 5432`);
    });
    expect(failedWrites).toBe(0);
    expect(await release.lives()).toEqual(before);
  });

  test('a load balancer goes on letting in its ranges, and has to know whose they are', async () => {
    const {json, code} = await release.run('set', '--exposure', 'load-balancer', '--allow-public');
    expect(`${code} ${json.cause?.code} ${json.cause?.message}`).toMatch(
      /^2 BAD_INPUT --allow-namespaces and --allow-p/,
    );
    const before = await release.lives();
    await release.done('set', '--exposure', 'load-balancer', '--allow-from', '192.0.2.0/24');
    expect(await admitted()).toContain('192.0.2.0/24: 5432');
    type Routed = {readonly spec: {readonly externalTrafficPolicy?: string}};
    for (const set of sets) expect((await get<Routed>('service', set)).spec.externalTrafficPolicy).toBe('Local');
    await release.done('set', '--exposure', 'cluster');
    expect(await admitted()).not.toContain('192.0.2.0/24: 5432');
    expect(await release.lives()).toEqual(before);
  });

  test('a proxy beside the database counts: a pod is ready with both, and is resized while both run', async () => {
    const {spec} = await get<Pod>('pod', writerPod);
    const proxy = {
      name: 'linkerd-proxy',
      image: spec.containers[0]?.image,
      command: ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1 & wait $!; done'],
      securityContext: {
        allowPrivilegeEscalation: false,
        runAsNonRoot: true,
        runAsUser: 1001,
        capabilities: {drop: ['ALL']},
        seccompProfile: {type: 'RuntimeDefault'},
      },
    };
    const file = join(mkdtempSync(join(tmpdir(), 'pghi-mesh-')), 'values.yaml');
    writeFileSync(file, JSON.stringify({primary: {sidecars: [proxy]}, readReplicas: {sidecars: [proxy]}}));
    const {warnings} = await release.done('set', '--service-mesh', 'linkerd', '--values', file);
    const codes = warnings.map(({code}) => code);
    expect(codes).toContain('MESH_NOT_FOUND');
    expect(codes).not.toContain('MESH_PROXY_MISSING');
    expect(await admitted()).toEqual([own, `${release.namespace.name}: 5432,4143`, 'own pods: 4143']);
    for (const name of [writerPod, readerPod(0)]) {
      const {metadata, status} = await get<Pod>('pod', name);
      expect(metadata.annotations).toMatchObject({
        'linkerd.io/inject': 'enabled',
        'config.linkerd.io/opaque-ports': '5432',
      });
      expect((status?.containerStatuses ?? []).filter(({ready}) => ready)).toHaveLength(2);
    }
    const before = await release.lives();
    await release.done('resize', '--memory', '300Mi');
    expect(await release.lives()).toEqual(before);
  });

  test('without the mesh again: what it asked for is gone, and no row is lost', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'pghi-mesh-')), 'values.yaml');
    writeFileSync(file, '{}\n');
    await release.done('set', '--service-mesh', 'none', '--values', file);
    const {metadata, spec} = await get<Pod>('pod', writerPod);
    expect(Object.keys(metadata.annotations ?? {}).filter((key) => key.includes('linkerd'))).toEqual([]);
    expect(spec.containers.map(({name}) => name)).toEqual(['postgresql']);
    expect((await get<Service>('service', `${fullname}-primary`)).metadata.annotations).not.toHaveProperty([
      'config.linkerd.io/opaque-ports',
    ]);
    if (client !== null) await release.expectAllRows(client);
  });
});
