// What the operator has said so far: from flags, then the environment, then an answers file. What is not here gets its
// default.
import {badInput} from '../core/cause.ts';
import {fields} from './fields.ts';
import type {Answers} from './parameters.ts';

export type {AllowFromAnswer, Answers} from './parameters.ts';

/** The stronger of two sources wins, key by key (and image by image). */
export function mergeAnswers(stronger: Answers, weaker: Answers): Answers {
  const {allowFrom, images, ...rest} = weaker;
  const {digest, ...otherImages} = images ?? {};
  // An answer that only made sense with the weaker source's other answer goes with it.
  const keepAllowFrom = allowFrom !== undefined && (stronger.exposure ?? 'load-balancer') === 'load-balancer';
  const keepDigest = digest !== undefined && stronger.images?.tag === undefined;
  return {
    ...rest,
    ...(keepAllowFrom ? {allowFrom} : {}),
    ...stronger,
    ...(images === undefined && stronger.images === undefined
      ? {}
      : {images: {...otherImages, ...(keepDigest ? {digest} : {}), ...stronger.images}}),
  };
}

/** Two answers of one source. */
export function joinAnswers(a: Answers, b: Answers): Answers {
  return {
    ...a,
    ...b,
    ...(a.images === undefined && b.images === undefined ? {} : {images: {...a.images, ...b.images}}),
  };
}

/**
 * Parsed options by their camel-case names, as commander gives them. Options that are no parameter are left alone.
 * Throws UserError BAD_INPUT naming the flag.
 */
export function answersFromFlags(options: Readonly<Record<string, unknown>>): Answers {
  let answers: Answers = {};
  for (const field of fields) {
    const given = field.flags.flatMap((flag) => {
      const value = options[flag.option] as string | readonly string[] | boolean | undefined;
      if (value === undefined || value === false || (flag.read === null && field.available)) return [];
      return [{flag, text: value === true ? '' : String(value)}];
    });
    const [first, second] = given;
    if (field.exclusive && first !== undefined && second !== undefined)
      throw badInput(`${first.flag.name} and ${second.flag.name} exclude each other. Give one of them.`);
    for (const {flag, text} of given)
      answers = joinAnswers(answers, valueOr(flag.read?.(text) ?? field.parse(text), flag.name));
  }
  return answers;
}

/** PGHI_ variables that are read elsewhere. */
const otherVariables = ['PGHI_PASSWORD', 'PGHI_CHART'];

/**
 * `PGHI_STORAGE_SIZE=50Gi` and so on; an empty variable counts as none. `known`: PGHI_ variables that the program reads
 * beside these. Throws UserError BAD_INPUT naming the variable.
 */
export function answersFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[] = otherVariables,
): Answers {
  const variables = new Map(fields.flatMap((field) => field.variables.map((variable) => [variable.name, variable])));
  let answers: Answers = {};
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('PGHI_') || !text || known.includes(name)) continue;
    const variable = variables.get(name);
    if (variable === undefined)
      throw badInput(`${name} is not a variable of pg-helm-install. Those are ${[...variables.keys()].join(', ')}.`);
    if (variable.read !== null) answers = joinAnswers(answers, valueOr(variable.read(text), name));
  }
  return answers;
}

/** The path that `--values` or PGHI_EXTRA_VALUES names; what is in that file is for parseExtraValues. */
export function extraValuesFile(
  options: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  const {values} = options;
  return typeof values === 'string' ? values : environment['PGHI_EXTRA_VALUES'] || null;
}

function valueOr(parsed: {readonly value: Answers} | {readonly problem: string}, where: string): Answers {
  if ('problem' in parsed) throw badInput(`${where}: ${parsed.problem}`);
  return parsed.value;
}
