// How much CPU each pod may use at most.
import {badInput} from '../../core/cause.ts';
import {parameter, type Parsed} from '../parameter.ts';
import {compareQuantities} from '../quantity.ts';
import {cpuProblem} from '../sizes.ts';
import {cpu} from './cpu.ts';

const name = '--cpu-limit';
const none = 'none';

export const cpuLimit = parameter<'cpuLimit', string, string | null>({
  key: 'cpuLimit',
  label: 'CPU limit',
  hint: 'What each pod may use at most, such as 2, where a quota asks for one; none: all that its node has.',
  defaultText: none,
  changes: 'anytime',
  form: 'placement',
  flags: [{name, argument: 'quantity'}],
  parse,
  resolve: (answer, others, place) => {
    if (answer === undefined || answer === none) return null;
    const asked = cpu.resolve(others['cpu'] as string | undefined, others, place);
    if (compareQuantities(answer, asked) < 0)
      throw badInput(`${name}: ${answer} is less than each pod asks for (${asked}). Raise it, or lower --cpu.`);
    return answer;
  },
  isSame: (a, b) => (a === null || b === null ? a === b : compareQuantities(a, b) === 0),
});

function parse(text: string): Parsed<string> {
  const value = text.trim();
  const problem = value === none ? null : cpuProblem(value);
  return problem === null ? {value} : {problem};
}
