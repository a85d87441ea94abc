// A release that a client writes to all the time while it is operated on by command.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {expect} from 'vitest';
import {externalAddress} from '../../../source/observation/endpoints.ts';
import type {Pod, Service} from '../../../source/observation/kubernetes.ts';
import type {Result} from '../../../source/plan/progress.ts';
import {cliJson, start, type Running} from '../cli.ts';
import {kubectlJson, makeNamespace, type TestNamespace} from './namespace.ts';
import {missingRows, startSteadyWriter, steadyTable, type SteadyWriter} from './steady-writer.ts';
import {onSandbox} from '../setup/on-sandbox.ts';
import {helm3, helm4, realChart, smallChart} from '../paths.ts';
import {waitFor} from '../wait-for.ts';
import {smallSize} from './small-size.ts';

const run = promisify(execFile);

export const writerPod = 'orders-postgresql-primary-0';
/** What an exporter says that can read its database. */
export const exporterIsUp = /^pg_up(\{.*\})? 1$/m;
export const readerPod = (ordinal: number) => `orders-postgresql-read-${ordinal}`;

/** The images that the operations are shown on: the default ones, unless others are asked for. */
const {PGHI_TEST_IMAGE_SOURCE: askedSource = ''} = process.env;
const ofSource = askedSource === '' ? [] : ['--image-source', askedSource];

interface TestImages {
  readonly source: 'official' | 'bitnamilegacy';
  readonly repository: string;
  /** The tag that is installed where none is given, and another one of the same version. */
  readonly installed: string;
  readonly other: string;
  /** Tags that no registry has, of the same and of the next major version. */
  readonly missing: string;
  readonly nextMajor: string;
}

export const official: TestImages = {
  source: 'official',
  repository: 'docker.io/library/postgres',
  installed: '17.12-bookworm',
  other: '17-bookworm',
  missing: '17.99-bookworm',
  nextMajor: '18.0-bookworm',
};
export const bitnamilegacy: TestImages = {
  source: 'bitnamilegacy',
  repository: 'docker.io/bitnamilegacy/postgresql',
  installed: '17.6.0-debian-12-r0',
  other: '17.6.0-debian-12-r4',
  missing: '17.6.0-debian-12-r99',
  nextMajor: '18.0.0-debian-12-r0',
};
export const testImages = askedSource === 'bitnamilegacy' ? bitnamilegacy : official;

/** On a cluster, where both helms are shown, helm 4 has the frozen images: those of users who have not moved yet. */
export function imagesWith(helm: string): TestImages {
  return askedSource === '' && !onSandbox && helm === helm4 ? bitnamilegacy : testImages;
}

/** How plain helm makes a release. */
export interface PlainHelm {
  readonly helm?: string;
  /** The chart that our operations use. */
  readonly chart?: string;
  /** The chart that makes it, where that is another one. */
  readonly by?: string;
  /** Makes what its values refer to, before the install. */
  readonly first?: (namespace: TestNamespace) => Promise<unknown>;
}

/** What `helm template` gave and kubectl applies; its namespace is called NAMESPACE. */
interface Applied {
  readonly manifest: string;
  readonly writer: string;
}

export interface PodSeen {
  readonly uid: string;
  readonly restarts: number;
  readonly image: string;
  readonly node: string;
  /** What the container runtime has given the container. */
  readonly memory: string;
  readonly cpu: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

async function readyOf(namespace: TestNamespace, pod: string): Promise<boolean> {
  const path = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}';
  return (await namespace.kubectl(['get', 'pod', pod, '-o', path])) === 'True';
}

export class OperatedRelease {
  private constructor(
    readonly namespace: TestNamespace,
    readonly env: Readonly<Record<string, string | undefined>>,
    readonly chart: string,
  ) {}

  /** Only a namespace: `install` is to be run in it later. */
  static async nothing(prefix: string, {helm = helm3, chart = realChart ?? smallChart} = {}): Promise<OperatedRelease> {
    const namespace = await makeNamespace(prefix, {'pod-security.kubernetes.io/enforce': 'restricted'});
    return new OperatedRelease(namespace, {PGHI_HELM: helm}, chart);
  }

  /** Installed with `flags`, with the real chart where one is at hand; small, and reached through a load balancer. */
  static async install(
    prefix: string,
    flags: readonly string[],
    options: {readonly helm?: string; readonly chart?: string} = {},
  ): Promise<OperatedRelease> {
    const release = await OperatedRelease.nothing(prefix, options);
    await release.done('install', ...OperatedRelease.installFlags(flags));
    return release;
  }

