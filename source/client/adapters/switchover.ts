// Hands the writer's role over to a reader.
import {applySwitchoverAction, observeSwitchover, setReclaimPolicy} from '../../cluster/switchover-actions.ts';
import {paths} from '../../cluster/paths.ts';
import {ifAllowed} from '../../cluster/readable.ts';
import {readNodeUse, reviewAll, whoAmI} from '../../cluster/survey.ts';
import {roleMovePermissions} from '../../observation/checks/permissions.ts';
import type {Node} from '../../observation/kubernetes.ts';
import type {SwitchoverPort} from '../../operations/ports/switchover.ts';
import type {Administration} from '../../postgres/administer.ts';
import {
  alterSystem,
  askLastRecord,
  askReplaySpeed,
  askServerFacts,
  askUnloggedTables,
  checkpointOn,
  commits,
  dropUnusedSlots,
  makeReplicationSlots,
  promote,
} from '../../postgres/switchover.ts';
import type {AdapterContext} from './context.ts';
import {unlessRaced} from './api-errors.ts';

export function switchoverPort({connection: {api}, target, writer}: AdapterContext): SwitchoverPort {
  const on = (pod: string): Administration => ({...writer, pod});
  return {
    switchoverPermissions: (volumes) => reviewAll(api, roleMovePermissions('switchover', target.namespace, volumes)),
    user: () => whoAmI(api),
    async nodes(asked) {
      const found = await Promise.all(asked.map((name) => ifAllowed(api.find<Node>(`${paths.nodes}/${name}`))));
      return found.flatMap((node) => node ?? []);
    },
    nodeUse: (names) => readNodeUse(api, names),
    observeSwitchover: (record) => observeSwitchover(api, target, record),
    applySwitchoverAction: (action) => unlessRaced(applySwitchoverAction(api, target, action)),
    setReclaimPolicy: (volume, policy) => setReclaimPolicy(api, volume, policy),
    serverFacts: (pod) => askServerFacts(on(pod)),
    commits: (pod, withinMs) => commits(on(pod), withinMs),
    replaySpeed: (pod) => askReplaySpeed(on(pod)),
    unloggedTables: (pod) => askUnloggedTables(pod === undefined ? writer : on(pod)),
    checkpointOn: (pod) => checkpointOn(on(pod)),
    makeReplicationSlots: (pod, names) => makeReplicationSlots(on(pod), names),
    dropUnusedSlots: (pod) => dropUnusedSlots(on(pod), target),
    alterSystem: (pod, settings) => alterSystem(on(pod), settings),
    lastRecord: (pod) => askLastRecord(on(pod)),
    promote: (pod, slots) => promote(on(pod), slots),
  };
}
