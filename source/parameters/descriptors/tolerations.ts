// Taints of nodes on which the pods may run all the same.
import {labelKey, labelValue} from '../identifiers.ts';
import {parameter, type Parsed} from '../parameter.ts';

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

/** Kubernetes API: Toleration, in the shapes that the flag can say. `Exists`: whatever the value of the taint is. */
export type TaintToleration = {readonly key: string; readonly effect: (typeof effects)[number]} & (
  {readonly operator: 'Exists'} | {readonly operator: 'Equal'; readonly value: string}
);

/** In the order of their texts: another order would be another pod template, and restart the pods. */
export type Tolerations = readonly TaintToleration[];

const name = '--toleration';
const none = 'none';

/** An answer is all of them together; an empty one takes them away. */
export const tolerations = parameter<'tolerations', Tolerations, Tolerations>({
  key: 'tolerations',
  label: 'Tolerations',
  hint: 'Taints of nodes on which the pods may run all the same, such as sku=database:NoSchedule. none: no taint.',
  defaultText: none,
  changes: 'anytime',
  form: 'placement',
  flags: [
    {
      name,
      argument: 'key=value:effect',
      help:
        'a taint of nodes on which the pods may run all the same, such as sku=database:NoSchedule; may be given ' +
        'several times for all that they tolerate, and none takes them back',
      repeats: true,
    },
  ],
  inFile: 'list',
  parse: severalTolerations,
  format: (answer) => texts(answer).join(',') || none,
  toFlags: (answer) => (answer.length === 0 ? [name, none] : texts(answer).flatMap((text) => [name, text])),
  toFile: (answer) => (answer.length === 0 ? undefined : texts(answer)),
  join: (first, second) => (second.length === 0 ? second : inOrder([...first, ...second])),
  resolve: (answer) => answer ?? [],
  toAnswer: (value) => (value.length === 0 ? undefined : value),
  show: (value) => texts(value).join(', ') || none,
});

/** `sku=database:NoSchedule`, or `sku:NoSchedule` for a taint of any value. */
function tolerationText(toleration: TaintToleration): string {
  const value = toleration.operator === 'Equal' ? `=${toleration.value}` : '';
  return `${toleration.key}${value}:${toleration.effect}`;
}

function texts(answer: Tolerations): readonly string[] {
  return answer.map(tolerationText);
}

function inOrder(all: Tolerations): Tolerations {
  const byText = new Map(all.map((one) => [tolerationText(one), one]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function severalTolerations(text: string): Parsed<Tolerations> {
  if (text.trim() === none) return {value: []};
  const all: TaintToleration[] = [];
  for (const part of text.split(',')) {
    const one = oneToleration(part);
    if ('problem' in one) return one;
    all.push(one.value);
  }
  return {value: inOrder(all)};
}

function oneToleration(text: string): Parsed<TaintToleration> {
  const [, key = '', value, word] = /^\s*([^=:\s]+)(?:=([^:\s]*))?:(\w+)\s*$/.exec(text) ?? [];
  const effect = effects.find((one) => one === word);
  // A taint may have an empty value.
  const isOfLabels = labelKey.test(key) && (!value || labelValue.test(value));
  if (effect === undefined || !isOfLabels)
    return {
      problem:
        `"${text.trim()}" is not a toleration. Use key=value:effect or key:effect, such as sku=database:NoSchedule, ` +
        `with one of ${effects.join(', ')}; or ${none}.`,
    };
  return {value: value === undefined ? {key, operator: 'Exists', effect} : {key, operator: 'Equal', value, effect}};
}
