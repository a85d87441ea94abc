// The operator's answers so far: from flags, then the environment, then an answers file. A parameter without an answer
// gets its default.
import {badInput} from '../core/cause.ts';
import {descriptorOf, descriptors, type Answers} from './parameters.ts';
import type {Parsed} from './parameter.ts';

export type {Answers} from './parameters.ts';

type Given = Readonly<Record<string, unknown>>;

/** Merges two sources key by key (and image by image); the stronger one wins. */
export function mergeAnswers(stronger: Answers, weaker: Answers): Answers {
  return combined(stronger, weaker, (one, strong, weak) => {
    if (weak === undefined) return strong;
    if (strong !== undefined) return one.merge(strong, weak);
    // Drops an answer that only made sense together with another answer of the weaker source.
    return one.isKept(stronger) ? weak : undefined;
  });
}

/** Joins two answers of one source. */
export function joinAnswers(a: Answers, b: Answers): Answers {
  return combined(a, b, (one, first, second) => {
    if (first === undefined || second === undefined) return second ?? first;
    return one.join(first, second);
  });
}

function combined(
  a: Answers,
  b: Answers,
  both: (one: (typeof descriptors)[number], a: unknown, b: unknown) => unknown,
): Answers {
  const [left, right]: readonly [Given, Given] = [a, b];
  const keys = Object.keys({...left, ...right});
  const answers = keys.map((key) => [key, both(descriptorOf(key), left[key], right[key])] as const);
  return Object.fromEntries(answers.filter(([, answer]) => answer !== undefined));
}

/**
 * The answers in options that commander parsed, by their camel-case names. Options that are no parameter are ignored.
 * Throws UserError BAD_INPUT naming the flag.
 */
export function answersFromFlags(options: Readonly<Record<string, unknown>>): Answers {
  let answers: Answers = {};
  for (const {key, flags, exclusive} of descriptors) {
    const given = flags.flatMap((flag) => {
      const value = options[flag.option] as string | readonly string[] | boolean | undefined;
      const {read} = flag;
      if (value === undefined || value === false || read === null) return [];
      const texts = flag.repeats && Array.isArray(value) ? value.map(String) : [value === true ? '' : String(value)];
      return texts.map((text) => ({name: flag.name, read, text}));
    });
    const [first, second] = given;
    if (exclusive && first !== undefined && second !== undefined)
      throw badInput(`${first.name} and ${second.name} exclude each other. Give one of them.`);
    for (const {name, read, text} of given) answers = joinAnswers(answers, {[key]: valueOrThrow(read(text), name)});
  }
  return answers;
}

/**
 * The answers in variables such as `PGHI_STORAGE_SIZE=50Gi`; an empty variable counts as none. `known`: PGHI_ variables
 * that the program reads besides. Throws UserError BAD_INPUT naming the variable.
 */
export function answersFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): Answers {
  const variables = new Map(
    descriptors.flatMap(({key, variables: own}) => own.map(({name, read}) => [name, {key, read}] as const)),
  );
  let answers: Answers = {};
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('PGHI_') || !text || known.includes(name)) continue;
    const variable = variables.get(name);
    if (variable === undefined)
      throw badInput(`${name} is not a variable of pg-helm-install. Those are ${[...variables.keys()].join(', ')}.`);
    if (variable.read !== null)
      answers = joinAnswers(answers, {[variable.key]: valueOrThrow(variable.read(text), name)});
  }
  return answers;
}

/** The paths that `--values` or PGHI_EXTRA_VALUES names, in order. parseExtraValues reads what is in them. */
export function extraValuesFiles(
  options: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] | null {
  const {values} = options;
  if (Array.isArray(values)) return values.map(String);
  const path = typeof values === 'string' ? values : environment['PGHI_EXTRA_VALUES'] || null;
  return path === null ? null : [path];
}

/** @throws UserError BAD_INPUT with `where`, such as the name of a flag */
export function valueOrThrow(parsed: Parsed<unknown>, where: string): unknown {
  if ('problem' in parsed) throw badInput(`${where}: ${parsed.problem}`);
  return parsed.value;
}
