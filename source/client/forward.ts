// A port of this machine that leads to a ready pod of a release, for as long as it is held open.
import {postgresPort} from '../chart/names.ts';
import {fromValues} from '../chart/values.ts';
import {openPodStream} from '../cluster/exec.ts';
import {propose} from '../commands/command-line.ts';
import {releaseRef} from '../commands/operation.ts';
import {cause, UserError} from '../core/cause.ts';
import {isReady, viewOf, type Role} from '../observation/release-view.ts';
import {forward, type Forward} from '../postgres/forward.ts';
import {requireRelease} from './questions/existing-release.ts';
import type {Session} from './session.ts';

export interface ForwardHeld extends Forward {
  readonly pod: string;
  readonly username: string;
  readonly database: string;
}

/** @param localPort 0: any free one. @throws UserError RELEASE_NOT_FOUND, ENDPOINT_UNPROVEN, BAD_INPUT */
export async function holdPort(
  {connection, target, ports}: Session,
  role: Role,
  localPort: number,
): Promise<ForwardHeld> {
  const snapshot = requireRelease(await ports.look());
  const {writerPod, readerPods} = viewOf(snapshot);
  const pod = (role === 'writer' ? [writerPod] : readerPods).find((one) => isReady(one ?? null))?.metadata.name;
  const parameters = fromValues(snapshot.release.values);
  if (!pod || !parameters)
    throw new UserError(
      cause('ENDPOINT_UNPROVEN', `No ${role} of ${target.release} is ready.`, {
        remedies: [propose('See why', {kind: 'status', ...releaseRef(target), watch: false})],
      }),
    );
  const held = await forward({
    openStream: (name, port) => openPodStream(connection, target.namespace, name, port),
    pod,
    podPort: postgresPort,
    localPort,
  });
  const {username, database} = parameters;
  return {...held, pod, username, database};
}