  /** `flags`, with a small size and other flags that they lack. */
  static installFlags(flags: readonly string[]): readonly string[] {
    const size = [...smallSize, '--spread', 'preferred'];
    // With sizing off, a change of memory alone restarts nothing; postgres-config.test.ts is about settings that follow
    // from memory.
    const sizing = flags.includes('--sizing') ? [] : ['--sizing', 'off'];
    const source = flags.includes('--image-source') ? [] : ofSource;
    const exposed = flags.includes('--exposure') ? [] : ['--exposure', 'load-balancer', '--allow-public'];
    return [...size, ...sizing, ...source, ...exposed, ...flags];
  }

  /** A release called `orders` that plain helm made: it is not ours yet, but it serves. */
  static async byPlainHelm(
    prefix: string,
    values: object,
    {helm = helm3, chart = realChart ?? smallChart, ...made}: PlainHelm = {},
  ): Promise<OperatedRelease> {
    // Pods of charts before 15 do not meet the level `restricted`.
    const level = made.by === undefined ? 'restricted' : 'baseline';
    const namespace = await makeNamespace(prefix, {'pod-security.kubernetes.io/enforce': level});
    const release = new OperatedRelease(namespace, {PGHI_HELM: helm}, chart);
    await made.first?.(namespace);
    const running = run(helm, ['install', 'orders', made.by ?? chart, '-n', namespace.name, '--values', '-']);
    running.child.stdin?.end(JSON.stringify(values));
    await running;
    const writer = () => release.read<{writer?: {ready: number}}>('status').then((status) => status.writer?.ready);
    await waitFor('a release of plain helm', writer, (seen) => seen === 1, {deadlineMs: 120_000});
    return release;
  }

  /** A release called `orders` that kubectl applied: helm has no record of it, but it serves. */
  static async byKubectl(prefix: string, {manifest, writer}: Applied, helm = helm3): Promise<OperatedRelease> {
    const namespace = await makeNamespace(prefix, {'pod-security.kubernetes.io/enforce': 'baseline'});
    const release = new OperatedRelease(namespace, {PGHI_HELM: helm}, realChart ?? smallChart);
    await namespace.kubectl(['apply', '-f', '-'], manifest.replaceAll('NAMESPACE', namespace.name));
    const isReady = () => readyOf(namespace, writer).catch(() => false);
    await waitFor('what kubectl applied', isReady, Boolean, {deadlineMs: 120_000});
    return release;
  }

  /** The same release in another environment: with another helm, say. */
  with(env: Readonly<Record<string, string | undefined>>): OperatedRelease {
    return new OperatedRelease(this.namespace, {...this.env, ...env}, this.chart);
  }

  private args(command: string, flags: readonly string[]): string[] {
    // New passwords take no chart; of the commands for backups only a restore does, because it makes a release.
    const takesNone =
      ['rotate-password', 'switchover', 'failover', 'uninstall'].includes(command) ||
      (command === 'backup' && flags[0] !== 'restore');
    const chart = takesNone || flags.includes('--chart') ? [] : ['--chart', this.chart];
    return [command, 'orders', '-n', this.namespace.name, '--yes', '--timeout', '120s', ...chart, ...flags];
  }

  run(command: string, ...flags: readonly string[]) {
    return cliJson<Result>(this.args(command, flags), {env: this.env});
  }

  /** Begins a command without waiting for its end: to kill it, say. */
  begin(command: string, ...flags: readonly string[]): Running {
    return start([...this.args(command, flags), '--output', 'ndjson'], {env: this.env});
  }

  async done(command: string, ...flags: readonly string[]): Promise<Result> {
    const {json, code, stderr} = await this.run(command, ...flags);
    expect({code, outcome: json.outcome, cause: json.cause, stderr}).toEqual({
      code: 0,
      outcome: 'succeeded',
      cause: undefined,
      stderr: '',
    });
    return json;
  }

  async planned(command: string, ...flags: readonly string[]): Promise<readonly string[]> {
    const {json, code} = await this.run(command, ...flags, '--dry-run');
    expect({code, cause: json.cause}).toEqual({code: 0, cause: undefined});
    return (json.plan?.consequences ?? []).map((one) => `${one.code} ${one.object}`);
  }

