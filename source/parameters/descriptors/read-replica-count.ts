// How many readers follow the writer.
import {parameter} from '../parameter.ts';

const maxReaders = 15;

export const readReplicaCount = parameter<'readReplicaCount', number, number>({
  key: 'readReplicaCount',
  label: 'Read replicas',
  hint: `How many readers follow the writer, 0 to ${maxReaders}.`,
  defaultText: '0',
  changes: 'anytime',
  form: 'main',
  flags: [{name: '--read-replicas', argument: 'number'}],
  parse: (text) => {
    const count = /^\s*\d{1,2}\s*$/.test(text) ? Number(text) : NaN;
    return count <= maxReaders
      ? {value: count}
      : {problem: `"${text}" is not a number of readers. Use a whole number from 0 to ${maxReaders}.`};
  },
  resolve: (answer) => answer ?? 0,
  choices: () => Array.from({length: maxReaders + 1}, (_, count) => String(count)),
});
