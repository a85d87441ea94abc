// Healthy installs, scale-outs and restarts that take their time, on a cluster that fails at times: none of them names
// a cause, neither in the end nor at any look in between. By seed (PGHI_SEED); PGHI_HEALTHY_RUNS says how many.
import {expect, it} from 'vitest';
import {install} from '../../../source/operations/install.ts';
import {change} from '../../../source/operations/change/change.ts';
import type {Progress, Result} from '../../../source/plan/progress.ts';
import {findCauses} from '../../../source/observation/causes/index.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {answersFrom} from '../../../source/parameters/resolve.ts';
import {changeRequest} from '../../support/fakes/change-request.ts';
import {eventAbout} from '../../support/fakes/fake-objects.ts';
import {FakeCluster} from '../../support/fakes/fake-ports.ts';
import {FakeRelease} from '../../support/fakes/fake-release.ts';
import {seeded} from '../../support/seeded.ts';
import {parametersWith} from '../../support/fakes/survey.ts';

const first = Number(process.env['PGHI_SEED'] ?? 1);
const count = Number(process.env['PGHI_HEALTHY_RUNS'] ?? 20);
const seeds = Array.from({length: count}, (_, at) => first + at);
const {signal} = new AbortController();
/** Some hundred runs take longer than a test usually may. */
const options = {timeout: 30_000 + count * 2000};
const chart = changeRequest('scale', {}).chart;

interface Case {
  readonly cluster: FakeCluster;
  /** Milliseconds that a pod needs, at most. */
  readonly slowestMs: number;
  readonly random: () => number;
}

/** The cluster does not answer for moments, looks take their time, and kubelets tell of probes that fail first. */
function disturbed({cluster, slowestMs, random}: Case): readonly string[] {
  const named: string[] = [];
  cluster.lookMs = Math.floor(random() * 900);
  for (let at = 2000; at < 3 * slowestMs; at += 4000 + random() * 20_000) {
    cluster.after(at, () => void (cluster.reachable = false));
    cluster.after(at + random() * 3000, () => void (cluster.reachable = true));
  }
  const look = cluster.snapshot.bind(cluster);
  cluster.snapshot = () => {
    const snapshot = look();
    const seen = {...snapshot, events: [...snapshot.events, ...probesFailed(snapshot)]};
    named.push(...findCauses(seen).map(({cause: {code, message}}) => `${code}: ${message}`));
    return seen;
  };
  return named;
}

function probesFailed({pods, takenAt}: Snapshot) {
  return pods
    .filter(({status}) => status?.conditions?.some(({type, status: is}) => type === 'Ready' && is !== 'True'))
    .map(({metadata: {name}}) =>
      eventAbout('Pod', name, 'Unhealthy', 'Startup probe failed: 127.0.0.1:5432 - no response', takenAt - 500),
    );
}

async function resultOf(run: AsyncGenerator<Progress, Result>): Promise<Result> {
  for (;;) {
    const next = await run.next();
    if (next.done) return next.value;
  }
}

it('installs', options, async () => {
  const parameters = parametersWith();
  for (const seed of seeds) {
    const random = seeded(seed);
    const cluster = new FakeCluster();
    const writerReadyMs = 1000 + random() * 20_000;
    cluster.pace = {writerReadyMs, readersStreamMs: writerReadyMs + random() * 20_000};
    const named = disturbed({cluster, slowestMs: 40_000, random});
    // Not one byte again and again: a password takes only bytes below 248, and would wait for one for ever.
    const bytes = (count: number) => Uint8Array.from({length: count}, () => random() * 256);
    const run = install(
      {
        operation: 'install',
        answers: answersFrom(parameters),
        chart,
        password: null,
        requireEncryption: false,
        dryRun: false,
        timeoutMs: 600_000,
        random: bytes,
        confirm: async () => true,
        commandFor: () => '',
        onResolved: async () => undefined,
      },
      cluster.run().ports,
      signal,
    );
    const {outcome, cause} = await resultOf(run);
    expect({seed, outcome, cause, named}).toEqual({seed, outcome: 'succeeded', cause: undefined, named: []});
  }
});

it.each([
  ['scale-outs', 'scale', {readReplicaCount: 4}],
  ['restarts', 'restart', {}],
] as const)('%s', options, async (_what, kind, changes) => {
  for (const seed of seeds) {
    const random = seeded(seed);
    const cluster = new FakeRelease(parametersWith());
    cluster.startsIn = () => 500 + random() * 15_000;
    const named = disturbed({cluster, slowestMs: 60_000, random});
    const run = change(changeRequest(kind, changes, {timeoutMs: 600_000}), cluster.run().ports, signal);
    const {outcome, cause} = await resultOf(run);
    expect({seed, outcome, cause, named}).toEqual({seed, outcome: 'succeeded', cause: undefined, named: []});
  }
});
