// Whether the nodes have room for the pods: now, or ever.
import {canonical} from '../../chart/same-values.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {bytesOf, formatBytes, milliCpuOf} from '../../parameters/quantity.ts';
import {readerFlags} from '../../parameters/descriptors/readers.ts';
import {ofReaders} from '../../parameters/readers.ts';
import {instanceTypeLabel} from '../../parameters/identifiers.ts';
import type {Node} from '../kubernetes.ts';
import {fittingNodes, podPlacement, type PodPlacement} from '../place.ts';
import type {NodeUse, Survey} from '../survey.ts';
import {releaseExists} from './existing-release.ts';
import {refuse, warn, type CheckRule, type Finding, type CheckContext} from './rule.ts';
import {counted} from './messages.ts';

export {fittingNodes};

const mebibyte = 1024 * 1024;

export const room: CheckRule = (survey, desired) => {
  const {nodes} = survey;
  if (nodes === null)
    return [warn('NOT_CHECKED', 'Whether the nodes have room is not checked: this user may not list nodes.')];
  const {instanceType} = desired.parameters;
  const ofType = nodesOfType(nodes, desired);
  const [never] = byNeeds(desired).flatMap((needs) => {
    const all = nodesOfType(nodes, needs.context);
    return all.length > 0 && !all.some((node) => podsOn(allocatable(node), needs.context) > 0)
      ? [hopeless(all, needs)]
      : [];
  });
  if (never) return [never];
  // Pods of a release that is there already count as use of the nodes.
  if (releaseExists(survey)) return [];
  if (ofType.length === 0)
    return [
      warn(
        'NO_ROOM_NOW',
        `${instanceType === 'any' ? 'The cluster has no node' : `No node is of the type ${instanceType}`}. The ` +
          'pods wait until an autoscaler brings one.',
      ),
    ];
  const [first, second] = byNeeds(desired).map(({context, placement, pods}) =>
    roomNow(survey, fittingNodes(nodes, context.parameters.instanceType, placement), context, pods),
  );
  // A warning about what is not known is given once.
  const more = (second ?? []).filter((one) => one.severity === 'refuse' || one.warning.code === 'NO_ROOM_NOW');
  return [...(first ?? []), ...more];
};

function nodesOfType(nodes: readonly Node[], {parameters: {instanceType}}: CheckContext): readonly Node[] {
  return nodes.filter(({metadata}) => instanceType === 'any' || metadata.labels?.[instanceTypeLabel] === instanceType);
}

interface NeedsOfPods {
  readonly who: string;
  /** The flags that say how much they ask for. */
  readonly flags: string;
  /** The flag that names the type of their nodes. */
  readonly typeFlag: string;
  readonly context: CheckContext;
  readonly placement: PodPlacement;
  readonly pods: number;
}

const flagsOfAll = '--cpu and --memory';
const instanceTypeFlag = '--instance-type';

/** Writer and readers together where they are of one size and run on the same nodes. */
function byNeeds(desired: CheckContext): readonly NeedsOfPods[] {
  const {parameters} = desired;
  const readers = ofReaders(parameters);
  const count = parameters.readReplicaCount;
  const [ofWriter, ofOthers] = [podPlacement(parameters), podPlacement(readers, 'readers')];
  const needs = ({cpu, memory, instanceType}: Parameters, placement: PodPlacement) =>
    canonical({cpu, memory, instanceType, placement});
  const own = {context: desired, placement: ofWriter, typeFlag: instanceTypeFlag};
  if (count === 0 || needs(parameters, ofWriter) === needs(readers, ofOthers))
    return [{...own, who: 'Each pod', flags: flagsOfAll, pods: 1 + count}];
  return [
    {...own, who: 'The writer', flags: flagsOfAll, pods: 1},
    {
      who: 'Each reader',
      flags: `${readerFlags.cpu} and ${readerFlags.memory}`,
      typeFlag: readerFlags.instanceType,
      context: {...desired, parameters: readers},
      placement: ofOthers,
      pods: count,
    },
  ];
}

/**
 * Whether `more` readers find room beside those that are there. `taken`: nodes that carry a pod of the release already.
 */
