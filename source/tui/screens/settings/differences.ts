// What the form asks for otherwise than the release has it: in a list beside the form, or in a line below it. Pure.
import {UserError} from '../../../core/cause.ts';
import type {Surveyed} from '../../../client/types.ts';
import type {Parameters} from '../../../parameters/parameters.ts';
import {fieldOf, valueIn, type FieldKey} from '../../../parameters/fields.ts';
import {nowhere} from '../../../parameters/place.ts';
import {textOf, type Form} from '../parameters/form.ts';
import {defaultText, type Summary} from '../parameters/summary.ts';
import {changesOf, editedKeys, parametersOf} from './settings-state.ts';

interface SettingDifference {
  readonly label: string;
  readonly from: string;
  readonly to: string;
}

export interface SettingsSummary extends Summary {
  readonly differences: readonly SettingDifference[];
}

export const nothingYet = 'nothing differs yet from what the release has';

/** @param arrow stands between what is and what is to be */
export function summarizeSettings(form: Form, surveyed: Surveyed | null, arrow: string): SettingsSummary {
  const existing = parametersOf(form);
  try {
    const {desired} = changesOf(form, surveyed?.place ?? nowhere);
    const differences = differencesOf(form, desired, surveyed, (key) => !isSame(key, existing, desired));
    return {parameters: desired, problem: null, column: [], differences, lines: linesOf(differences, arrow)};
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const {message: problem} = error;
    const differences = differencesOf(form, existing, surveyed, () => true);
    // The last row has the problem as its hint.
    const lines = form.row === 'preview' ? linesOf(differences, arrow) : [problem];
    return {parameters: existing, problem, column: [], differences, lines};
  }
}

function differencesOf(
  form: Form,
  desired: Parameters,
  surveyed: Surveyed | null,
  differs: (key: FieldKey) => boolean,
): readonly SettingDifference[] {
  const text = (of: Pick<Form, 'texts'>, key: FieldKey, parameters: Parameters) =>
    textOf(of, key).trim() || defaultText(key, {parameters}, surveyed);
  return editedKeys(form)
    .filter(differs)
    .map((key) => ({
      label: fieldOf(key).label,
      from: text(form.release ?? form, key, parametersOf(form)),
      to: text(form, key, desired),
    }));
}

/** Whether the field's parameter is the same in other words. */
function isSame(key: FieldKey, a: Parameters, b: Parameters): boolean {
  const {parameter} = fieldOf(key);
  return parameter.isSame(valueIn(a, parameter), valueIn(b, parameter));
}

/** The longest line first. */
function linesOf(differences: readonly SettingDifference[], arrow: string): readonly string[] {
  const count = differences.length;
  if (count === 0) return [nothingYet, 'nothing differs yet'];
  return [
    differences.map(({label, from, to}) => `${label} ${from} ${arrow} ${to}`).join(' · '),
    differences.map(({label, to}) => `${label} ${to}`).join(' · '),
    `${count} ${count === 1 ? 'change' : 'changes'}: ${differences.map(({label}) => label).join(', ')}`,
    `${count} ${count === 1 ? 'change' : 'changes'}`,
  ];
}
