// Whether settings of PostgreSQL follow from memory, CPU and disk. The rules are in sized-settings.ts.
import {badInput} from '../../core/cause.ts';
import {choice, parameter} from '../parameter.ts';
import {ownSettingsIn} from './extra-values.ts';

const words = ['auto', 'off'] as const;
export type Sizing = (typeof words)[number];

export const sizing = parameter<'sizing', Sizing, Sizing>({
  key: 'sizing',
  label: 'Sizing',
  hint: 'auto: memory, connections and WAL of PostgreSQL follow from memory, CPU and disk of a pod. off: they do not.',
  defaultText: 'auto; off where --values has settings',
  changes: 'anytime',
  form: 'settings',
  flags: [{name: '--sizing', argument: 'auto|off'}],
  parse: choice(words),
  resolve(answer, others) {
    const own = ownSettingsIn(others);
    if (own !== null && answer === 'auto')
      throw badInput(
        `--sizing auto and ${own} of the file for --values exclude each other: one of them would be lost. Give ` +
          `--sizing off, or take ${own} out of the file.`,
      );
    return answer ?? (own === null ? 'auto' : 'off');
  },
  placeholder: (value) => value,
  choices: () => words,
});
