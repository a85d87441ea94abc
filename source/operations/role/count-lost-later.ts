// Counts on the earlier writer's volume what a failover lost: later, where the node of the volume was away at first.
import {objectNames} from '../../chart/names.ts';
import {isResponding} from '../../observation/checks/failover.ts';
import {counted} from '../../observation/checks/messages.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import {uncountedFailover, type UncountedFailover} from '../../observation/role/uncounted-failover.ts';
import {rethrowBug} from '../converge.ts';
import type {Ports} from '../ports/index.ts';
import type {Progress} from '../../plan/progress.ts';

/**
 * Does nothing where nothing is left to count, or that node is still away. Never throws for a missing right or answer.
 */
export async function* countLostLater(ports: Ports, snapshot: Snapshot): AsyncGenerator<Progress, void> {
  const move = uncountedFailover(snapshot);
  if (!move) return;
  const pod = `${objectNames(snapshot.target).writer}-0`;
  const lostCommits = await countedNow(ports, pod, move).catch((error: unknown) => {
    rethrowBug(error);
    return null;
  });
  if (lostCommits === null) return;
  await ports.rememberRoleMove({...move, lostCommits}).catch(rethrowBug);
  const {namespace} = snapshot.target;
  const object = {kind: 'PersistentVolumeClaim', namespace, name: move.keptClaim};
  const text =
    `${counted(lostCommits, 'transaction')} of the earlier writer, which was lost at ${move.at}, ` +
    `${lostCommits === 1 ? 'is' : 'are'} not in the new one.`;
  yield {type: 'log', time: new Date(ports.now()).toISOString(), source: 'container', object, text};
}

async function countedNow(
  ports: Ports,
  writer: string,
  {fromNode, timeline, keptClaim: claim}: UncountedFailover,
): Promise<number | null> {
  if (fromNode === null || !isResponding(await ports.nodeSeen(fromNode))) return null;
  const fork = await ports.forkOf(timeline.after);
  return fork === null ? null : ports.lostCommits({writer, claim, timeline: timeline.before, fork});
}
