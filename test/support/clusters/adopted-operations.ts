// What is done with a release after its adoption, each beginning where the one before it ended: the operations of any
// release of ours, and the way back to plain helm.
import {execFile} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {delimiter, dirname, join} from 'node:path';
import {tmpdir} from 'node:os';
import {promisify} from 'node:util';
import {expect} from 'vitest';
import {fromValues} from '../../../source/chart/values.ts';
import type {StatefulSet} from '../../../source/observation/kubernetes.ts';
import {serializeAnswersFile} from '../../../source/parameters/answers-file.ts';
import {kubectlJson} from './namespace.ts';
import {bitnamilegacy, official, type OperatedRelease, readerPod} from './operated-release.ts';
import {helm3, kubectl} from '../paths.ts';
import {chartOf, type RecordedChart} from '../recorded-charts.ts';
import {waitFor} from '../wait-for.ts';

const run = promisify(execFile);

interface Adopted {
  readonly release: OperatedRelease;
  readonly recorded: RecordedChart;
  /** Whether kubectl applied it, and not helm. */
  readonly isApplied: boolean;
  /** The name of the writer's pod. */
  readonly writer: string;
  /** What helm had recorded before the adoption; empty: it had no record. */
  readonly manifest: string;
  /** The flags that its adoption asked for. */
  readonly limit: readonly string[];
  /** How many rows the table of before has; asked as the image of before can be asked, too. */
  readonly countRows: () => Promise<string>;
}

export interface AdoptedOperation {
  readonly name: string;
  readonly run: (adopted: Adopted) => Promise<unknown>;
}

const show = ({release, writer}: Adopted, setting: string) => release.ask(writer, `show ${setting}`);

async function readersOf({release}: Adopted): Promise<number> {
  return (await release.read<{readers: {wanted: number}}>('status')).readers.wanted;
}

async function expectOnAll(
  {release}: Adopted,
  what: string,
  of: (pod: Awaited<ReturnType<OperatedRelease['pods']>>[string]) => string,
  wanted: string,
): Promise<void> {
  const seen = async () => [...new Set(Object.values(await release.pods()).map(of))];
  await waitFor(what, seen, (all) => all.length === 1 && all[0]?.endsWith(wanted) === true);
}

/** `status` and helm say of it what they say of any release of plain helm; what was asked of helm is what is there. */
async function goBack(adopted: Adopted): Promise<void> {
  const {release, isApplied, manifest} = adopted;
  const {json, code} = await release.run('rollback', '1');
  expect({code, cause: json.cause?.code}).toEqual({code: 3, cause: 'NOT_OURS'});
  const commands = (json.cause?.remedies ?? []).flatMap(({command}) => command ?? []);
  const ofHelm = commands.filter((command) => command.startsWith('helm '));
  expect(ofHelm).toHaveLength(isApplied ? 1 : 2);
  const {wayBack} = await release.read<{wayBack: readonly {command: string | null}[]}>('history');
  expect(wayBack.flatMap(({command}) => command ?? [])).toEqual(commands.slice(0, -1));
  await pasted(adopted, ofHelm);
  const told = await release.read<{managedBy: string; state: string}>('status');
  expect(told.managedBy).toBe('helm');
  if (manifest !== '') expect(await helmManifest(release)).toBe(manifest);
  await expectSets(adopted);
}

