// What a failover asks and changes: the state of a lost writer, and a reader that takes over its role.
import {databaseContainer} from '../../chart/names.ts';
import {readAttachment, readNode, observeFailover, applyFailoverAction} from '../../cluster/failover-actions.ts';
import {lostCommits} from '../../cluster/lost-commits.ts';
import {paths} from '../../cluster/paths.ts';
import {ifAllowed} from '../../cluster/readable.ts';
import {reviewAll} from '../../cluster/survey.ts';
import {roleMovePermissions} from '../../observation/checks/permissions.ts';
import type {Node} from '../../observation/kubernetes.ts';
import type {FailoverPort} from '../../operations/ports/failover.ts';
import type {Administration} from '../../postgres/administer.ts';
import {
  askAnswer,
  askFork,
  askPosition,
  askWriterFrom,
  endReceiver,
  stopFrom,
  unstopFrom,
} from '../../postgres/failover.ts';
import type {AdapterContext} from './context.ts';
import {unlessRaced} from './api-errors.ts';

export function failoverPort({connection: {api}, target, exec, writer}: AdapterContext): FailoverPort {
  const on = (pod: string): Administration => ({...writer, pod});
  return {
    failoverPermissions: (volumes) => reviewAll(api, roleMovePermissions('failover', target.namespace, volumes)),
    nodeSeen: (name) => readNode(api, name),
    async allNodes() {
      const found = await ifAllowed(api.list<Node>(paths.nodes));
      return found && found.items;
    },
    attachedTo: (volume) => readAttachment(api, volume),
    answerFrom: (pod, host) => askAnswer(exec, pod, databaseContainer, host),
    writerSeenFrom: (pod, host) => askWriterFrom(on(pod), host),
    stopFrom: (pod, host) => stopFrom(on(pod), host),
    unstopFrom: (pod, host) => unstopFrom(on(pod), host),
    readerPosition: (pod) => askPosition(on(pod)),
    endReceiver: (pod) => endReceiver(on(pod)),
    forkOf: (timeline) => askFork(writer, timeline),
    lostCommits: (asked) => lostCommits(api, target, asked),
    observeFailover: (record) => observeFailover(api, target, record),
    applyFailoverAction: (action) => unlessRaced(applyFailoverAction(api, target, action)),
  };
}
