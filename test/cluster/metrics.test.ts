// Metrics of a release with a client that writes: what an exporter gives to whoever scrapes it, and what its role may
// do. Lasts as long as three restarts; a sandbox has no exporter.
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import type {Service} from '../../source/observation/kubernetes.ts';
import {cliJson} from '../support/cli.ts';
import {helms} from '../support/clusters/helms.ts';
import {kubectlJson} from '../support/clusters/namespace.ts';
import {exporterIsUp, OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import {metricsIn} from '../support/promql.ts';
import {withServiceMonitors, type ServiceMonitor} from '../support/clusters/service-monitors.ts';
import {waitFor} from '../support/wait-for.ts';

describe.each(helms)('%s', (_name, helm) => {
  let release: OperatedRelease;
  beforeAll(async () => {
    // The maintained images, which have the maintained exporter.
    const flags = ['--read-replicas', '1', '--metrics', 'on', '--image-source', 'official', '--username', 'app'];
    release = await OperatedRelease.install('metrics', flags, {helm});
    await release.ask(writerPod, 'create table kept as select generate_series(1, 500) as n');
  });
  afterAll(() => release.namespace.remove());

  const passwordFile = '/opt/bitnami/postgresql/secrets/metrics-password';
  const pods = [writerPod, readerPod(0)];
  const scrape = (pod: string) => release.scrape(pod);

  async function passwordOfMetrics(): Promise<string> {
    const args = ['-n', release.namespace.name, 'get', 'secret', 'orders-postgresql-auth'];
    const {data} = await kubectlJson<{data: Record<string, string>}>(args);
    return Buffer.from(data['metrics-password'] ?? '', 'base64').toString();
  }

  const containers = async (pod: string) => {
    const args = ['-n', release.namespace.name, 'get', 'pod', pod];
    const {spec} = await kubectlJson<{spec: {containers: {name: string; image: string}[]}}>(args);
    return spec.containers.map(({name}) => name);
  };

  async function expectScrapes(): Promise<void> {
    for (const pod of pods) {
      const text = await scrape(pod);
      expect(text).toMatch(exporterIsUp);
      expect(text).toMatch(new RegExp(`^pghi_server_is_reader\\{.*\\} ${pod === writerPod ? 0 : 1}$`, 'm'));
      expect(text).toMatch(/^pghi_database_xid_age\{.*datname="postgres".*\} \d+$/m);
    }
    expect(await scrape(writerPod)).toMatch(/^pghi_stream_lag_bytes\{client_addr="[\d.]+".*\} \d/m);
  }

  /** Asks the writer as the exporter's role. */
  function asRole(sql: string, variable = `PGPASSWORD=$(cat ${passwordFile})`): Promise<string> {
    const script = `${variable} psql -h 127.0.0.1 -U pghi_metrics -d postgres -tAc "${sql}" 2>&1 || true`;
    return release.namespace.kubectl(['exec', writerPod, '-c', 'postgresql', '--', 'bash', '-c', script]);
  }

  test('an install has them, by a role that reads statistics alone; the Secret alone has its password', async () => {
    await expectScrapes();
    expect(await asRole("select pg_has_role('pg_monitor', 'member')")).toMatch(/^t/);
    expect(await asRole('select count(*) from kept')).toContain('permission denied for table kept');
    expect(await asRole('create table public.mine ()')).toMatch(/permission denied|read-only transaction/);
    const powers = 'rolsuper or rolcreaterole or rolcreatedb or rolreplication';
    const role = `select ${powers} from pg_roles where rolname like 'pghi%'`;
    expect(await release.ask(writerPod, role)).toBe('f');
    const password = await passwordOfMetrics();
    expect(password).toMatch(/^[A-Za-z0-9]{24}$/);
    const {json} = await release.run('set', '--metrics', 'on', '--dry-run');
    expect(JSON.stringify(json)).not.toContain(password);
    expect(JSON.stringify(await release.read('values'))).not.toContain(password);
  });

  test('what export makes of it asks for nothing that the exporters do not give', async () => {
    const given = (await Promise.all(pods.map(scrape))).join('\n');
    for (const format of ['grafana', 'prometheus-rules']) {
      const args = ['export', 'orders', '-n', release.namespace.name, '--format', format];
      const {json, code} = await cliJson<{text: string; notes: string[]}>(args);
      expect({code, notes: json.notes}).toEqual({code: 0, notes: []});
      const asked = [...new Set(metricsIn(json.text))].filter((name) => /^pg(hi)?_/.test(name));
      expect(asked.length).toBeGreaterThan(5);
      expect(asked.filter((name) => !given.includes(`\n${name}`))).toEqual([]);
    }
  });

  test('their password changes with all others, and alone: nothing restarts, and they read with it', async () => {
    const [before, lives] = [await passwordOfMetrics(), await release.lives()];
    const works = (password: string) => asRole('select 1', `PGPASSWORD=${password}`);
    // A session that is open would go on with the earlier password; the scrape that finds it ended says 0 once.
    const end = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'pghi_metrics'";
    const newLogins = async () => {
      await Promise.all(pods.map((pod) => release.ask(pod, end)));
      for (const pod of pods)
        await waitFor(
          `a scrape of ${pod}`,
          () => scrape(pod),
          (text) => exporterIsUp.test(text),
          {deadlineMs: 30_000},
        );
    };
    await release.done('rotate-password', '--role', 'all');
    const all = await passwordOfMetrics();
    await newLogins();
    await expectScrapes();
    await release.done('rotate-password', '--role', 'metrics');
    const after = await passwordOfMetrics();
    await newLogins();
    await expectScrapes();
    expect(new Set([before, all, after]).size).toBe(3);
    expect(await release.lives()).toEqual(lives);
    for (const old of [before, all]) expect(await works(old)).toContain('password authentication failed');
    expect(await works(after)).toMatch(/^1/);
    const pod = await release.namespace.kubectl(['get', 'pod', writerPod, '-o', 'yaml']);
    expect(pod).not.toMatch(/secretKeyRef|EXPORTER_PASSWORD/);
  });

  test('they go and come again, each with the one restart that the plan names, and no row is lost', async () => {
    const client = await release.client();
    try {
      expect(await release.planned('set', '--metrics', 'off')).toEqual([
        'REPLICA_RESTART StatefulSet/orders-postgresql-read',
        'PRIMARY_RESTART StatefulSet/orders-postgresql-primary',
        'ENDPOINT_CHANGE Service/orders-postgresql-primary-metrics',
      ]);
      await release.done('set', '--metrics', 'off');
      expect(await Promise.all(pods.map(containers))).toEqual([['postgresql'], ['postgresql']]);
      expect(await release.ask(writerPod, "select count(*) from pg_roles where rolname like 'pghi%'")).toBe('0');
      expect(await passwordOfMetrics()).toBe('');
      await release.done('set', '--metrics', 'on');
      await expectScrapes();
    } finally {
      await client.stop();
    }
    await release.expectAllRows(client);
    expect((await release.run('set', '--metrics', 'on')).json.outcome).toBe('unchanged');
  });

  // The last one: here `on` means a ServiceMonitor too.
  test('where the cluster has the kind, two ServiceMonitors find their Services; off takes them away', async () => {
    onTestFinished(await withServiceMonitors(release.namespace.name));
    const namespaced = <T>(...args: readonly string[]) =>
      kubectlJson<{items: T[]}>(['-n', release.namespace.name, 'get', ...args]).then(({items}) => items);
    const lives = await release.lives();
    await release.done('set', '--metrics', 'on');
    expect(await release.lives()).toEqual(lives);
    const found = await namespaced<ServiceMonitor>('servicemonitors.monitoring.coreos.com');
    const scraped: string[] = [];
    for (const {spec} of found) {
      const labels = Object.entries(spec.selector.matchLabels).map(([name, value]) => `${name}=${value}`);
      const services = await namespaced<Service>('services', '-l', labels.join());
      for (const service of services) {
        scraped.push(service.metadata.name);
        expect(service.spec.ports?.map(({name}) => name)).toEqual(spec.endpoints.map(({port}) => port));
      }
    }
    expect(found).toHaveLength(2);
    expect(scraped.sort()).toEqual(['orders-postgresql-primary-metrics', 'orders-postgresql-read-metrics']);
    await release.done('set', '--metrics', 'off');
    expect(await namespaced('servicemonitors.monitoring.coreos.com')).toEqual([]);
  });
});
