// Labels that a node must have beside the type of instance.
import {instanceTypeLabel, labelKey, labelValue} from '../identifiers.ts';
import {changedEntries, parameter, type Parsed} from '../parameter.ts';

/** Label → value. */
export type NodeSelector = Readonly<Record<string, string>>;

/** A value of null removes a label. */
export type NodeSelectorAnswer = Readonly<Record<string, string | null>>;

const name = '--node-selector';

export const nodeSelector = parameter<'nodeSelector', NodeSelectorAnswer, NodeSelector>({
  key: 'nodeSelector',
  label: 'Node labels',
  hint: 'Labels that the nodes of the database must have, such as workload=database.',
  defaultText: 'none',
  changes: 'anytime',
  form: 'placement',
  flags: [
    {
      name,
      argument: 'label=value',
      help: 'a label that nodes of the database must have; may be given several times, and label= takes it back',
      repeats: true,
      read: oneLabel,
    },
  ],
  inFile: 'list',
  parse: severalLabels,
  format: (answer) => pairs(answer).join(','),
  toFlags: (answer) => pairs(answer).flatMap((text) => [name, text]),
  toFile: (answer) => (pairs(answer).length === 0 ? undefined : pairs(answer)),
  join: (first, second) => ({...first, ...second}),
  merge: (stronger, weaker) => ({...weaker, ...stronger}),
  resolve: (answer) => sorted(answer ?? {}),
  toAnswer: (value) => (Object.keys(value).length === 0 ? undefined : value),
  toChange: (answer = {}, existing) => changedEntries(answer, existing),
  show: (value) => pairs(value).join(', ') || 'none',
});

const noLabel = 'none';

/** `disk=ssd pool=readers`, in the order of the labels, or `none`: the readers' own labels as one text. */
export function labelsText(labels: NodeSelectorAnswer): string {
  return pairs(sorted(labels)).join(' ') || noLabel;
}

/** The labels of such a text. */
export function labelsOf(text: string): NodeSelector {
  if (text === noLabel) return {};
  return Object.fromEntries(text.split(' ').map((pair) => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']));
}

/** Reads such a text, with spaces or commas between the labels. A label may have an empty value. */
export function parseLabels(text: string): Parsed<string> {
  if (text.trim() === noLabel) return {value: noLabel};
  const parsed = severalLabels(text.replaceAll(/\s+/g, ','));
  if ('problem' in parsed) return parsed;
  const labels = Object.entries(parsed.value).map(([key, value]) => [key, value ?? ''] as const);
  return labels.length === 0
    ? {problem: `"${text}" has no label. Use label=value, such as pool=readers, or ${noLabel}.`}
    : {value: labelsText(Object.fromEntries(labels))};
}

function sorted(labels: NodeSelectorAnswer): NodeSelector {
  return Object.fromEntries(
    Object.entries(labels)
      .filter((entry): entry is [string, string] => entry[1] !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function severalLabels(text: string): Parsed<NodeSelectorAnswer> {
  let all: NodeSelectorAnswer = {};
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const one = oneLabel(part);
    if ('problem' in one) return one;
    all = {...all, ...one.value};
  }
  return {value: all};
}

function oneLabel(text: string): Parsed<NodeSelectorAnswer> {
  const [, key = '', value = ''] = /^\s*([^=\s]*)\s*=\s*(.*?)\s*$/.exec(text) ?? [];
  if (!labelKey.test(key)) return {problem: `"${text}" is not a label. Use label=value, such as workload=database.`};
  if (key === instanceTypeLabel) return {problem: `${key} is what --instance-type sets. Use that.`};
  if (value === '') return {value: {[key]: null}};
  return labelValue.test(value)
    ? {value: {[key]: value}}
    : {problem: `"${value}" is not a value of a label. Use letters, digits, "-", "_" and ".", at most 63.`};
}

function pairs(answer: NodeSelectorAnswer): readonly string[] {
  return Object.entries(answer).map(([key, value]) => `${key}=${value ?? ''}`);
}
