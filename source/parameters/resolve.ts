// Makes Parameters from answers and the place that they are for: fills in every default, and refuses contradictions.
import type {Answers} from './answers.ts';
import {descriptors, type Parameters} from './parameters.ts';
import type {Place} from './place.ts';

export type {Place} from './place.ts';
export {sizesOfType} from './sizes.ts';

/** Throws UserError BAD_INPUT, naming the flags, for answers that contradict each other. */
export function resolve(answers: Answers, place: Place): Parameters {
  const given: Readonly<Record<string, unknown>> = answers;
  const values = descriptors
    .filter(({inFile}) => inFile !== null)
    .map((one) => [one.key, one.resolve(given[one.key], answers, place)] as const);
  return Object.fromEntries(values) as unknown as Parameters;
}

/** The answers that resolve to these parameters, in the place they were resolved for. */
export function answersFrom(parameters: Parameters): Answers {
  const values: Readonly<Record<string, unknown>> = parameters;
  const answers = descriptors
    .filter(({inFile}) => inFile !== null)
    .map((one) => [one.key, one.toAnswer(values[one.key])] as const);
  return Object.fromEntries(answers.filter(([, answer]) => answer !== undefined));
}

/** The parameters for which the operator gave an answer. */
export function explicitKeys(answers: Answers): readonly (keyof Answers)[] {
  return (Object.keys(answers) as (keyof Answers)[]).filter((key) => answers[key] !== undefined);
}