/** Runs the commands as they are printed, in a folder of their own; CHART is the chart of before. */
async function pasted({release, recorded}: Adopted, commands: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pghi-back-'));
  try {
    const chart = chartOf(recorded, join(folder, 'postgresql'));
    const helm = release.env['PGHI_HELM'] ?? helm3;
    writeFileSync(join(folder, 'helm'), `#!/bin/sh\nexec ${helm} "$@"\n`, {mode: 0o755});
    const path = [folder, dirname(kubectl), process.env['PATH'] ?? ''].join(delimiter);
    for (const command of commands)
      await run('sh', ['-ec', command.replace(' CHART ', ` ${chart} `)], {
        cwd: folder,
        env: {...process.env, PATH: path},
      });
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
}

export async function helmManifest(release: OperatedRelease): Promise<string> {
  const helm = release.env['PGHI_HELM'] ?? helm3;
  const {stdout} = await run(helm, ['get', 'manifest', 'orders', '-n', release.namespace.name]).catch(() => ({
    stdout: '',
  }));
  return stdout;
}

/** The StatefulSets are those that were recorded, and all their pods are of the newest revision and ready. */
async function expectSets({release, recorded}: Adopted): Promise<void> {
  const names =
    recorded.shape === 'replication' ? ['orders-postgresql-primary', 'orders-postgresql-read'] : ['orders-postgresql'];
  const sets = async () =>
    (await kubectlJson<{items: StatefulSet[]}>(['-n', release.namespace.name, 'get', 'statefulset'])).items;
  expect((await sets()).map(({metadata}) => metadata.name).sort()).toEqual(names);
  const isSettled = ({metadata, spec, status}: StatefulSet) =>
    status?.observedGeneration === metadata.generation &&
    status?.readyReplicas === spec.replicas &&
    status?.updateRevision === status?.currentRevision;
  await waitFor('the StatefulSets of before', sets, (all) => all.every(isSettled), {deadlineMs: 120_000});
}

const backAndAgain: AdoptedOperation = {
  name: 'going back to plain helm, and adopting once more',
  async run(adopted) {
    await goBack(adopted);
    // The pod of before may just be ending.
    await waitFor(
      'the rows',
      () => adopted.countRows().catch(String),
      (seen) => seen === '500',
      {deadlineMs: 120_000},
    );
    await adopted.release.done('adopt', ...adopted.limit);
  },
};

/** The number of them has no factor in common with that of the releases, so that every pair has its day. */
export const adoptedOperations: readonly AdoptedOperation[] = [
  backAndAgain,
  {
    name: 'scale',
    async run(adopted) {
      const readers = await readersOf(adopted);
      await adopted.release.done('scale', '--read-replicas', String(readers + 1));
      await adopted.release.expectRows(readerPod(readers));
    },
  },
  {
    name: 'resize',
    async run(adopted) {
      await adopted.release.done('resize', '--memory', '384Mi');
      await expectOnAll(adopted, 'memory of the pods', ({memory}) => memory, '384Mi');
    },
  },
  {
    name: 'grow',
    async run(adopted) {
      const {release} = adopted;
      await release.done('resize', '--storage-size', '3Gi');
      const {claims} = await release.read<{claims: readonly {capacityBytes: number}[]}>('status');
      expect(new Set(claims.map(({capacityBytes}) => capacityBytes))).toEqual(new Set([3 * 2 ** 30]));
    },
  },
  {
    name: 'set',
    async run(adopted) {
      await adopted.release.done('set', '--postgres-config', 'work_mem=8MB');
      expect(await show(adopted, 'work_mem')).toBe('8MB');
    },
  },
  {
    name: 'rollback',
    async run(adopted) {
      const was = await show(adopted, 'work_mem');
      await adopted.release.done('set', '--postgres-config', 'work_mem=9MB');
      await adopted.release.done('rollback');
      expect(await show(adopted, 'work_mem')).toBe(was);
    },
  },
  {
    name: 'upgrade',
    async run(adopted) {
      await adopted.release.done('upgrade', '--image-tag', bitnamilegacy.other);
      await expectOnAll(adopted, 'image of the pods', ({image}) => image, bitnamilegacy.other);
    },
  },
  {name: 'rotate-password', run: ({release}) => release.done('rotate-password', '--role', 'all')},
  {
    name: 'image move',
    async run(adopted) {
      await adopted.release.done('upgrade', '--image-source', 'official');
      await expectOnAll(adopted, 'image of the pods', ({image}) => image, `postgres:${official.installed}`);
    },
  },
  {
    name: 'restart',
    async run({release, writer}) {
      const before = await release.lives();
      await release.done('restart');
      expect((await release.lives())[writer]).not.toBe(before[writer]);
    },
  },
  {
    name: 'uninstall and install',
    async run({release}) {
      const file = join(mkdtempSync(join(tmpdir(), 'pghi-again-')), 'answers.yaml');
      const {values} = await release.read<{values: Readonly<Record<string, unknown>>}>('values');
      const parameters = fromValues(values);
      if (parameters === null) throw new Error('the release is ours');
      const {namespace, chart} = release;
      const target = {namespace: namespace.name, release: 'orders'};
      writeFileSync(file, serializeAnswersFile({target, chart: {source: chart}, parameters}));
      await release.done('uninstall');
      await release.done('install', '--answers', file);
      rmSync(dirname(file), {recursive: true});
    },
  },
];
