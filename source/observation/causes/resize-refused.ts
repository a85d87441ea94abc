// A pod is to have more or less CPU or memory while it runs, and its node does not give it.
import {kubectl} from '../../commands/kubectl.ts';
import {cause, type Cause} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {fillIn, propose} from '../../commands/command-line.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import {resizeProblem, type ResizeProblem} from '../pods/resources.ts';
import type {Snapshot} from '../snapshot.ts';
import {databasePods, isCurrent, type DatabasePod} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {evidence, nameOf, refTo} from './messages.ts';

/** Asks for another amount, which takes the place of the one that the node refuses. */
const remedyOf = (snapshot: Snapshot) =>
  fillIn(
    'Ask for another amount: it takes the place of this one',
    'resize',
    releaseRef(snapshot.target),
    '--memory QUANTITY --cpu QUANTITY',
  );

/**
 * The database uses more than it is to have. Kubelet tries again after any other error: right after a restart, say, it
 * does not know yet how much is in use.
 */
const inUse = /below current usage/;
/** Kubelet's next try is at most this much later. */
const graceMs = 60_000;

/**
 * Not certain while room may come by itself; certain when the node could never have it, or the database already uses
 * more. Source: Kubernetes 1.34, kubelet's conditions of a pod.
 */
export function resizeRefused(snapshot: Snapshot): FoundCause | null {
  for (const subject of databasePods(snapshot)) {
    const problem = resizeProblem(subject.pod);
    if (!problem || problem.reason === 'InProgress') continue;
    const lasts =
      problem.reason === 'Infeasible' ||
      (problem.reason === 'Error' && (inUse.test(problem.text) || clusterTimeOf(snapshot) - problem.since > graceMs));
    return {certain: lasts && isCurrent(snapshot, subject), cause: refusedResize(snapshot, subject, problem)};
  }
  return null;
}

function refusedResize(snapshot: Snapshot, subject: DatabasePod, {reason, text}: ResizeProblem): Cause {
  const {pod} = subject;
  const node = pod.spec.nodeName ?? 'its node';
  const about = {object: refTo('Pod', pod.metadata, snapshot), evidence: evidence(text || reason)};
  const restartAll = propose(
    'Or have each pod start again with what it is to have, readers first, the writer last and once',
    {
      kind: 'restart',
      ...releaseRef(snapshot.target),
    },
  );
  const look = {
    title: 'See what the node has and what is taken',
    command: kubectl(snapshot.target, 'describe', 'node', node),
  };
  if (reason === 'Error' && inUse.test(text)) {
    return cause(
      'OUT_OF_MEMORY',
      `${node} cannot take memory from ${nameOf(subject)}: it uses more than it is to have. It runs on with what ` +
        'it has.',
      {
        ...about,
        remedies: [remedyOf(snapshot), restartAll],
      },
    );
  }
  const why = {
    Deferred: 'has no room for it now',
    Infeasible: 'could never have room for it',
    Error: 'could not do it yet',
    InProgress: '',
  }[reason];
  return cause(
    'UNSCHEDULABLE',
    `What ${nameOf(subject)} is to have in CPU and memory waits: ${node} ${why}. It runs on with what it has.`,
    {...about, remedies: [remedyOf(snapshot), ...(reason === 'Error' ? [restartAll] : []), look]},
  );
}
