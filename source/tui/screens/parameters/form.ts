// The form of the parameters: one text a field, what it means, and what is wrong with it. Pure.
import {joinAnswers, type Answers} from '../../../parameters/answers.ts';
import {formGroups, type FormGroup} from '../../../parameters/parameter.ts';
import {descriptors, type Parameters} from '../../../parameters/parameters.ts';
import {passwordProblem} from '../../../parameters/password.ts';
import {allKeys, fieldOf, groupKeys, groupOf, mainKeys, type FieldKey} from '../../../parameters/fields.ts';

/** The key of a field, or of another row: `more`, the fold; `group network`, a group in it; `preview`, the way on. */
export type FormRow = string;

/** An empty text stands for the default. */
type Texts = Readonly<Record<FieldKey, string>>;

export interface Form {
  /** The release whose settings are changed, and the texts that say what it has; null: the form makes a new release. */
  readonly release: {readonly parameters: Parameters; readonly texts: Texts} | null;
  /** Answers that were given before the form opened and have no field: they are kept. */
  readonly given: Answers;
  readonly texts: Texts;
  readonly row: FormRow;
  /** Whether the groups are shown. */
  readonly unfolded: boolean;
  /** The groups whose fields are to be seen. */
  readonly open: ReadonlySet<FormGroup>;
  /** Fields that the operator has left once: only these show what is wrong with them. */
  readonly left: ReadonlySet<FieldKey>;
  readonly revealed: boolean;
  /** A password that is shorter than it should be, and that the operator insists on. */
  readonly insisted: string | null;
}

export type FormAction =
  | {readonly type: 'type'; readonly key: FieldKey; readonly text: string}
  | {readonly type: 'go'; readonly by: 1 | -1}
  | {readonly type: 'to'; readonly row: FormRow}
  | {readonly type: 'fold'}
  | {readonly type: 'reveal'}
  | {readonly type: 'insist'}
  /** The field says again what the release has; null: every field does. */
  | {readonly type: 'take back'; readonly key: FieldKey | null};

export function openForm(given: Answers, password: string | null): Form {
  const texts: Form['texts'] = {
    ...Object.fromEntries(allKeys.map((key) => [key, fieldOf(key).textOf(given)])),
    password: password ?? '',
  };
  const answers: Readonly<Record<string, unknown>> = given;
  const kept = Object.fromEntries(
    descriptors
      .filter(({key, form}) => answers[key] !== undefined && form === null)
      .map(({key}) => [key, answers[key]]),
  );
  return {
    release: null,
    given: kept,
    texts,
    // What was given is shown, and not asked for again.
    row: mainKeys.find((key) => texts[key] === '') ?? 'preview',
    unfolded: false,
    open: new Set(),
    left: new Set(),
    revealed: false,
    // A password from a flag or file has passed its checks, --allow-weak-password included.
    insisted: password,
  };
}

export function formReducer(form: Form, action: FormAction): Form {
  switch (action.type) {
    case 'type':
      return action.text === textOf(form, action.key)
        ? form
        : {...form, texts: {...form.texts, [action.key]: action.text}};
    case 'go': {
      const rows = rowsOf(form);
      const next = rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(form.row) + action.by))] ?? form.row;
      return leave(form, next);
    }
    case 'to':
      return leave(shown(form, action.row), action.row);
    case 'fold':
      return fold(form);
    case 'reveal':
      return {...form, revealed: !form.revealed};
    case 'insist':
      return {...form, insisted: textOf(form, 'password')};
    case 'take back':
      return {...form, texts: takenBack(form, action.key)};
  }
}

/** The rows, in the order in which they are drawn. The groups of a release that exists are always shown. */
export function rowsOf({release, unfolded, open}: Pick<Form, 'release' | 'unfolded' | 'open'>): readonly FormRow[] {
  const groups = formGroups.flatMap((group) => [groupRow(group), ...(open.has(group) ? groupKeys[group] : [])]);
  if (release !== null) return [...mainKeys, ...groups, 'preview'];
  return [...mainKeys, 'more', ...(unfolded ? groups : []), 'preview'];
}

/** The group that the row is the title of; null: it is another kind of row. */
export function groupOfRow(row: FormRow): FormGroup | null {
  return formGroups.find((group) => groupRow(group) === row) ?? null;
}

