// Whether this user may do what an operation cannot do without, asked before anything changes.
import type {Cause} from '../core/cause.ts';
import {whyForbidden} from '../observation/checks/permissions.ts';
import type {Scope} from './ports/index.ts';
import type {ObservationPort, PermissionsAsked} from './ports/observation.ts';
import type {SwitchoverPort} from './ports/switchover.ts';

/** Null: they may, or the cluster does not say. */
export async function permissionRefusal(
  ports: Pick<ObservationPort, 'permissions'> & Pick<SwitchoverPort, 'user'> & Scope,
  asked: PermissionsAsked,
): Promise<Cause | null> {
  const {target} = ports;
  const permissions = await ports.permissions(asked);
  const refusal = (user: string | null) => whyForbidden(asked.command, permissions, user, target);
  return refusal(null) && refusal(await ports.user());
}
