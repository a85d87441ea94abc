// Every point at which an operation can be killed: after each request that changes something, our process, helm or both
// are killed, or the connection is cut. The same command again, or recover, must then end it: one writer, every
// acknowledged row, `deployed`, nothing left over. On the cluster of KUBECONFIG, else on a sandbox. PGHI_FAULTS=all
// tries all points, a number tries that many of each operation; otherwise a few are chosen by a seed (PGHI_SEED), which
// is printed.
import {afterAll, describe, test, vi} from 'vitest';
import {countingProxy, type Change, type CountingProxy} from '../support/clusters/counting-proxy.ts';
import {notInSandbox} from '../support/setup/on-sandbox.ts';
import {OperatedRelease} from '../support/clusters/operated-release.ts';
import {helm3, helm4} from '../support/paths.ts';
import {startSteadyWriter, type SteadyWriter} from '../support/clusters/steady-writer.ts';
import {waitFor} from '../support/wait-for.ts';
import {killedOperations, type KilledOperation} from './killed-operations.ts';
import {killedRun, lastLine, toldOf, type Point, type Victim} from './killed-run.ts';
import {differences, type Whole} from './whole-release.ts';

interface Attempt {
  readonly told: string;
  readonly problems: readonly string[];
  readonly changes: readonly Change[];
}

const asked = process.env['PGHI_FAULTS'];
const perOperation = asked === 'all' ? Infinity : Number(asked ?? 4);
const seed = Number(process.env['PGHI_SEED'] ?? Date.now() % 100_000);
vi.setConfig({maxConcurrency: Number(process.env['PGHI_FAULTS_AT_ONCE'] ?? 3)});

const summaries: {readonly name: string; readonly points: number; readonly tried: number; readonly well: number}[] = [];
afterAll(() => {
  const sum = (of: (one: (typeof summaries)[number]) => number) => summaries.reduce((all, one) => all + of(one), 0);
  const row = (name: string, points: number, tried: number, well: number) =>
    `${name.padEnd(44)} ${points} points, ${tried} tried, ${well} ended well`;
  const rows = summaries.map(({name, points, tried, well}) => row(name, points, tried, well));
  const seeded = perOperation === Infinity ? 'all points' : `seed ${seed}`;
  const total = row(
    seeded,
    sum(({points}) => points),
    sum(({tried}) => tried),
    sum(({well}) => well),
  );
  console.log([...rows, total].join('\n'));
});

describe.concurrent.each([
  ['helm 3', helm3],
  ['helm 4', helm4],
] as const)('%s', (helmName, helm) => {
  test.for(killedOperations)('$name', async (operation, context) => {
    const name = `${helmName}, ${operation.name}`;
    if (operation.onClusterAlone !== undefined) notInSandbox(context, operation.onClusterAlone);
    const trial = new Trial(operation, helm, await countingProxy());
    const failures: string[] = [];
    try {
      // First without a kill, to see which requests there are.
      const whole = await trial.attempt(null);
      const points = pointsOf(whole.changes);
      const tried = sampleOf(points);
      console.log(`${name}: ${points.length} points${whole.problems.map((one) => `; ${one}`).join('')}`);
      context.expect(whole.problems).toEqual([]);
      for (const point of tried) {
        const {told, problems} = await trial.attempt(point).catch((error: unknown) => failedBy(point, error));
        console.log(`${name}: ${told}: ${problems.length === 0 ? 'ended well' : problems.join('; ')}`);
        if (problems.length > 0) failures.push(`${told}: ${problems.join('; ')}`);
      }
      summaries.push({name, points: points.length, tried: tried.length, well: tried.length - failures.length});
    } finally {
      await trial.end();
    }
    context.expect(failures).toEqual([]);
  });
});

/** One operation with one helm: its release, and what clients have written to it. */
class Trial {
  private release: OperatedRelease | null = null;
  private rows: number[] = [];
  /** How many points were tried on this release before. */
  private n = 0;

  constructor(
    private readonly operation: KilledOperation,
    private readonly helm: string,
    private readonly proxy: CountingProxy,
  ) {}

  /** @param point null: without a kill */
  async attempt(point: Point | null): Promise<Attempt> {
    let isWhole = false;
    try {
      const attempt = await this.attemptOn((this.release ??= await this.made()), point);
      isWhole = attempt.problems.length === 0;
      return attempt;
    } finally {
      // What went wrong at one point must not be seen at the next.
      if (!isWhole || this.operation.freshForEach) await this.forget();
    }
  }

