// How many readers follow the writer.
import {parameter} from '../parameter.ts';

const most = 15;

export const readReplicaCount = parameter<'readReplicaCount', number, number>({
  key: 'readReplicaCount',
  label: 'Read replicas',
  hint: `How many readers follow the writer, 0 to ${most}.`,
  defaultText: '0',
  changes: 'anytime',
  form: 'main',
  flags: [{name: '--read-replicas', argument: 'number'}],
  parse: (text) => {
    const count = /^\s*\d{1,2}\s*$/.test(text) ? Number(text) : NaN;
    return count <= most
      ? {value: count}
      : {problem: `"${text}" is not a number of readers. Right is a whole number from 0 to ${most}.`};
  },
  resolve: (answer) => answer ?? 0,
  choices: () => Array.from({length: most + 1}, (_, count) => String(count)),
});
