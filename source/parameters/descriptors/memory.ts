// How much memory each pod gets, as its request and its limit.
import {badInput} from '../../core/cause.ts';
import {parameter, textAnswer} from '../parameter.ts';
import {compareQuantities} from '../quantity.ts';
import {memoryProblem, sizesFor} from '../sizes.ts';
import {instanceTypeIn} from './instance-type.ts';

export const memory = parameter<'memory', string, string>({
  key: 'memory',
  label: 'Memory',
  hint: 'What each pod gets, such as 2Gi; at least 256Mi. It is also its limit.',
  defaultText: "half of the smallest fitting node's; 512Mi for any",
  changes: 'anytime',
  form: 'placement',
  fromPlace: true,
  flags: [{name: '--memory', argument: 'quantity'}],
  parse: textAnswer(memoryProblem),
  resolve: (answer, others, place) => {
    const value = answer ?? sizesFor(instanceTypeIn(others, place), place).memory;
    const problem = memoryProblem(value);
    if (problem !== null) throw badInput(`--memory: ${problem}`);
    return value;
  },
  isSame: (a, b) => compareQuantities(a, b) === 0,
});
