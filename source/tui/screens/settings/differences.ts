// What the form asks for otherwise than the release has it: in a list beside the form, or in a line below it. Pure.
import {UserError} from '../../../core/cause.ts';
import type {Surveyed} from '../../../client/types.ts';
import {fieldOf} from '../parameters/fields.ts';
import {textOf, type Form} from '../parameters/form.ts';
import {defaultText, type Summary} from '../parameters/summary.ts';
import {changesOf, editedKeys, parametersOf} from './settings-state.ts';

export interface Difference {
  readonly label: string;
  readonly from: string;
  readonly to: string;
}

export interface SettingsSummary extends Summary {
  readonly differences: readonly Difference[];
}

export const nothingYet = 'nothing differs yet from what the release has';
const nowhere = {nodes: null, storageClasses: null, cloud: null};

/** @param arrow stands between what is and what is to be */
export function summarizeSettings(form: Form, surveyed: Surveyed | null, arrow: string): SettingsSummary {
  const existing = parametersOf(form);
  try {
    const {desired} = changesOf(form, surveyed?.place ?? nowhere);
    const text = (of: Pick<Form, 'texts'>, key: string, parameters: typeof desired) =>
      textOf(of, key).trim() || defaultText(key, {parameters}, surveyed);
    const differences = editedKeys(form)
      .filter((key) => {
        const {parameter} = fieldOf(key);
        const values = [existing, desired].map((all) => (all as Readonly<Record<string, unknown>>)[parameter.key]);
        return !parameter.isSame(values[0], values[1]);
      })
      .map((key) => ({
        label: fieldOf(key).label,
        from: text(form.release ?? form, key, existing),
        to: text(form, key, desired),
      }));
    return {parameters: desired, problem: null, column: [], differences, lines: linesOf(differences, arrow)};
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {parameters: existing, problem: error.message, column: [], differences: [], lines: [error.message]};
  }
}

/** The longest line first. */
function linesOf(differences: readonly Difference[], arrow: string): readonly string[] {
  const count = differences.length;
  if (count === 0) return [nothingYet, 'nothing differs yet'];
  return [
    differences.map(({label, from, to}) => `${label} ${from} ${arrow} ${to}`).join(' · '),
    differences.map(({label, to}) => `${label} ${to}`).join(' · '),
    `${count} ${count === 1 ? 'change' : 'changes'}: ${differences.map(({label}) => label).join(', ')}`,
    `${count} ${count === 1 ? 'change' : 'changes'}`,
  ];
}
