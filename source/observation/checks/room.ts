// Whether the nodes have room for the pods: now, or ever.
import {bytesOf, formatBytes, milliCpuOf} from '../../parameters/quantity.ts';
import {readerFlags} from '../../parameters/descriptors/readers.ts';
import {ofReaders} from '../../parameters/readers.ts';
import {instanceTypeLabel} from '../../parameters/identifiers.ts';
import type {Node} from '../kubernetes.ts';
import {fittingNodes, podPlacement} from '../place.ts';
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
  const ofType = nodes.filter(
    ({metadata}) => instanceType === 'any' || metadata.labels?.[instanceTypeLabel] === instanceType,
  );
  const never = bySize(desired).find(
    ({context}) => ofType.length > 0 && !ofType.some((node) => podsOn(allocatable(node), context) > 0),
  );
  if (never) return [hopeless(ofType, never)];
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
  const fitting = fittingNodes(nodes, instanceType, podPlacement(desired.parameters));
  const [first, second] = bySize(desired).map(({context, pods}) => roomNow(survey, fitting, context, pods));
  // A warning about what is not known is given once.
  const more = (second ?? []).filter((one) => one.severity === 'refuse' || one.warning.code === 'NO_ROOM_NOW');
  return [...(first ?? []), ...more];
};

interface SizeOfPods {
  readonly who: string;
  /** The flags that say how much they ask for. */
  readonly flags: string;
  readonly context: CheckContext;
  readonly pods: number;
}

const flagsOfAll = '--cpu and --memory';

/** Writer and readers together where they are of one size. */
function bySize(desired: CheckContext): readonly SizeOfPods[] {
  const {parameters} = desired;
  const readers = ofReaders(parameters);
  const count = parameters.readReplicaCount;
  if (count === 0 || (readers.cpu === parameters.cpu && readers.memory === parameters.memory))
    return [{who: 'Each pod', flags: flagsOfAll, context: desired, pods: 1 + count}];
  return [
    {who: 'The writer', flags: flagsOfAll, context: desired, pods: 1},
    {
      ...{who: 'Each reader', flags: `${readerFlags.cpu} and ${readerFlags.memory}`},
      ...{context: {...desired, parameters: readers}, pods: count},
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
  const fitting = fittingNodes(survey.nodes, desired.parameters.instanceType, podPlacement(desired.parameters));
  const left =
    desired.parameters.spread === 'required' ? fitting.filter(({metadata}) => !taken.includes(metadata.name)) : fitting;
  const context = {...desired, parameters: ofReaders(desired.parameters)};
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

function hopeless(nodes: readonly Node[], {who, flags, context: desired}: SizeOfPods): Finding {
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
      remedies: [{title: `Ask for less with ${flags}.`}, {title: 'Name a larger type of node with --instance-type.'}],
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
