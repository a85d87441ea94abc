// What is seen of a writer that is lost, and what follows from it: told by a plan and by a result, and remembered as
// the reason why the role moved.
import type {WriterEvidence} from '../role/failover.ts';
import {evidenceLines, type Verdict} from './failover.ts';

export interface WriterSeen {
  readonly verdict: Verdict;
  /** What follows from all that is seen, and then a line for each source. */
  readonly evidence: readonly string[];
}

/** `nodeIsOff`: somebody has made sure that the node is off. */
export function writerSeen(evidence: WriterEvidence, verdict: Verdict, nodeIsOff: boolean): WriterSeen {
  return {verdict, evidence: [conclusionOf(evidence, verdict, nodeIsOff), ...evidenceLines(evidence)]};
}

function conclusionOf(evidence: WriterEvidence, verdict: Verdict, nodeIsOff: boolean): string {
  const node = evidence.node?.name ?? 'its node';
  switch (verdict) {
    case 'healthy':
      return 'The writer serves';
    case 'stoppable':
      return `The writer does not serve, and it can be stopped for sure, because ${node} answers`;
    case 'answers':
      return `The writer may still take writes although ${node} does not answer, and a reader can stop it`;
    case 'perhaps alive':
      if (evidence.mayRunElsewhere) return 'Nobody knows whether an earlier pod of the writer still takes writes';
      return `Nobody knows whether the database on ${node} still takes writes`;
    case 'gone':
      return `The writer is gone: ${goneBy(evidence, nodeIsOff)}`;
  }
}

/** Why a reader takes the role, in a few words that are remembered, such as `node1 off, as somebody said`. */
export function reasonOf(evidence: WriterEvidence, verdict: Verdict, nodeIsOff: boolean): string {
  const {node, pod} = evidence;
  if (verdict === 'gone') return goneBy(evidence, nodeIsOff);
  if (verdict === 'answers') return `${node?.name ?? 'its node'} silent, its database stopped by SQL`;
  if (pod?.isAnother) return "another database than the release's";
  return pod?.container && pod.container !== 'running'
    ? `its container did not run: ${pod.container}`
    : 'it did not serve';
}

function goneBy({node, mayRunElsewhere}: WriterEvidence, nodeIsOff: boolean): string {
  if (mayRunElsewhere) return 'the node of the earlier pod off, as somebody said';
  if (node === null) return 'no node left that it could run on';
  if (node.kind === 'gone') return `${node.name} deleted from the cluster`;
  if (!nodeIsOff && node.kind === 'there' && node.isShutDown && !node.isOutOfService)
    return `${node.name} shut down by its cloud`;
  return nodeIsOff ? `${node.name} off, as somebody said` : `${node.name} tainted as off`;
}
