// The writer's node is lost under a writing client, and comes back: how soon writes are taken again, which acknowledged
// rows are missing, and that no server has rows of two histories. PGHI_FAULTS=all shows every case; otherwise each
// release shows one, chosen by PGHI_SEED.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Status} from '../../source/client/questions/status.ts';
import type {PersistentVolumeClaim, Pod} from '../../source/observation/kubernetes.ts';
import type {Progress, Result} from '../../source/plan/progress.ts';
import {LabNode, mayLoseNodes} from '../support/clusters/lab-node.ts';
import {kubectl, kubectlJson} from '../support/clusters/namespace.ts';
import {OperatedRelease, readerPod, writerPod} from '../support/clusters/operated-release.ts';
import {helm3, helm4} from '../support/paths.ts';
import {spoilt} from '../support/clusters/spoilt.ts';
import {missingRows, steadyTable, type SteadyWriter} from '../support/clusters/steady-writer.ts';
import {waitFor} from '../support/wait-for.ts';

const all = process.env['PGHI_FAULTS'] === 'all';
const seed = Number(process.env['PGHI_SEED'] ?? Math.floor(Date.now() / 86_400_000));

/** `cut`: a second before the node is off, the readers stop hearing from the writer. */
const faults = ['off', 'cut, then off', 'paused', 'kubelet stopped', 'spoilt'] as const;
type Fault = (typeof faults)[number];

interface Case {
  readonly fault: Fault;
  readonly synchronous: 0 | 1;
}

const cases = ([0, 1] as const).flatMap((synchronous) => faults.map((fault): Case => ({fault, synchronous})));