  async end(): Promise<void> {
    this.proxy.close();
    await this.forget();
  }

  private made(): Promise<OperatedRelease> {
    const {operation, helm} = this;
    if (operation.make) return operation.make(helm);
    if (operation.flags === null) return OperatedRelease.nothing('faults', {helm});
    return OperatedRelease.install('faults', operation.flags, {helm});
  }

  private async forget(): Promise<void> {
    const {release} = this;
    this.release = null;
    await release?.namespace.remove();
    if (release) await this.operation.forget?.(release);
    this.rows = [];
    this.n = 0;
  }

  private async attemptOn(release: OperatedRelease, point: Point | null): Promise<Attempt> {
    const {operation, n} = this;
    const whole: Whole = operation.ends?.(n) ?? {readers: 1};
    await operation.prepare?.(release, n);
    const hasWriter = operation.flags !== null || operation.make !== undefined;
    const client = hasWriter ? await startSteadyWriter(await release.server(operation.secret)) : null;
    try {
      if (client) await rowsAfter(client, 0);
      await operation.spoil?.(release);
      const before = client?.acknowledged().length ?? 0;
      const {problems, ...attempt} = await this.killedAt(release, point);
      const found = [...problems];
      if (client && whole.readers !== null && problems.length === 0) found.push(...(await rowsAfter(client, before)));
      await client?.stop();
      this.rows.push(...(client?.acknowledged() ?? []));
      found.push(
        ...((await operation.problems?.(release, n)) ?? []),
        ...(await differences(release, whole, this.rows)),
      );
      this.n++;
      return {...attempt, problems: found};
    } finally {
      await client?.stop();
    }
  }

  private async killedAt(release: OperatedRelease, point: Point | null): Promise<Attempt> {
    const words = this.operation.command(this.n);
    const {code, stdout, at, changes} = await killedRun(release, this.proxy, point, words);
    const problems: string[] = [];
    if (at === null && code !== 0) problems.push(`the run without a kill ended with ${code}: ${lastLine(stdout)}`);
    // Where helm alone was killed, or the connection cut, the same run may go on to its end.
    if (code !== 0) problems.push(...(await this.again(release, point)));
    return {told: toldOf(point, at), problems, changes};
  }

  /**
   * Runs the same command, or recover where an operation is recorded: without a record nobody would think of recover.
   */
  private async again(release: OperatedRelease, point: Point | null): Promise<readonly string[]> {
    const {operation} = this;
    const [command, ...flags] = operation.command(this.n);
    const {operation: begun} = await release.read<{operation?: unknown}>('status');
    const recovers = point !== null && point.number % 2 === 0 && Boolean(begun) && !operation.neverRecovered;
    const {code, json} = recovers ? await release.run('recover') : await release.run(command, ...flags);
    const isDone = json.cause !== undefined && json.cause.code === operation.refusedWhenDone;
    if (code === 0 || (isDone && json.outcome === 'refused')) return [];
    return [`${recovers ? 'recover' : 'the second run'} ended with ${code}: ${JSON.stringify(json.cause)}`];
  }
}

async function rowsAfter(client: SteadyWriter, before: number): Promise<readonly string[]> {
  const count = () => client.acknowledged().length;
  return waitFor('another row', count, (now) => now > before, {deadlineMs: 30_000}).then(
    () => [],
    () => ['no row could be written any more'],
  );
}

function failedBy(point: Point, error: unknown): Attempt {
  return {told: toldOf(point, null), problems: [String(error)], changes: []};
}

function pointsOf(changes: readonly Change[]): Point[] {
  return changes.flatMap(({by, path}, index) => {
    // Renewals of the Lease come at any time.
    if (path.includes('/leases/') && index > 0 && index < changes.length - 2) return [];
    const victims: Victim[] = by === 'helm' ? ['us', 'helm', 'both', 'cut'] : ['us', 'cut'];
    // Before a change the cluster is as it was after the previous one.
    const moments = index === 0 ? [false, true] : [true];
    return victims.flatMap((victim) => moments.map((after) => ({number: index + 1, after, victim})));
  });
}

/** Every n-th point, beginning where the seed says; the last ones have cost most. */
function sampleOf(points: readonly Point[]): readonly Point[] {
  if (perOperation === Infinity) return points;
  const step = Math.max(1, Math.floor(points.length / perOperation));
  return points.filter((_, index) => index % step === seed % step);
}
