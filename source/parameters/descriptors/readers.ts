// Where the readers differ from the writer: because the release existed before it was ours, or because somebody asked
// for it.
import {badInput} from '../../core/cause.ts';
import {choice, parameter, type Others, type Parsed, type PartField, type Read} from '../parameter.ts';
import type {Place} from '../place.ts';
import {compareQuantities} from '../quantity.ts';
import {cpu} from './cpu.ts';
import {cpuLimit} from './cpu-limit.ts';
import {exposure, type Exposure} from './exposure.ts';
import {instanceType} from './instance-type.ts';
import {memory} from './memory.ts';
import {labelsText, nodeSelector, parseLabels, type NodeSelectorAnswer} from './node-selector.ts';
import {priorityClass} from './priority-class.ts';
import {storageSize} from './storage-size.ts';

/** An absent part is as the writer has it. `cpuLimit`, `nodeSelector` and `priorityClass` may be `none`. */
export interface Readers {
  readonly cpu?: string;
  readonly memory?: string;
  readonly cpuLimit?: string;
  readonly storageSize?: string;
  readonly exposure?: Exposure;
  readonly instanceType?: string;
  /** As labelsText writes it. */
  readonly nodeSelector?: string;
  readonly priorityClass?: string;
}

export const readerParts = [
  'cpu',
  'memory',
  'cpuLimit',
  'storageSize',
  'exposure',
  'instanceType',
  'nodeSelector',
  'priorityClass',
] as const satisfies readonly (keyof Readers)[];
export type ReaderPart = (typeof readerParts)[number];

const none = 'none';
const asWriter = "the writer's";

export const readerFlags: Readonly<Record<ReaderPart, string>> = {
  cpu: '--reader-cpu',
  memory: '--reader-memory',
  cpuLimit: '--reader-cpu-limit',
  storageSize: '--reader-storage-size',
  exposure: '--reader-exposure',
  instanceType: '--reader-instance-type',
  nodeSelector: '--reader-node-selector',
  priorityClass: '--reader-priority-class',
};

const words: Readonly<Record<ReaderPart, readonly [argument: string, help: string]>> = {
  cpu: ['quantity', 'what each reader asks for, where it is not what the writer does'],
  memory: ['quantity', 'what each reader gets, where it is not what the writer gets'],
  cpuLimit: ['quantity', 'what each reader may use at most, where it is not what the writer may; none: no limit'],
  storageSize: ['quantity', "the volume of each reader, where it is not as large as the writer's; it grows only"],
  exposure: ['kind', 'who reaches the readers, where it is not who reaches the writer'],
  instanceType: ['type', "the type of node for the readers, where it is not the writer's; any: each type"],
  nodeSelector: ['labels', "labels that the readers' nodes must have, where they are not the writer's; none: no label"],
  priorityClass: ['name', "the readers' PriorityClass, where it is not the writer's; none: they have none"],
};

const fields: Readonly<Record<ReaderPart, PartField>> = {
  cpu: {
    label: 'Reader CPU',
    inGroup: 'CPU',
    hint: 'What each reader asks for, such as 500m. Empty: what the writer does.',
  },
  memory: {
    label: 'Reader memory',
    inGroup: 'Memory',
    hint: 'What each reader gets, such as 1Gi. Empty: what the writer gets.',
  },
  cpuLimit: {
    label: 'Reader CPU limit',
    inGroup: 'CPU limit',
    hint: 'The most that each reader may use; none: no limit. Empty: as the writer.',
  },
  storageSize: {
    label: 'Reader storage size',
    inGroup: 'Storage size',
    hint: "The volume of each reader, such as 50Gi; it grows only. Empty: the writer's.",
  },
  exposure: {
    label: 'Reader exposure',
    inGroup: 'Exposure',
    choices: exposure.choices(null),
    hint: 'Who reaches the readers: cluster, load-balancer or node-port. Empty: who reaches the writer.',
  },
  instanceType: {
    label: 'Reader instance type',
    inGroup: 'Instance type',
    hint: "The type of node for the readers; any: each type. Empty: the writer's.",
  },
  nodeSelector: {
    label: 'Reader node labels',
    inGroup: 'Node labels',
    hint: "Labels of the readers' nodes, such as pool=readers; none: no label. Empty: the writer's.",
  },
  priorityClass: {
    label: 'Reader priority class',
    inGroup: 'Priority class',
    hint: "A PriorityClass for the readers; none: they have none. Empty: the writer's.",
  },
};