describe.skipIf(!mayLoseNodes).each([
  ['official images, helm 3', 'official', helm3],
  ['frozen images, helm 4', 'bitnamilegacy', helm4],
] as const)('%s', (name, source, helm) => {
  let release: OperatedRelease;
  let client: SteadyWriter;
  beforeAll(async () => {
    // A synchronous reader on the writer's node would be lost with it.
    const flags = ['--read-replicas', '2', '--spread', 'required', '--image-source', source];
    release = await OperatedRelease.install('lost-node', flags, {helm});
    client = await release.client();
  });
  afterAll(async () => {
    await client.stop();
    await release.namespace.remove();
  });

  test.each(all ? cases : cases.filter((_, index) => index === seed % cases.length))(
    '$fault, $synchronous synchronous',
    async ({fault, synchronous}) => {
      await isWhole();
      const {code} = await release.run('set', '--synchronous-replicas', String(synchronous));
      expect(code).toBe(0);
      await isWhole();
      const pods = await podsOf(release);
      const node = new LabNode(pods.find(({metadata}) => metadata.name === writerPod)?.spec.nodeName ?? '');
      const others = pods.flatMap(({metadata, status}) => (metadata.name === writerPod ? [] : (status?.podIP ?? [])));
      // Rows that an earlier case lost stay lost.
      const from = client.acknowledged().length;
      await lose(fault, node, others);
      try {
        const isSilent = fault !== 'spoilt' && fault !== 'kubelet stopped';
        if (fault !== 'spoilt') await givenUp(node.name);
        if (isSilent) await refused();
        const {result, afterEnterMs, afterPlanMs, until} = await failedOver(isSilent ? ['--node-is-off'] : []);
        const before = client.acknowledged().slice(from, until);
        const missing = missingRows(before, await release.ask(writerPod, `select n from ${steadyTable}`));
        await back(fault, node);
        const {failover} = result;
        const checksMs = result.phases.find((phase) => phase.name === 'checks')?.ms;
        console.log(
          `${name}, ${fault}, ${synchronous} synchronous: writes ${afterEnterMs} ms after Enter (told ` +
            `${failover?.writesAfterMs}), ${checksMs} ms of them looks, ${afterPlanMs} ms after the Lease was taken; ` +
            `${missing.length} acknowledged rows missing, announced at least ${failover?.atRisk.bytes} bytes, ` +
            `${failover?.atRisk.covered ? 'none acknowledged' : 'not covered'}; counted ${failover?.lostCommits}`,
        );
        // A writer that answers is stopped, and before that it sends all that it has.
        const isCovered = synchronous > 0 || fault === 'kubelet stopped';
        expect(failover?.atRisk.covered).toBe(isCovered);
        if (isCovered) expect(missing).toEqual([]);
        await oneHistory(before, missing, until);
        // When a paused server goes on, it executes two writes that waited in its sockets and whose clients have given
        // up.
        const more = fault === 'paused' ? 2 : 1;
        if (isSilent && !isCovered) await countedLater(missing.length, missing.length + more);
      } finally {
        await back(fault, node);
        await withoutKept();
      }
    },
  );

  async function lose(fault: Fault, node: LabNode, others: readonly string[]): Promise<void> {
    if (fault === 'spoilt') {
      await release.namespace.kubectl(['exec', writerPod, '-c', 'postgresql', '--', 'sh', '-c', spoilt]).catch(() => 0);
      const pods = () => release.read<{pods: {name: string; ready: boolean}[]}>('status').then((seen) => seen.pods);
      await waitFor('the writer to be away', pods, (seen) => seen.some((pod) => pod.name === writerPod && !pod.ready));
      return;
    }
    if (fault === 'paused') return node.pause();
    if (fault === 'kubelet stopped') return node.stopKubelet();
    if (fault === 'cut, then off') {
      await node.cutOff(others);
      const cutAt = client.acknowledged().length;
      const since = performance.now();
      const written = () => client.acknowledged().length - cutAt;
      // With synchronous readers nothing is acknowledged from here on.
      await waitFor('what no reader has', written, (rows) => rows > 30 || performance.now() - since > 1000);
    }
    await node.turnOff();
  }

  async function givenUp(node: string): Promise<void> {
    const path = "jsonpath={.status.conditions[?(@.type=='Ready')].status}";
    const ready = () => kubectl(['get', 'node', node, '-o', path]);
    await waitFor(`${node} to be given up`, ready, (seen) => seen === 'Unknown', {deadlineMs: 90_000, everyMs: 500});
  }

  /** A failover is refused, because a silent node may be alive. */
  async function refused(): Promise<void> {
    const {code, json} = await release.run('failover', '--confirm', 'orders');
    expect({code, cause: json.cause?.code}).toEqual({code: 3, cause: 'NOT_FENCED'});
  }

  /** Fails over, and measures until a client's write succeeds: from the command on, and from its first change on. */
  async function failedOver(flags: readonly string[]) {
    const enteredAt = performance.now();
    const {child, finished} = release.begin('failover', '--confirm', 'orders', ...flags);
    let agreedAt = 0;
    let pausedAt = 0;
    let had = client.acknowledged().length;
    child.stdout?.on('data', (text: string) => {
      if (agreedAt === 0 && text.includes('"type":"plan"')) agreedAt = performance.now();
    });
    let hasEnded = false;
    void finished.then(() => (hasEnded = true));
    await waitFor(
      'the next write',
      () => {
        const now = performance.now();
        const rows = client.acknowledged().length;
        // A writer that answers still takes writes until it is stopped.
        const isFirst = agreedAt > 0 && rows > had && now - pausedAt > 800;
        if (rows > had && !isFirst) pausedAt = now;
        if (!isFirst) had = rows;
        return hasEnded || isFirst;
      },
      (seen) => seen,
      {deadlineMs: 120_000, everyMs: 10},
    );
    const now = performance.now();
    const [afterEnterMs, afterPlanMs] = [Math.round(now - enteredAt), Math.round(now - agreedAt)];
    const {code, stdout, stderr} = await finished;
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Progress & Result;
    expect({code, cause: last.cause, stderr}).toEqual({code: 0, cause: undefined, stderr: ''});
    return {result: last, afterEnterMs, afterPlanMs, until: had};
  }

  /** Rows that were lost do not come back, and each reader has what the writer has. */
  async function oneHistory(before: readonly number[], missing: readonly number[], until: number): Promise<void> {
    await isWhole();
    const last = client.acknowledged().at(-1) ?? 0;
    const rows = "count(*) || ' ' || md5(string_agg(n::text, ',' order by n))";
    const digest = `select ${rows} from ${steadyTable} where n <= ${last}`;
    const desired = await release.ask(writerPod, digest);
    for (const pod of [readerPod(0), readerPod(1)])
      await waitFor(
        `the rows of ${pod}`,
        () => release.ask(pod, digest).catch(String),
        (seen) => seen === desired,
      );
    const later = client.acknowledged().slice(until);
    const there = await release.ask(writerPod, `select n from ${steadyTable}`);
    expect(missingRows(before, there)).toEqual(missing);
    expect(missingRows(later, there)).toEqual([]);
    expect(JSON.stringify(await podsOf(release))).not.toContain('-kept-');
  }

  /** More rows may have been committed than were acknowledged. */
  async function countedLater(missing: number, most: number): Promise<void> {
    await release.run('recover');
    const {roleMoves} = await release.read<Pick<Status, 'roleMoves'>>('status');
    console.log(`${name}: ${missing} rows missing, counted later ${roleMoves.at(-1)?.lostCommits}`);
    const counted = roleMoves.at(-1)?.lostCommits ?? -1;
    expect(counted).toBeGreaterThanOrEqual(missing);
    expect(counted).toBeLessThanOrEqual(most);
  }

  async function isWhole(): Promise<void> {
    const look = async () => {
      const seen = await release.read<Pick<Status, 'state' | 'replication' | 'cause'>>('status');
      // This reader was on the lost node, and had more of the earlier writer than the reader that was promoted.
      const [remedy] = seen.cause?.message.includes('can never meet again') ? seen.cause.remedies : [];
      if (remedy?.command) await promisify(execFile)('sh', ['-c', remedy.command]);
      return seen;
    };
    const isReplicating = ({replication}: Pick<Status, 'replication'>) =>
      replication.filter(({state}) => state === 'streaming').length === 2;
    await waitFor('all as it was', look, (seen) => seen.state === 'ready' && isReplicating(seen), {
      deadlineMs: 150_000,
      everyMs: 1000,
    });
  }

  async function back(fault: Fault, node: LabNode): Promise<void> {
    if (fault === 'paused' || fault === 'kubelet stopped') await node.wake();
    else if (fault !== 'spoilt') await node.turnOn();
  }

  async function withoutKept(): Promise<void> {
    const {items} = await kubectlJson<{items: PersistentVolumeClaim[]}>(['-n', release.namespace.name, 'get', 'pvc']);
    for (const {metadata} of items.filter((one) => one.metadata.name.includes('-kept-')))
      await release.namespace.kubectl(['delete', 'pvc', metadata.name, '--wait=false']);
  }
});

async function podsOf({namespace}: OperatedRelease): Promise<readonly Pod[]> {
  return (await kubectlJson<{items: Pod[]}>(['-n', namespace.name, 'get', 'pods'])).items;
}
