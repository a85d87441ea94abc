// The release remembers how far its writer had written: when the writer is lost, that tells how much a reader lacks.
import {clusterTime} from '../../observation/cluster-time.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {positionSeen} from '../../observation/role/writer-position.ts';
import {rethrowBug} from '../converge.ts';
import type {SecretPort} from '../ports/secret.ts';

/** Never throws for a missing right or answer. Does nothing where the writer was not seen. */
export async function rememberWriterPosition(ports: SecretPort, snapshot: Snapshot | null): Promise<void> {
  const seen = snapshot?.secret ? positionSeen(snapshot) : null;
  if (!seen || !snapshot) return;
  const at = new Date(clusterTime(seen.at, snapshot)).toISOString();
  await ports.rememberWriterPosition({bytes: seen.bytes, at}).catch(rethrowBug);
}