const reads: Readonly<Record<ReaderPart, Read<string>>> = {
  cpu: (text) => cpu.parse(text),
  memory: (text) => memory.parse(text),
  cpuLimit: (text) => cpuLimit.parse(text),
  storageSize: (text) => storageSize.parse(text),
  exposure: choice(exposure.choices(null) as readonly Exposure[]),
  instanceType: (text) => instanceType.parse(text),
  nodeSelector: parseLabels,
  priorityClass: (text) => priorityClass.parse(text),
};

const flags = readerParts.map((part) => ({
  name: readerFlags[part],
  argument: words[part][0],
  help: words[part][1],
  defaultText: asWriter,
  read: partOf(part),
  part,
  field: {...fields[part], emptyText: (others: Others) => writersText(others[part])},
}));

function writersText(answer: unknown): string {
  if (typeof answer === 'string') return answer;
  return answer ? labelsText(answer as NodeSelectorAnswer) : none;
}

export const readers = parameter<'readers', Readers, Readers>({
  key: 'readers',
  label: 'Readers',
  hint: "What readers have otherwise than the writer, such as cpu=500m,memory=1Gi. What is not named is the writer's.",
  defaultText: asWriter,
  changes: 'anytime',
  form: 'readers',
  fromPlace: true,
  flags,
  inFile: 'parts',
  parse: parseWhole,
  format: (answer) => pairsOf(answer).join(','),
  toFlags: (answer) =>
    readerParts.flatMap((part) => (answer[part] === undefined ? [] : [readerFlags[part], answer[part]])),
  join: (first, second) => ({...first, ...second}),
  merge: (stronger, weaker) => ({...weaker, ...stronger}),
  resolve: differing,
  toAnswer: (value) => (Object.keys(value).length === 0 ? undefined : value),
  isSame: (a, b) => readerParts.every((part) => a[part] === b[part]),
  show: (value) => pairsOf(value).join(', ') || asWriter,
});

function partOf(part: ReaderPart): Read<Readers> {
  return (text) => {
    const parsed = reads[part](text);
    return 'problem' in parsed ? parsed : {value: {[part]: parsed.value}};
  };
}

function pairsOf(answer: Readers): readonly string[] {
  return readerParts.flatMap((part) => (answer[part] === undefined ? [] : [`${part}=${answer[part]}`]));
}

function parseWhole(text: string): Parsed<Readers> {
  let found: Readers = {};
  for (const pair of text.split(',').map((one) => one.trim())) {
    const [key = '', value = ''] = pair.split(/=(.*)/s);
    const part = readerParts.find((one) => one === key.trim());
    if (part === undefined)
      return {problem: `"${pair}" is none of ${readerParts.map((one) => `${one}=…`).join(', ')}.`};
    const parsed = partOf(part)(value);
    if ('problem' in parsed) return parsed;
    found = {...found, ...parsed.value};
  }
  return {value: found};
}

/** The readers' parts that differ from the writer's. */
function differing(answer: Readers = {}, others: Others, place: Place): Readers {
  const text = (key: string) => others[key] as string | undefined;
  const writer: Readonly<Record<ReaderPart, string>> = {
    cpu: cpu.resolve(text('cpu'), others, place),
    memory: memory.resolve(text('memory'), others, place),
    cpuLimit: text('cpuLimit') ?? none,
    storageSize: storageSize.resolve(text('storageSize'), others, place),
    exposure: exposure.resolve(others['exposure'] as Exposure | undefined, others, place),
    instanceType: instanceType.resolve(text('instanceType'), others, place),
    nodeSelector: labelsText(
      nodeSelector.resolve(others['nodeSelector'] as NodeSelectorAnswer | undefined, others, place),
    ),
    priorityClass: text('priorityClass') ?? none,
  };
  const own = readerParts.filter((part) => answer[part] !== undefined && !isSamePart(answer[part], writer[part]));
  const value: Readers = Object.fromEntries(own.map((part) => [part, answer[part]]));
  const [least, limit] = [value.cpu ?? writer.cpu, value.cpuLimit ?? writer.cpuLimit];
  if (limit !== none && Object.keys(value).length > 0 && compareQuantities(limit, least) < 0)
    throw badInput(
      `${readerFlags.cpuLimit}: ${limit} is less than each reader asks for (${least}). Raise it, or lower ` +
        `${readerFlags.cpu}.`,
    );
  return value;
}

function isSamePart(a: string, b: string): boolean {
  const isAmount = /^\d/.test(a) && /^\d/.test(b);
  return isAmount ? compareQuantities(a, b) === 0 : a === b;
}
