// What is done with a release after its writer's role has moved: each operation works as it did before, no row is
// lost, and the role stays where it is.
import {expect} from 'vitest';
import type {Status} from '../../../source/client/questions/status.ts';
import type {PersistentVolumeClaim} from '../../../source/observation/kubernetes.ts';
import {kubectlJson} from './namespace.ts';
import {onSandbox} from '../setup/on-sandbox.ts';
import {OperatedRelease, testImages, writerPod} from './operated-release.ts';
import {waitFor} from '../wait-for.ts';

/** The sandbox's PostgreSQL cannot be dumped and restored. */
const backups = onSandbox ? [] : ['--backup-schedule', '0 3 * * *', '--backup-size', '1Gi'];

export async function releaseToMove(prefix: string): Promise<OperatedRelease> {
  const release = await OperatedRelease.install(prefix, ['--read-replicas', '2', ...backups]);
  await release.ask(writerPod, 'create table kept as select generate_series(1, 500) as n');
  return release;
}

interface Operation {
  readonly name: string;
  readonly run: (release: OperatedRelease) => Promise<unknown>;
}

const by = (command: string, ...flags: readonly string[]): Operation => ({
  name: [command, ...flags].join(' '),
  run: (release) => release.done(command, ...flags),
});

export const operationsAfterMove: readonly Operation[] = [
  by('scale', '--read-replicas', '3'),
  by('scale', '--read-replicas', '2'),
  by('resize', '--memory', '320Mi'),
  by('resize', '--storage-size', '2Gi'),
  by('upgrade', '--image-tag', testImages.other),
  by('rollback'),
  by('restart'),
  by('set', '--postgres-config', 'log_min_duration_statement=250'),
  by('rotate-password'),
  ...(onSandbox ? [] : [by('backup', 'run')]),
  by('switchover'),
];

/** It ends well, all is whole afterwards, and only a switchover moves the role. */
export async function expectAsBefore(release: OperatedRelease, {name, run}: Operation): Promise<void> {
  const before = await roleOf(release);
  await run(release);
  await expectWhole(release);
  const after = await roleOf(release);
  if (name !== 'switchover') expect(after).toEqual(before);
  else after.forEach((one, at) => expect(one).not.toEqual(before[at]));
}

/** Where the role is: the volume of the writer's claim, and the last move that the release remembers. */
async function roleOf(release: OperatedRelease): Promise<readonly unknown[]> {
  const {name} = release.namespace;
  const claim = await kubectlJson<PersistentVolumeClaim>(['-n', name, 'get', 'pvc', `data-${writerPod}`]);
  return [claim.spec.volumeName, (await statusOf(release)).roleMoves.at(-1)];
}

/** All is ready, nothing is left undone, and every server has the rows. */
export async function expectWhole(release: OperatedRelease): Promise<void> {
  const seen = () => statusOf(release);
  const isWhole = ({state, replication, pods}: Status) =>
    state === 'ready' && replication.filter((one) => one.state === 'streaming').length === pods.length - 1;
  const {operation, cause} = await waitFor('all to be ready', seen, isWhole, {deadlineMs: 60_000});
  expect({operation, cause}).toEqual({operation: null, cause: null});
  for (const name of Object.keys(await release.pods()).filter((one) => /-(primary|read)-\d+$/.test(one)))
    await release.expectRows(name);
}

/** Nothing of it is left, but what a failover kept. */
export async function uninstalled(release: OperatedRelease): Promise<readonly string[]> {
  await release.done('uninstall', '--delete-data', '--confirm', 'orders');
  const {items} = await kubectlJson<{items: {metadata: {name: string}}[]}>([
    ...['-n', release.namespace.name, 'get', 'pods,pvc,statefulsets'],
  ]);
  // The volume of the backups stays, as an uninstall says.
  return items.map(({metadata}) => metadata.name).filter((name) => !name.endsWith('-pgdumpall'));
}

function statusOf(release: OperatedRelease): Promise<Status> {
  return release.read<Status>('status');
}
