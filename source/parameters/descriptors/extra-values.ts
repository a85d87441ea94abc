// Chart values that the installer does not set itself, merged last. What may stand in them is in
// chart/extra-values.ts.
import {parameter} from '../parameter.ts';

export type ExtraValues = Readonly<Record<string, unknown>>;

export const extraValues = parameter<'extraValues', ExtraValues, ExtraValues>({
  key: 'extraValues',
  label: 'Extra values',
  hint: 'A file of chart values that the installer does not set itself, merged last.',
  defaultText: 'none',
  changes: 'later',
  form: null,
  flags: [{name: '--values', argument: 'file', read: null}],
  variables: [{name: 'PGHI_EXTRA_VALUES', read: null}],
  inFile: 'values',
  parse: () => ({problem: 'chart values come from a file. Use --values FILE.'}),
  format: () => '',
  // They need their file.
  toFlags: () => [],
  toFile: (answer) => (Object.keys(answer).length === 0 ? undefined : answer),
  resolve: (answer) => answer ?? {},
});
