// Chart values that the installer does not set itself, merged last. chart/extra-values.ts says what they may be.
import {parameter, type Others} from '../parameter.ts';

type ExtraValues = Readonly<Record<string, unknown>>;

/**
 * Keys of chart 16.7.26 with which an operator brings settings of PostgreSQL along. They are the only chart keys known
 * in this folder: where one is given, --sizing is off by default, and --sizing auto and --postgres-config are refused.
 */
const ownSettings = [
  'extendedConfiguration',
  'existingExtendedConfigmap',
  'configuration',
  'existingConfigmap',
] as const;

/** The first such key among the extra values, as `primary.extendedConfiguration`; null where there is none. */
export function ownSettingsIn(others: Others): string | null {
  const values = others['extraValues'] as
    Readonly<Record<string, Readonly<Record<string, unknown>> | null>> | undefined;
  const found = ['primary', 'readReplicas'].flatMap((component) =>
    ownSettings.filter((key) => values?.[component]?.[key] !== undefined).map((key) => `${component}.${key}`),
  );
  return found[0] ?? null;
}

export const extraValues = parameter<'extraValues', ExtraValues, ExtraValues>({
  key: 'extraValues',
  label: 'Extra values',
  hint: 'A file of chart values that the installer does not set itself, merged last; a later file wins.',
  defaultText: 'none',
  changes: 'anytime',
  form: null,
  flags: [{name: '--values', argument: 'file', read: null, repeats: true}],
  variables: [{name: 'PGHI_EXTRA_VALUES', read: null}],
  inFile: 'values',
  parse: () => ({problem: 'chart values come from a file. Use --values FILE.'}),
  format: () => '',
  // No flags: extra values need their file.
  toFlags: () => [],
  toFile: (answer) => (Object.keys(answer).length === 0 ? undefined : answer),
  resolve: (answer) => answer ?? {},
});
