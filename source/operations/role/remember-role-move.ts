// The release remembers when its writer's role moved, and why.
import {objectNames} from '../../chart/names.ts';
import type {RoleMove} from '../../observation/role/role-moves.ts';
import {rethrowBug} from '../converge.ts';
import type {Ports} from '../ports/index.ts';

/**
 * Where another run began the move, the new timeline is asked for now. Never throws for a missing right or answer: the
 * role has moved all the same.
 */
export async function rememberRoleMove(ports: Ports, move: RoleMove): Promise<void> {
  const {before, after} = move.timeline;
  const writer = `${objectNames(ports.target).writer}-0`;
  const now = after ?? (await ports.serverFacts(writer))?.timeline ?? null;
  await ports.rememberRoleMove({...move, timeline: {before, after: now}}).catch(rethrowBug);
}