export function roomForMore(
  survey: Survey,
  desired: CheckContext,
  more: number,
  taken: readonly string[],
): readonly Finding[] {
  if (survey.nodes === null || more <= 0) return [];
  const context = {...desired, parameters: ofReaders(desired.parameters)};
  const {instanceType, spread} = context.parameters;
  const fitting = fittingNodes(survey.nodes, instanceType, podPlacement(context.parameters, 'readers'));
  const left = spread === 'required' ? fitting.filter(({metadata}) => !taken.includes(metadata.name)) : fitting;
  return roomNow(survey, left, context, more, ' without a pod of this database');
}

function roomNow(
  {nodeUse}: Survey,
  fitting: readonly Node[],
  desired: CheckContext,
  needed: number,
  which = '',
): readonly Finding[] {
  const {spread} = desired.parameters;
  const fit = fitting
    .map((node) => podsOn(free(node, nodeUse), desired))
    .reduce((sum, count) => sum + (spread === 'required' ? Math.min(count, 1) : count), 0);
  const findings: Finding[] =
    nodeUse === null
      ? [
          warn(
            'NOT_CHECKED',
            'How much of the nodes is in use is not known: this user may not list the pods of the cluster.',
          ),
        ]
      : [];
  if (fit < needed) {
    const where = `${counted(fitting.length, 'fitting node')}${spread === 'required' ? `${which}, one on each` : ''}`;
    findings.push(
      warn(
        'NO_ROOM_NOW',
        `Of ${counted(needed, 'pod')} with ${request(desired)} each, ` +
          `${fit === 0 ? 'none fits' : `${fit} ${fit === 1 ? 'fits' : 'fit'}`} now (${where}). What does not fit ` +
          'waits for room, or for an autoscaler.',
      ),
    );
  }
  return findings;
}

function hopeless(nodes: readonly Node[], {who, flags, typeFlag, context: desired}: NeedsOfPods): Finding {
  const {instanceType} = desired.parameters;
  const cpu = Math.max(...nodes.map((node) => allocatable(node).milliCpu));
  const memory = Math.max(...nodes.map((node) => allocatable(node).memoryBytes));
  const which = instanceType === 'any' ? 'no node of the cluster' : `no node of the type ${instanceType}`;
  const maxMemory = formatBytes(Math.floor(memory / mebibyte) * mebibyte);
  const largest = `${cpu}m CPU and ${maxMemory} memory are the most that one offers`;
  return refuse(
    'UNSCHEDULABLE',
    `${who} asks for ${request(desired)}, and ${which} could ever give that: ${largest}.`,
    {
      evidence: nodes
        .slice(0, 5)
        .map(
          ({metadata, status}) =>
            `${metadata.name}: allocatable cpu ${status?.allocatable?.['cpu'] ?? '?'}, memory ` +
            `${status?.allocatable?.['memory'] ?? '?'}`,
        ),
      remedies: [{title: `Ask for less with ${flags}.`}, {title: `Name a larger type of node with ${typeFlag}.`}],
    },
  );
}

/** How many pods fit into that room. */
function podsOn({milliCpu, memoryBytes}: NodeUse, {parameters}: CheckContext): number {
  return Math.max(
    0,
    Math.floor(Math.min(milliCpu / milliCpuOf(parameters.cpu), memoryBytes / bytesOf(parameters.memory))),
  );
}

function allocatable({status}: Node): NodeUse {
  return {
    milliCpu: milliCpuOf(status?.allocatable?.['cpu'] ?? '0'),
    memoryBytes: bytesOf(status?.allocatable?.['memory'] ?? '0'),
  };
}

function free(node: Node, nodeUse: Survey['nodeUse']): NodeUse {
  const {milliCpu, memoryBytes} = allocatable(node);
  const use = nodeUse?.[node.metadata.name];
  return {milliCpu: milliCpu - (use?.milliCpu ?? 0), memoryBytes: memoryBytes - (use?.memoryBytes ?? 0)};
}

function request({parameters: {cpu, memory}}: CheckContext): string {
  return `${cpu} CPU and ${memory} memory`;
}
