// TLS as clients see it: switched on and off, required, with a certificate of the installer and with one of the
// operator, renewed while somebody writes.
import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {checkServerIdentity} from 'node:tls';
import pg from 'pg';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {certificateNames} from '../../source/chart/certificate-names.ts';
import {createAuthority, createServerCertificate} from '../../source/cluster/create-certificate.ts';
import type {Status} from '../../source/client/questions/status.ts';
import type {Service} from '../../source/observation/kubernetes.ts';
import {cliJson} from '../support/cli.ts';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {helms} from '../support/clusters/helms.ts';
import {onSandbox} from '../support/setup/on-sandbox.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import {waitFor} from '../support/wait-for.ts';

const dayMs = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'pghi-tls-'));
const fullname = 'orders-postgresql';
const ownSecret = `${fullname}-tls`;
const hostname = 'db.example.com';

interface Secret {
  readonly data: Readonly<Record<string, string>>;
}

describe.each(helms)('%s', (_name, helm) => {
  let release: OperatedRelease;
  beforeAll(async () => {
    const flags = ['--read-replicas', '1', '--tls', 'self-signed', '--hostname', hostname];
    release = await OperatedRelease.install('tls', flags, {helm});
  });
  afterAll(() => release.namespace.remove());

  const status = () => release.read<Status>('status');
  const codes = async () => (await status()).warnings.map(({code}) => code).filter((code) => /^CERTIFICATE/.test(code));
  async function secretText(name: string, key: string): Promise<string> {
    const {data} = await kubectlJson<Secret>(['-n', release.namespace.name, 'get', 'secret', name]);
    return Buffer.from(data[key] ?? '', 'base64').toString();
  }

  /**
   * Connects to the address outside; without TLS where `ca` is null. @returns what the server says of the connection
   */
  async function asked(role: 'writer' | 'reader', ca: string | null): Promise<string> {
    const {endpoints} = await status();
    const {host, port} = endpoints?.[role] ?? {};
    const name = host ?? '';
    const identity = (_: string, certificate: Parameters<typeof checkServerIdentity>[1]) =>
      checkServerIdentity(name, certificate);
    const client = new pg.Client({
      host: name,
      port: port ?? 5432,
      user: 'postgres',
      database: 'postgres',
      password: await secretText(`${fullname}-auth`, 'postgres-password'),
      ssl: ca === null ? false : {ca, checkServerIdentity: identity},
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const {rows} = await client.query<{ssl: boolean}>('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
      return rows[0]?.ssl ? 'encrypted' : 'plain';
    } catch (error) {
      return (error as {code?: string; message: string}).code ?? String(error);
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  /** Connects with psql in a pod, through the name of a Service; a name that no DNS has needs the address. */
  async function verifiedInside(host: string, address = ''): Promise<string> {
    const conninfo =
      `host=${host} ${address && `hostaddr=${address}`} user=postgres dbname=postgres sslmode=verify-full ` +
      'sslrootcert=/opt/bitnami/postgresql/certs/ca.crt';
    const script =
      'PGPASSWORD=$(cat /opt/bitnami/postgresql/secrets/postgres-password) psql -tAc ' +
      `"select ssl from pg_stat_ssl where pid = pg_backend_pid()" "${conninfo}"`;
    const args = ['exec', readerPod(0), '-c', 'postgresql', '--', 'bash', '-c', script];
    return (await release.namespace.kubectl(args).catch(String)).trim();
  }

  async function replaceKeys(name: string, stringData: Readonly<Record<string, string>>): Promise<void> {
    await release.namespace.kubectl(['patch', 'secret', name, '--type=merge', '-p', JSON.stringify({stringData})]);
  }

  test('a client that verifies is let in under each name that is shown, and plain ones are too', async () => {
    const ca = await secretText(ownSecret, 'ca.crt');
    expect(await asked('writer', ca)).toBe('encrypted');
    expect(await asked('reader', ca)).toBe('encrypted');
    expect(await asked('writer', null)).toBe('plain');
    const namespace = release.namespace.name;
    for (const host of [
      `${fullname}-primary`,
      `${fullname}-read.${namespace}.svc.cluster.local`,
      `${fullname}-primary-0.${fullname}-primary-hl.${namespace}.svc.cluster.local`,
    ])
      expect(`${host} ${await verifiedInside(host)}`).toBe(`${host} t`);
    for (const [service, host] of [
      ['primary', hostname],
      ['read', `reader-${hostname}`],
    ] as const) {
      const {spec} = await kubectlJson<Service>(['-n', namespace, 'get', 'service', `${fullname}-${service}`]);
      expect(`${host} ${await verifiedInside(host, spec.clusterIP)}`).toBe(`${host} t`);
      expect(await verifiedInside(`not-${host}`, spec.clusterIP)).toContain('does not match host name');
    }
    const other = await createAuthority('somebody else', Date.now());
    expect(await asked('writer', other.certificate)).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED|signature/);
    expect(await codes()).toEqual([]);
  });

  test('endpoints write the authority, and say how to verify with it', async () => {
    const file = join(folder, 'orders-ca.crt');
    const args = ['endpoints', 'orders', '-n', release.namespace.name, '--ca-file', file];
    const {json} = await cliJson<{tls: unknown; connectionStrings: {uri: {writer: string}}}>(args, {env: release.env});
    expect(json.tls).toMatchObject({certificate: 'self-signed', secret: ownSecret, authorityFile: file});
    expect(json.connectionStrings.uri.writer).toMatch(/\?sslmode=verify-full&sslrootcert=.*orders-ca\.crt$/);
    expect(await asked('writer', readFileSync(file, 'utf8'))).toBe('encrypted');
  });

  test('the key of the authority is in no pod, and no key in what helm keeps', async () => {
    const mounted = await release.namespace.kubectl([
      ...['exec', writerPod, '-c', 'postgresql', '--', 'bash', '-c'],
      'ls /opt/bitnami/postgresql/certs',
    ]);
    expect(mounted.split(/\s+/).filter(Boolean).sort()).toEqual(['ca.crt', 'server.crt', 'server.key']);
    const values = JSON.stringify(await release.read('values'));
    expect(values).not.toContain('PRIVATE KEY');
    expect(values).toContain(ownSecret);
  });

  test('one that ends is warned of, and renewed with the next change: nobody notices', async () => {
    const ca = await secretText(ownSecret, 'ca.crt');
    const authority = {key: await secretText(`${ownSecret}-ca`, 'ca.key'), certificate: ca};
    const names = certificateNames({fullname, namespace: release.namespace.name, hostname: null, addresses: []});
    const old = await createServerCertificate(fullname, names, authority, Date.now() - 340 * dayMs);
    await replaceKeys(ownSecret, {'server.crt': old.certificate, 'server.key': old.key});
    expect(await codes()).toEqual(
      expect.arrayContaining(['CERTIFICATE_EXPIRES', 'CERTIFICATE_NAMES', 'CERTIFICATE_PENDING']),
    );
    expect(await release.planned('set', '--tls', 'self-signed')).toEqual([`CERTIFICATE_RENEW Secret/${ownSecret}`]);

    const before = await release.lives();
    const client = await release.client();
    const {failedWrites} = await client.during(() => release.done('set', '--tls', 'self-signed'));
    await client.stop();
    expect(failedWrites).toBe(0);
    expect(await release.lives()).toEqual(before);
    expect(await asked('writer', ca)).toBe('encrypted');
    expect(await asked('reader', ca)).toBe('encrypted');
    expect(await secretText(ownSecret, 'server.crt')).not.toBe(old.certificate);
    expect(await codes()).toEqual([]);
    expect((await release.run('set', '--tls', 'self-signed')).json.outcome).toBe('unchanged');
  });

  test('required: plain clients are refused, readers replicate encrypted, and all is proven', async () => {
    const plan = await release.planned('set', '--tls', 'required');
    expect(plan).toEqual([
      `REPLICA_RESTART StatefulSet/${fullname}-read`,
      `PRIMARY_RESTART StatefulSet/${fullname}-primary`,
      'ENDPOINT_CHANGE Release/orders',
    ]);
    await release.done('set', '--tls', 'required');
    const ca = await secretText(ownSecret, 'ca.crt');
    // In the sandbox every client comes from the loopback address, which counts as the pod itself and needs no TLS.
    const refused = onSandbox ? 'plain' : '28000';
    expect(await asked('writer', null)).toBe(refused);
    expect(await asked('reader', null)).toBe(refused);
    for (const pod of [writerPod, readerPod(0)]) {
      const rules = "select string_agg(distinct type, ',') from pg_hba_file_rules where address = 'all'";
      expect(await release.ask(pod, rules)).toBe('hostssl');
    }
    expect(await asked('writer', ca)).toBe('encrypted');
    const replicating = 'select usename, ssl from pg_stat_ssl join pg_stat_replication using (pid)';
    expect(await release.ask(writerPod, replicating)).toBe('repl_user|t');
    expect(await status()).toMatchObject({state: 'ready', tls: {required: true, certificate: 'self-signed'}});
  });

  test("the operator's own: what cannot be used is refused, what can is shown to clients", async () => {
    const authority = await createAuthority('The operator', Date.now());
    const {endpoints} = await status();
    const addresses = [endpoints?.writer.host ?? '', endpoints?.reader.host ?? ''];
    const names = certificateNames({fullname, namespace: release.namespace.name, hostname, addresses});
    const pair = await createServerCertificate(fullname, names, authority, Date.now());
    const refused = async (name: string) => {
      const before = await release.lives();
      const {json, code} = await release.run('set', '--tls', `secret:${name}`);
      expect(await release.lives()).toEqual(before);
      return `${code} ${json.cause?.code} ${json.cause?.message}`;
    };
    expect(await refused('mine')).toMatch(/^3 CERTIFICATE_INVALID .*it does not exist/);
    const made = {'tls.crt': pair.certificate, 'tls.key': authority.key, 'ca.crt': authority.certificate};
    const secret = {apiVersion: 'v1', kind: 'Secret', metadata: {name: 'mine'}, stringData: made};
    await release.namespace.kubectl(['create', '-f', '-'], JSON.stringify(secret));
    expect(await refused('mine')).toMatch(/^3 CERTIFICATE_INVALID .*not the key of its tls.crt/);

    await replaceKeys('mine', {'tls.key': pair.key});
    await release.done('set', '--tls', 'secret:mine');
    expect(await asked('writer', authority.certificate)).toBe('encrypted');
    expect(await asked('reader', authority.certificate)).toBe('encrypted');
    expect(await asked('writer', null)).toBe('plain');
    expect(await codes()).toEqual([]);

    const next = await createServerCertificate(fullname, names, authority, Date.now());
    await replaceKeys('mine', {'tls.crt': next.certificate, 'tls.key': next.key});
    await waitFor('the warning', codes, (found) => found.includes('CERTIFICATE_PENDING'), {deadlineMs: 20_000});
    const before = await release.lives();
    await release.done('set', '--tls', 'secret:mine');
    expect(await release.lives()).toEqual(before);
    expect(await asked('writer', authority.certificate)).toBe('encrypted');
    expect(await codes()).toEqual([]);
  });

  test('off again: clients speak plain, and a rollback brings it back', async () => {
    await release.done('set', '--tls', 'off');
    expect(await asked('writer', null)).toBe('plain');
    expect(await asked('writer', 'any')).toMatch(/does not support SSL/);
    expect((await status()).tls).toBeNull();
    await release.done('rollback');
    const ca = await secretText('mine', 'ca.crt');
    expect(await asked('writer', ca)).toBe('encrypted');
  });
});
