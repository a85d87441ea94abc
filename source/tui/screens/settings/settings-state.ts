// The settings of a release in the form of the parameters: how the form begins, what it asks for, and its entry in the
// menu. Pure.
import {changedParameters} from '../../../client/requests/edits.ts';
import type {Status} from '../../../client/questions/status.ts';
import type {RequestOf} from '../../../commands/operation.ts';
import {UserError} from '../../../core/cause.ts';
import {joinAnswers, mergeAnswers, type Answers} from '../../../parameters/answers.ts';
import type {Parameters} from '../../../parameters/parameters.ts';
import {nowhere, type Place} from '../../../parameters/place.ts';
import {answersFrom} from '../../../parameters/resolve.ts';
import {allKeys, fieldOf, valueIn, type FieldKey} from '../../../parameters/fields.ts';
import {answersOf, groupRow, isEdited, openForm, problemOf, textOf, type Form} from '../parameters/form.ts';
import {lockOf} from '../parameters/locked-fields.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface SettingsState {
  readonly name: 'settings';
  /** The field that takes the keys at first; absent: the form begins with its groups, or goes on where it was left. */
  readonly at?: FieldKey;
}

/** Null: plain helm made the release, so it is not ours. */
export function settingsEntry({parameters}: Status): ScreenEntry<SettingsState> | null {
  return parameters && {key: 'e', label: 'settings', does: {show: {name: 'settings'}}};
}

/** The form with what the release has; where that is the default, the text is empty. */
export function openSettings(parameters: Parameters): Form {
  const form = openForm(answersFrom(parameters), null);
  const {texts} = allKeys.reduce((filled, key) => {
    const emptied = {...filled, texts: {...filled.texts, [key]: ''}};
    return isDefault(emptied, key, parameters) ? emptied : filled;
  }, form);
  return {...form, texts, release: {parameters, texts}, row: groupRow('placement'), unfolded: true};
}

/** The same form where the release has changed meanwhile: what was typed stays, and the rest is what it has now. */
export function settingsOf(form: Form, parameters: Parameters): Form {
  if (JSON.stringify(form.release?.parameters) === JSON.stringify(parameters)) return form;
  const {release, texts: has} = openSettings(parameters);
  const texts = Object.fromEntries(allKeys.map((key) => [key, textOf(isEdited(form, key) ? form : {texts: has}, key)]));
  return {...form, release, texts};
}

/** Whether the release has what the field stands for when it is empty, wherever the release is. */
function isDefault(emptied: Form, key: FieldKey, parameters: Parameters): boolean {
  const {parameter} = fieldOf(key);
  if (parameter.fromPlace || parameter.inFile === null) return false;
  const answers = answersOf(emptied);
  try {
    const value = parameter.resolve(valueIn(answers, parameter), answers, nowhere);
    return parameter.isSame(value, valueIn(parameters, parameter));
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** What differs from the release, and nothing else. @throws UserError BAD_INPUT for what contradicts itself */
export function changesOf(form: Form, place: Place): {readonly given: Answers; readonly desired: Parameters} {
  const existing = parametersOf(form);
  const typed = typedChanges(form, place);
  const desired = changedParameters(existing, typed, place);
  return {desired, given: withoutNeedless(typed, existing, desired, place)};
}

/** Leaves out what is the same in other words, and what follows from the rest. */
function withoutNeedless(typed: Answers, existing: Parameters, desired: Parameters, place: Place): Answers {
  const leadsThere = (given: Answers) => {
    try {
      return JSON.stringify(changedParameters(existing, given, place)) === JSON.stringify(desired);
    } catch (error) {
      if (error instanceof UserError) return false;
      throw error;
    }
  };
  return Object.keys(typed).reduce<Answers>((given, key) => {
    const fewer = Object.fromEntries(Object.entries(given).filter(([one]) => one !== key));
    return leadsThere(fewer) ? fewer : given;
  }, typed);
}

/** The release that the form is about. @throws Error for the form of a new release */
export function parametersOf({release}: Form): Parameters {
  if (release === null) throw new Error('this form is not about a release');
  return release.parameters;
}

/** The fields that say something else than the release has, and can be read. */
export function editedKeys(form: Form): readonly FieldKey[] {
  return allKeys.filter((key) => isEdited(form, key) && lockOf(form, key) === null && problemOf(form, key) === null);
}

function typedChanges(form: Form, place: Place): Answers {
  const existing = parametersOf(form);
  const edited = editedKeys(form);
  // The readers come last: what they have otherwise depends on what the writer is to have.
  const keys = [...allKeys].sort((a, b) => Number(isOfReaders(a)) - Number(isOfReaders(b)));
  let given: Answers = {};
  for (const key of keys.filter((one) => edited.includes(one) || isOfReaders(one))) {
    const field = fieldOf(key);
    const {parameter} = field;
    const text = textOf(form, key).trim();
    if (!edited.includes(key) && !isReplaced(form, key, given)) continue;
    const others = mergeAnswers(given, answersFrom(existing));
    const answer = field.toChange(text, valueIn(existing, parameter), others, place);
    if (answer !== undefined) given = joinAnswers(given, {[parameter.key]: answer});
  }
  return given;
}

/** Whether it is something of the readers' own that a value for all pods would replace, if `set` did not name it. */
function isReplaced(form: Form, key: FieldKey, given: Answers): boolean {
  const {part} = fieldOf(key);
  const isForAll = part !== null && valueIn(given, {key: part}) !== undefined;
  return isForAll && textOf(form, key) !== '' && problemOf(form, key) === null;
}

function isOfReaders(key: FieldKey): boolean {
  return fieldOf(key).parameter.key === 'readers';
}

export function settingsAsked(form: Form, place: Place | null): RequestOf<'set'> {
  const {given} = changesOf(form, place ?? nowhere);
  return {kind: 'set', answers: given, valuesFile: null};
}
