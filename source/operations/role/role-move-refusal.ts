// Whether this user may move the writer's role, and what is said where they may not.
import type {Cause} from '../../core/cause.ts';
import {permissionsRefusal} from '../../observation/checks/switchover.ts';
import type {Permission} from '../../observation/survey.ts';
import type {Scope} from '../ports/index.ts';
import type {SwitchoverPort} from '../ports/switchover.ts';

/** Null: they may. The user's name is asked for only in a refusal, because the writer may be away meanwhile. */
export async function roleMoveRefusal(
  ports: Pick<SwitchoverPort, 'user'> & Scope,
  command: 'switchover' | 'failover',
  permissions: readonly Permission[],
): Promise<Cause | null> {
  const {target} = ports;
  const whyNot = (user: string | null) => permissionsRefusal(target, permissions, user, command);
  return whyNot(null) && whyNot(await ports.user());
}
