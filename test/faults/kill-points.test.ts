// Every point at which an operation can be killed: after each request that changes something, our process, helm, or
// both. The same command again, or recover, must end it: one writer, every acknowledged row, `deployed`, nothing left
// over. PGHI_FAULTS=all tries all points; otherwise a few by seed (PGHI_SEED), which is printed.
import {readdirSync, readFileSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {PersistentVolumeClaim, Pod} from '../../source/observation/kubernetes.ts';
import {countingProxy, type Change, type CountingProxy} from '../support/counting-proxy.ts';
import {kubectlJson} from '../support/namespace.ts';
import {OperatedRelease, readerPod, testImages, writerPod} from '../support/operated-release.ts';
import {helm3, helm4} from '../support/paths.ts';
import type {SteadyWriter} from '../support/steady-writer.ts';
import {waitFor} from '../support/wait-for.ts';

type Victim = 'us' | 'helm' | 'both';

interface Point {
  readonly number: number;
  readonly after: boolean;
  readonly victim: Victim;
}

interface Scenario {
  readonly name: string;
  /** Before each point: the release is brought to where the operation begins. */
  prepare(release: OperatedRelease): Promise<void>;
  /** The operation's command and flags; the same until `settled`. */
  command(): readonly [command: string, ...flags: string[]];
  /** What differs from what was wanted; empty when it ended where it would have. */
  problems(release: OperatedRelease): Promise<readonly string[]>;
  /** The next point begins. */
  settled(): void;
  /** With this cause the same command refuses what is done already. */
  readonly refusedWhenDone?: string;
}

const all = process.env['PGHI_FAULTS'] === 'all';
const seed = Number(process.env['PGHI_SEED'] ?? Date.now() % 100_000);
const sampled = 4;

function diskGrowth(): Scenario {
  let gigabytes = 2;
  return {
    name: 'growing the disks',
    prepare: async () => undefined,
    command: () => ['resize', '--storage-size', `${gigabytes}Gi`],
    async problems({namespace}) {
      const {items} = await kubectlJson<{items: PersistentVolumeClaim[]}>(['-n', namespace.name, 'get', 'pvc']);
      return items.flatMap(({metadata, status}) => {
        const size = status?.capacity?.['storage'];
        return size === `${gigabytes}Gi` ? [] : [`${metadata.name} has ${size}`];
      });
    },
    settled: () => void gigabytes++,
  };
}

function rollbackWithoutNumber(): Scenario {
  const {installed: good, other} = testImages;
  return {
    name: 'rolling back without a number',
    async prepare(release) {
      const image = (await release.pods())[writerPod]?.image ?? '';
      if (!image.endsWith(other)) await release.done('upgrade', '--image-tag', other);
    },
    command: () => ['rollback'],
    async problems(release) {
      const pods = Object.entries(await release.pods());
      return pods.flatMap(([name, {image}]) => (image.endsWith(good) ? [] : [`${name} runs ${image}`]));
    },
    settled: () => undefined,
  };
}

/** Without a helm: each request is ours. Which of both volumes the writer has does not matter, that it has one does. */
function movingTheWriter(): Scenario {
  return {
    name: 'moving the writer',
    prepare: async () => undefined,
    command: () => ['switchover'],
    async problems({namespace}) {
      const {items} = await kubectlJson<{items: PersistentVolumeClaim[]}>(['-n', namespace.name, 'get', 'pvc']);
      const volumes = new Set(items.map(({spec}) => spec.volumeName));
      const guarded = items.filter(({metadata}) =>
        metadata.finalizers?.some((one) => one.startsWith('pg-helm-install')),
      );
      return [
        ...(volumes.size === 2 ? [] : [`${volumes.size} volumes: ${[...volumes].join(', ')}`]),
        ...guarded.map(({metadata}) => `${metadata.name} has a guard still`),
      ];
    },
    settled: () => undefined,
  };
}

/** A writer whose disk is spoilt, with a server that has sent all that it had: no row may be missing. */
function replacingTheWriter(): Scenario {
  const spoilt = 'cd /bitnami/postgresql/data && echo 15 > PG_VERSION && kill -INT "$(head -n 1 postmaster.pid)"';
  return {
    name: 'replacing the writer',
    refusedWhenDone: 'WRITER_HEALTHY',
    async prepare(release) {
      await release.namespace
        .kubectl(['exec', writerPod, '-c', 'postgresql', '--', 'sh', '-c', spoilt])
        .catch(() => undefined);
      const status = () => release.read<{pods: {name: string; ready: boolean}[]}>('status');
      const isAway = ({pods}: {pods: {name: string; ready: boolean}[]}) =>
        pods.some(({name, ready}) => name === writerPod && !ready);
      await waitFor('the writer to be away', status, isAway, {deadlineMs: 30_000});
    },
    command: () => ['failover', '--confirm', 'orders'],
    async problems({namespace}) {
      const {items} = await kubectlJson<{items: PersistentVolumeClaim[]}>(['-n', namespace.name, 'get', 'pvc']);
      const kept = items.filter(({metadata}) => metadata.name.includes('-kept-'));
      const guarded = items.filter(({metadata}) =>
        metadata.finalizers?.some((one) => one.startsWith('pg-helm-install')),
      );
      for (const {metadata} of kept) await namespace.kubectl(['delete', 'pvc', metadata.name, '--wait=true']);
      return [
        ...(kept.length === 1 ? [] : [`${kept.length} claims keep the earlier writer's volume`]),
        ...guarded.map(({metadata}) => `${metadata.name} has a guard still`),
      ];
    },
    settled: () => undefined,
  };
}

describe.each([
  ['helm 3', helm3],
  ['helm 4', helm4],
] as const)('%s', (helmName, helm) => {
  let release: OperatedRelease;
  let client: SteadyWriter;
  let proxy: CountingProxy;
  beforeAll(async () => {
    release = await OperatedRelease.install('faults', ['--read-replicas', '1'], {
      helm,
    });
    client = await release.client();
    proxy = await countingProxy();
  });
  afterAll(async () => {
    proxy.close();
    await client.stop();
    await release.namespace.remove();
  });

  test.each([diskGrowth(), rollbackWithoutNumber(), movingTheWriter(), replacingTheWriter()])(
    '$name',
    async (scenario) => {
      // First without a kill: which requests there are.
      await scenario.prepare(release);
      const whole = await attempt(scenario, null);
      expect(whole.problems).toEqual([]);
      const points = pointsOf(proxy.changes());
      const tried = all ? points : sampleOf(points);
      const failures: string[] = [];
      let killed = 0;
      for (const point of tried) {
        scenario.settled();
        await scenario.prepare(release);
        const {told, problems, wasKilled} = await attempt(scenario, point);
        if (wasKilled) killed++;
        console.log(
          `${helmName}, ${scenario.name}: ${told}: ${problems.length === 0 ? 'ended well' : problems.join('; ')}`,
        );
        if (problems.length > 0) failures.push(`${told}: ${problems.join('; ')}`);
      }
      scenario.settled();
      const seeded = all ? '' : `, seed ${seed}`;
      console.log(
        `${helmName}, ${scenario.name}: ${tried.length} of ${points.length} points tried, ${killed} killed, ` +
          `${tried.length - failures.length} ended well${seeded}`,
      );
      expect(failures).toEqual([]);
      await release.expectAllRows(client);
    },
  );

  async function attempt(scenario: Scenario, point: Point | null) {
    const [command, ...flags] = scenario.command();
    const before = client.acknowledged().length;
    let at: Change | null = null;
    const through = release.with({KUBECONFIG: proxy.kubeconfig});
    let pid = 0;
    proxy.expect(point?.number ?? Infinity, point?.after ?? false, (change) => {
      at = change;
      kill(pid, point?.victim ?? 'us');
      // A helm that outlives us goes on.
      return change.by === 'helm' && point?.victim === 'us' ? 'go on' : 'hold';
    });
    const running = through.begin(command, ...flags);
    pid = running.child.pid ?? 0;
    const {code, stdout} = await running.finished;
    const problems: string[] = [];
    const said = (text: string) => text.trim().split('\n').at(-1)?.slice(0, 600) ?? '';
    // Without a kill, or with helm's alone, the same run goes on to its end.
    const survived = at === null || point?.victim === 'helm';
    if (at === null && code !== 0) problems.push(`the run without a kill ended with ${code}: ${said(stdout)}`);
    if (!survived || code !== 0) {
      // Recover goes on with what was recorded; where nothing was, nobody would think of it.
      const {operation} = await release.read<{operation: unknown}>('status');
      const recovers = point && point.number % 2 === 0 && operation !== null;
      const again = recovers ? await release.run('recover') : await release.run(command, ...flags);
      const isDone = again.json.cause?.code === scenario.refusedWhenDone && again.json.outcome === 'refused';
      if (again.code !== 0 && !isDone)
        problems.push(`the second run ended with ${again.code}: ${JSON.stringify(again.json.cause)}`);
    }
    problems.push(...(await scenario.problems(release)), ...(await leftovers()));
    if (client.acknowledged().length === before) problems.push('no row was written meanwhile');
    const where = at as Change | null;
    const told = point
      ? `${point.victim} killed ${point.after ? 'after' : 'before'} change ${point.number}` +
        (where ? ` (${where.by} ${where.method} ${where.path.split('/').slice(-2).join('/')})` : ' (not reached)')
      : 'without a kill';
    return {told, problems, wasKilled: where !== null};
  }

  /** What a whole release would not have. */
  async function leftovers(): Promise<string[]> {
    const look = async () => {
      const {state, operation, helmStatus} = await release.read<Record<string, unknown>>('status');
      const {items} = await kubectlJson<{items: (Pod & {kind: string; type?: string})[]}>([
        ...['-n', release.namespace.name, 'get', 'pod,secret,lease,statefulset,configmap,pvc'],
      ]);
      const names = items
        .filter(({type, metadata}) => type !== 'helm.sh/release.v1' && metadata.name !== 'kube-root-ca.crt')
        .map(({kind, metadata}) => `${kind}/${metadata.name}`)
        .sort();
      return {state, operation, helmStatus, names};
    };
    const whole = {
      state: 'ready',
      operation: null,
      helmStatus: 'deployed',
      names: [
        ...[`PersistentVolumeClaim/data-${writerPod}`, `PersistentVolumeClaim/data-${readerPod(0)}`],
        ...[`Pod/${writerPod}`, `Pod/${readerPod(0)}`, 'Secret/orders-postgresql-auth'],
        ...['StatefulSet/orders-postgresql-primary', 'StatefulSet/orders-postgresql-read'],
      ],
    };
    try {
      await waitFor('the whole release', look, (seen) => JSON.stringify(seen) === JSON.stringify(whole), {
        deadlineMs: 15_000,
        everyMs: 500,
      });
      return [];
    } catch {
      return [`left over: ${JSON.stringify(await look())}`];
    }
  }
});

function pointsOf(changes: readonly Change[]): Point[] {
  return changes.flatMap(({by, path}, index) => {
    // Renewals come when they come.
    if (path.includes('/leases/') && index > 0 && index < changes.length - 2) return [];
    const victims: Victim[] = by === 'helm' ? ['us', 'helm', 'both'] : ['us'];
    // Before a change the cluster is as it was after the one before.
    const moments = index === 0 ? [false, true] : [true];
    return victims.flatMap((victim) => moments.map((after) => ({number: index + 1, after, victim})));
  });
}

/** Every so many-th, from a place that the seed says; the last ones have cost most. */
function sampleOf(points: readonly Point[]): readonly Point[] {
  const step = Math.max(1, Math.floor(points.length / sampled));
  return points.filter((_, index) => index % step === seed % step);
}

/** With SIGKILL; of helm that which is a child of ours. */
function kill(pid: number, victim: Victim): void {
  const end = (one: number) => {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  if (victim !== 'us') for (const child of childrenOf(pid)) end(child);
  if (victim !== 'helm') end(pid);
}

/** Linux: the fourth field of /proc/PID/stat is the parent. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return parent === pid ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}
