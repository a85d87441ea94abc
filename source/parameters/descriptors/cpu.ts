// How much CPU each pod asks for.
import {parameter, textAnswer} from '../parameter.ts';
import {compareQuantities} from '../quantity.ts';
import {cpuProblem, sizesFor} from '../sizes.ts';
import {instanceTypeIn} from './instance-type.ts';

export const cpu = parameter<'cpu', string, string>({
  key: 'cpu',
  label: 'CPU',
  hint: 'What each pod asks for, such as 500m or 2. It may use more where the node has it.',
  defaultText: "half of the smallest fitting node's; 500m for any",
  changes: 'anytime',
  form: 'placement',
  fromPlace: true,
  flags: [{name: '--cpu', argument: 'quantity'}],
  parse: textAnswer(cpuProblem),
  resolve: (answer, others, place) => answer ?? sizesFor(instanceTypeIn(others, place), place).cpu,
  isSame: (a, b) => compareQuantities(a, b) === 0,
});
