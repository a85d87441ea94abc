// Reads what was given by flag, environment and answers file.
import {readFile} from 'node:fs/promises';
import {badInput, UserError} from '../core/cause.ts';
import {
  answersFromEnvironment,
  answersFromFlags,
  extraValuesFiles,
  mergeAnswers,
  type Answers,
} from '../parameters/answers.ts';
import type {AnswersFile} from '../parameters/answers-file.ts';
import type {Invocation} from './command.ts';

/** PGHI_ variables that are no parameter. */
const otherVariables = [
  'PGHI_PASSWORD',
  'PGHI_CHART',
  'PGHI_CHART_VERSION',
  'PGHI_SANDBOX_FOLDER',
  'PGHI_HELM',
  'PGHI_HELM_MIRROR',
  'PGHI_READ_ONLY',
];

/** Flags, then the environment, together with the chart values of the files that --values names. */
export async function readGiven({options, environment}: Invocation): Promise<Answers> {
  const merged = mergeAnswers(answersFromFlags(options), answersFromEnvironment(environment, otherVariables));
  const files = extraValuesFiles(options, environment);
  if (files === null) return merged;
  return {...merged, extraValues: await readExtraValues(files)};
}

/** Reads and merges all files. @throws UserError BAD_INPUT for what cannot be read, or may not be set there */
export async function readExtraValues(paths: readonly string[]): Promise<NonNullable<Answers['extraValues']>> {
  const {mergedExtraValues, parseExtraValues} = await import('../chart/extra-values.ts');
  const files = await Promise.all(paths.map(async (path) => parseExtraValues(await read(path, '--values'), path)));
  return mergedExtraValues(files);
}

export async function readAnswers(path: string): Promise<AnswersFile> {
  const {parseAnswersFile} = await import('../parameters/answers-file.ts');
  const {asExtraValues} = await import('../chart/extra-values.ts');
  return parseAnswersFile(await read(path, '--answers'), path, asExtraValues);
}

async function read(path: string, flag: string): Promise<string> {
  if (path === '') throw badInput(`${flag}: it is empty.`);
  const {textOfFile} = await import('../chart/extra-values.ts');
  try {
    return textOfFile(await readFile(path), path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw badInput(`${flag}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}).`);
  }
}
