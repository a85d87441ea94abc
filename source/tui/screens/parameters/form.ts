// The form of the parameters: one text a field, what it means, and what is wrong with it. Pure.
import {joinAnswers, type Answers} from '../../../parameters/answers.ts';
import type {Parameter} from '../../../parameters/parameter.ts';
import {descriptorOf, descriptors, type ParameterKey} from '../../../parameters/parameters.ts';
import {passwordProblem} from '../../../parameters/password.ts';

export type FormKey = ParameterKey;
/** Those that everybody decides, and those that are folded below. */
export const mainKeys = keysIn('main');
export const moreKeys = keysIn('more');
/** Rows that are no field: the fold, and the way on. */
export type FormRow = FormKey | 'more' | 'preview';

export interface Form {
  /** What was given before the form opened and has no field in it: it stays. */
  readonly given: Answers;
  /** Empty: the default. */
  readonly texts: Readonly<Record<FormKey, string>>;
  readonly row: FormRow;
  readonly unfolded: boolean;
  /** Fields that were left once: only there is something wrong said. */
  readonly left: ReadonlySet<FormKey>;
  readonly revealed: boolean;
  /** A password that is shorter than it should be, and that the operator insists on. */
  readonly insisted: string | null;
}

export type FormAction =
  | {readonly type: 'type'; readonly key: FormKey; readonly text: string}
  | {readonly type: 'go'; readonly by: 1 | -1}
  | {readonly type: 'to'; readonly row: FormRow}
  | {readonly type: 'fold'}
  | {readonly type: 'reveal'}
  | {readonly type: 'insist'};

export function openForm(given: Answers, password: string | null): Form {
  const answers: Readonly<Record<string, unknown>> = given;
  const texts = {
    ...Object.fromEntries(
      descriptors.map((one) => [one.key, answers[one.key] === undefined ? '' : one.format(answers[one.key])]),
    ),
    password: password ?? '',
  } as Record<FormKey, string>;
  const kept = Object.fromEntries(
    descriptors
      .filter((one) => answers[one.key] !== undefined && (one.form === null || one.inFile === 'parts'))
      .map((one) => [one.key, answers[one.key]]),
  );
  // What was given by flag or file has passed its checks, --allow-weak-password included.
  // What was given is shown, and not asked for again.
  const row = mainKeys.find((key) => texts[key] === '') ?? 'preview';
  return {
    given: kept,
    texts: {...texts, password: password ?? ''},
    row,
    unfolded: false,
    left: new Set(),
    revealed: false,
    insisted: password,
  };
}

export function formReducer(form: Form, action: FormAction): Form {
  switch (action.type) {
    case 'type':
      return action.text === form.texts[action.key]
        ? form
        : {...form, texts: {...form.texts, [action.key]: action.text}};
    case 'go': {
      const rows = rowsOf(form);
      const next = rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(form.row) + action.by))] ?? form.row;
      return leave(form, next);
    }
    case 'to':
      return leave(rowsOf(form).includes(action.row) ? form : {...form, unfolded: true}, action.row);
    case 'fold':
      // Nobody stands on a row that is hidden.
      return {...(moreKeys.some((key) => key === form.row) ? leave(form, 'more') : form), unfolded: !form.unfolded};
    case 'reveal':
      return {...form, revealed: !form.revealed};
    case 'insist':
      return {...form, insisted: form.texts.password};
  }
}

/** In the order in which they are drawn. */
export function rowsOf({unfolded}: Pick<Form, 'unfolded'>): readonly FormRow[] {
  return [...mainKeys, 'more', ...(unfolded ? moreKeys : []), 'preview'];
}

/** What is wrong with a field's text; null when it is right or empty. */
export function problemOf({texts, insisted}: Pick<Form, 'texts' | 'insisted'>, key: FormKey): string | null {
  const text = texts[key];
  if (key === 'password') return text === '' ? null : passwordText(text, insisted);
  const descriptor = descriptorOf(key);
  const beside = descriptor.problemBeside(text, texts);
  if (beside !== null || text === '') return beside;
  const parsed = descriptor.parse(text);
  return 'problem' in parsed ? parsed.problem : null;
}

/** The first field, in the order of the form, that keeps the preview back. */
export function firstProblem(
  form: Pick<Form, 'texts' | 'insisted'>,
): {readonly key: FormKey; readonly problem: string} | null {
  for (const key of [...mainKeys, ...moreKeys]) {
    const problem = problemOf(form, key);
    if (problem !== null) return {key, problem};
  }
  return null;
}

/** The answers of all fields that are right; the wrong ones count as not given. */
export function answersOf({texts, given, insisted}: Pick<Form, 'texts' | 'given' | 'insisted'>): Answers {
  let answers = Object.fromEntries(
    Object.entries(given).map(([key, answer]) => [key, withoutField(descriptorOf(key), answer)]),
  ) as Answers;
  for (const key of [...mainKeys, ...moreKeys]) {
    if (key === 'password' || texts[key].trim() === '' || problemOf({texts, insisted}, key) !== null) continue;
    const parsed = descriptorOf(key).parse(texts[key]);
    if ('value' in parsed) answers = joinAnswers(answers, {[key]: parsed.value});
  }
  return answers;
}

/** The form shows the part of the first flag of an answer with parts; the others stay as they were given. */
function withoutField({inFile, flags}: Parameter, answer: unknown): unknown {
  if (inFile !== 'parts') return answer;
  return Object.fromEntries(Object.entries(answer as object).filter(([part]) => part !== flags[0]?.part));
}

/** A password that is right but for its length. */
export function isWeak({texts}: Pick<Form, 'texts'>): boolean {
  return texts.password !== '' && passwordProblem(texts.password)?.kind === 'weak';
}

/** The folded fields that are not at their default. */
export function changedMore({texts}: Pick<Form, 'texts'>): readonly FormKey[] {
  return moreKeys.filter((key) => texts[key] !== '');
}

function leave(form: Form, row: FormRow): Form {
  if (row === form.row) return form;
  const key = form.row === 'more' || form.row === 'preview' ? null : form.row;
  return {...form, row, revealed: false, left: key === null ? form.left : new Set([...form.left, key])};
}

/** A weak one may be insisted on; the others can never be. */
function passwordText(text: string, insisted: string | null): string | null {
  const problem = passwordProblem(text);
  if (problem?.kind !== 'weak') return problem?.text ?? null;
  return text === insisted
    ? null
    : `The password has ${[...text].length} of at least 12 characters. Type more, or take it as it is with ctrl-y.`;
}

function keysIn(part: 'main' | 'more'): readonly FormKey[] {
  return descriptors.filter(({form}) => form === part).map(({key}) => key as FormKey);
}
