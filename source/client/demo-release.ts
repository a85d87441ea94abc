// What the demo does with its release in the sandbox beside operations: a client that writes all the time, the node
// that is lost, and the volumes that a failover keeps.
import {claimPrefix, labelKeys, objectNames} from '../chart/names.ts';
import {paths} from '../cluster/paths.ts';
import {cause, UserError} from '../core/cause.ts';
import type {PersistentVolume, Pod} from '../observation/kubernetes.ts';
import {startSteadyWrites, type RowCount, type SteadyWrites} from '../postgres/steady-writes.ts';
import type {Session} from './session.ts';
import {statusOf} from './questions/status.ts';

export type {RowCount, SteadyWrites};

/** Begins to write into the database at its writer's address. @throws UserError where it has none on this machine */
export async function beginWrites({ports}: Session): Promise<SteadyWrites> {
  const [passwords, snapshot] = await Promise.all([ports.passwords(), ports.look()]);
  const status = statusOf(snapshot);
  const writer = status?.endpoints?.writer;
  if (!status?.credentials || !writer?.host || !passwords)
    throw new UserError(cause('ENDPOINT_UNPROVEN', 'The writer of the demo has no address on this machine.'));
  const {username, database} = status.credentials;
  return startSteadyWrites({host: writer.host, port: writer.port, username, database, password: passwords.user});
}

/** The node of the writer; null: it has none. */
export async function writerNode({ports}: Pick<Session, 'ports'>): Promise<string | null> {
  return statusOf(await ports.look())?.pods.find(({role}) => role === 'writer')?.node ?? null;
}

/** The pods on that node that are not of this release: databases of the user, which would be lost with it. */
export async function othersOn(
  {connection, target}: Pick<Session, 'connection' | 'target'>,
  node: string,
): Promise<readonly string[]> {
  const {items} = await connection.api.list<Pod>(paths.allPods);
  const isOwn = ({metadata}: Pod) =>
    metadata.namespace === target.namespace && metadata.labels?.[labelKeys.instance] === target.release;
  return items
    .filter((pod) => pod.spec.nodeName === node && !isOwn(pod))
    .map(({metadata}) => `${metadata.name} in ${metadata.namespace}`);
}

/** Whether the cluster knows that the node does not answer. */
export async function isGivenUp({ports}: Session, node: string): Promise<boolean> {
  const [seen] = await ports.nodes([node]);
  return seen?.status?.conditions?.some(({type, status}) => type === 'Ready' && status !== 'True') ?? false;
}

/** What an earlier demo, or this one, has left. */
export async function demoLeft(session: Session): Promise<{readonly release: boolean; readonly volumes: boolean}> {
  const {release, operation} = await session.ports.look();
  return {
    release: release.revisions.length > 0 || operation !== null,
    volumes: (await keptVolumes(session)).length > 0,
  };
}

/** A failover keeps the volume of the earlier writer, which no uninstall removes; an interrupted one keeps more. */
async function keptVolumes({connection, target}: Session): Promise<readonly PersistentVolume[]> {
  const {items} = await connection.api.list<PersistentVolume>(paths.volumes);
  const {writer, reader} = objectNames(target);
  const own = [claimPrefix(writer), claimPrefix(reader), `${target.fullname}-kept-`];
  return items.filter(
    ({spec}) =>
      spec.persistentVolumeReclaimPolicy === 'Retain' &&
      spec.claimRef?.namespace === target.namespace &&
      own.some((prefix) => spec.claimRef?.name?.startsWith(prefix)),
  );
}

export async function removeKeptVolumes(session: Session): Promise<void> {
  const {ports, connection} = session;
  const volumes = await keptVolumes(session);
  for (const {metadata} of volumes) await ports.setReclaimPolicy(metadata.name, 'Delete');
  const {keptClaims = []} = await ports.look();
  await ports.deleteClaims(keptClaims);
  for (const {metadata} of volumes) await connection.api.delete(`${paths.volumes}/${metadata.name}`);
}