/** The field of the row; null: the row is no field. */
export function fieldOfRow(row: FormRow): FieldKey | null {
  return allKeys.find((key) => key === row) ?? null;
}

export function textOf({texts}: Pick<Form, 'texts'>, key: FieldKey): string {
  return texts[key] ?? '';
}

/** What is wrong with a field's text; null when it is right or empty. */
export function problemOf(form: Pick<Form, 'texts' | 'insisted'>, key: FieldKey): string | null {
  const text = textOf(form, key);
  if (key === 'password') return text === '' ? null : passwordText(text, form.insisted);
  const field = fieldOf(key);
  const beside = field.problemBeside(text, form.texts);
  if (beside !== null || text === '') return beside;
  const parsed = field.parse(text);
  return 'problem' in parsed ? parsed.problem : null;
}

/** The first field, in the order of the form, that prevents the preview. */
export function firstProblem(
  form: Pick<Form, 'texts' | 'insisted'>,
): {readonly key: FieldKey; readonly problem: string} | null {
  for (const key of allKeys) {
    const problem = problemOf(form, key);
    if (problem !== null) return {key, problem};
  }
  return null;
}

/** The answers of all valid fields; invalid ones count as not given. */
export function answersOf({texts, given, insisted}: Pick<Form, 'texts' | 'given' | 'insisted'>): Answers {
  let answers = given;
  for (const key of allKeys) {
    const text = textOf({texts}, key);
    if (key === 'password' || text.trim() === '' || problemOf({texts, insisted}, key) !== null) continue;
    const field = fieldOf(key);
    const parsed = field.parse(text);
    if ('value' in parsed) answers = joinAnswers(answers, {[field.parameter.key]: parsed.value});
  }
  return answers;
}

/** Whether the password is valid but too short. */
export function isWeak({texts}: Pick<Form, 'texts'>): boolean {
  const text = textOf({texts}, 'password');
  return text !== '' && passwordProblem(text)?.kind === 'weak';
}

/** Those of the fields that are not at their default, or that the release has otherwise. */
export function changedOf(form: Pick<Form, 'texts' | 'release'>, keys: readonly FieldKey[]): readonly FieldKey[] {
  return keys.filter((key) => textOf(form, key) !== '' || isEdited(form, key));
}

/** Whether the field says something else than what the release has. */
export function isEdited(form: Pick<Form, 'texts' | 'release'>, key: FieldKey): boolean {
  return form.release !== null && textOf(form, key).trim() !== textOf(form.release, key);
}

function takenBack({release, texts}: Form, key: FieldKey | null): Texts {
  if (release === null) return texts;
  return key === null ? release.texts : {...texts, [key]: textOf(release, key)};
}

export function groupRow(group: FormGroup): FormRow {
  return `group ${group}`;
}

/** The form, unfolded so that the row is shown. */
function shown(form: Form, row: FormRow): Form {
  if (rowsOf(form).includes(row)) return form;
  const group = groupOf(row);
  return {...form, unfolded: true, open: group === null ? form.open : new Set([...form.open, group])};
}

/** Opens or folds the current group, or all groups. The cursor never stays on a hidden row. */
function fold(form: Form): Form {
  const group = groupOfRow(form.row) ?? groupOf(form.row);
  if (group === null) return {...form, unfolded: !form.unfolded};
  const isOpen = form.open.has(group);
  const open = new Set(isOpen ? [...form.open].filter((one) => one !== group) : [...form.open, group]);
  return {...(isOpen ? leave(form, groupRow(group)) : form), open};
}

function leave(form: Form, row: FormRow): Form {
  if (row === form.row) return form;
  const key = fieldOfRow(form.row);
  return {...form, row, revealed: false, left: key === null ? form.left : new Set([...form.left, key])};
}

/** An operator may insist on a weak password, but not on an invalid one. */
function passwordText(text: string, insisted: string | null): string | null {
  const problem = passwordProblem(text);
  if (problem?.kind !== 'weak') return problem?.text ?? null;
  return text === insisted
    ? null
    : `The password has ${[...text].length} of at least 12 characters. Type more, or take it as it is with ctrl-y.`;
}