  read<T>(command: string): Promise<T> {
    return cliJson<T>([command, 'orders', '-n', this.namespace.name], {env: this.env}).then(({json}) => json);
  }

  async pods(): Promise<Readonly<Record<string, PodSeen>>> {
    const {items} = await kubectlJson<{items: Pod[]}>(['-n', this.namespace.name, 'get', 'pods']);
    return Object.fromEntries(
      items.map(({metadata, spec, status}) => {
        const [container] = status?.containerStatuses ?? [];
        return [
          metadata.name,
          {
            uid: metadata.uid ?? '',
            restarts: container?.restartCount ?? -1,
            image: spec.containers[0]?.image ?? '',
            node: spec.nodeName ?? '',
            memory: container?.resources?.limits?.['memory'] ?? '',
            cpu: container?.resources?.requests?.['cpu'] ?? '',
            startedAt: Date.parse(container?.state?.running?.startedAt ?? ''),
          },
        ];
      }),
    );
  }

  /** Which pods these are, and how often each has restarted: the same as before where nothing was interrupted. */
  async lives(): Promise<Readonly<Record<string, string>>> {
    return Object.fromEntries(
      Object.entries(await this.pods()).map(([name, {uid, restarts}]) => [name, `${uid}/${restarts}`]),
    );
  }

  async ask(pod: string, sql: string, database = 'postgres'): Promise<string> {
    const script =
      'PGPASSWORD=$(cat /opt/bitnami/postgresql/secrets/postgres-password) psql -h 127.0.0.1 ' +
      `-U postgres -d ${database} -tAc ` +
      `"${sql}"`;
    return (await this.namespace.kubectl(['exec', pod, '-c', 'postgresql', '--', 'bash', '-c', script])).trim();
  }

  /** What the exporter beside a database says. */
  scrape(pod: string): Promise<string> {
    const path = `/api/v1/namespaces/${this.namespace.name}/pods/${pod}:9187/proxy/metrics`;
    return this.namespace.kubectl(['get', '--raw', path]);
  }

  /** The 500 rows of the table `kept`; a reader may take a moment. */
  async expectRows(pod: string): Promise<void> {
    const count = () => this.ask(pod, 'select count(*) from kept').catch(String);
    await waitFor(`the rows on ${pod}`, count, (seen) => seen === '500', {deadlineMs: 20_000});
  }

  /** A client at the address of the writer's load balancer. */
  async client(): Promise<SteadyWriter> {
    return startSteadyWriter(await this.server());
  }

  /** That address, and the superuser's password from a Secret. */
  async server(
    name = 'orders-postgresql-auth',
  ): Promise<{host: string; port?: number; user: string; password: string; database: string}> {
    const {endpoints} = await this.read<{endpoints: Result['endpoints'] | null}>('status');
    // The endpoints of a standalone that is not ours yet are not told.
    const found = endpoints ? {host: endpoints.writer.host ?? ''} : await this.balancerOfStandalone();
    const secret = await kubectlJson<{data: Record<string, string>}>([
      '-n',
      this.namespace.name,
      'get',
      'secret',
      name,
    ]);
    const password = Buffer.from(secret.data['postgres-password'] ?? '', 'base64').toString();
    return {...found, user: 'postgres', password, database: 'postgres'};
  }

  private async balancerOfStandalone(): Promise<{host: string; port?: number}> {
    const service = () => kubectlJson<Service>(['-n', this.namespace.name, 'get', 'service', 'orders-postgresql']);
    const found = await waitFor('an address', async () => externalAddress(await service(), null), Boolean);
    return found ?? {host: ''};
  }

  /** Every acknowledged row is in the writer and in each reader. */
  async expectAllRows(client: SteadyWriter): Promise<void> {
    const rows = [...client.acknowledged()];
    expect(rows.length).toBeGreaterThan(0);
    for (const name of Object.keys(await this.pods()).filter((one) =>
      /^orders-postgresql(-primary|-read)?-\d+$/.test(one),
    )) {
      const missing = () =>
        this.ask(name, `select n from ${steadyTable}`).then((there) => missingRows(rows, there), String);
      await waitFor(`the rows on ${name}`, missing, (seen) => typeof seen !== 'string' && seen.length === 0, {
        deadlineMs: 20_000,
      });
    }
  }
}
