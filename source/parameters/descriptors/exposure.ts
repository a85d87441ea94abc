// From where the database can be reached.
import {choice, parameter, type Others} from '../parameter.ts';

const kinds = ['cluster', 'load-balancer', 'node-port'] as const;
export type Exposure = (typeof kinds)[number];

export const exposure = parameter<'exposure', Exposure, Exposure>({
  key: 'exposure',
  label: 'Exposure',
  hint: 'Who reaches the database: cluster (inside only), load-balancer or node-port.',
  defaultText: 'cluster',
  changes: 'anytime',
  form: 'network',
  flags: [{name: '--exposure', argument: 'kind'}],
  parse: choice(kinds),
  resolve: (answer) => answer ?? 'cluster',
  choices: () => kinds,
});

/** The same, from the texts in the form. */
export function exposuresTyped(texts: Readonly<Record<string, string>>): readonly string[] {
  const all = texts['exposure']?.trim() ?? '';
  return [all, texts['readers.exposure']?.trim() || all];
}

/** The exposures of the writer and of the readers, as far as they are answered. */
export function exposuresIn(others: Others): readonly string[] {
  const {exposure: all = 'cluster', readers} = others;
  const own = (readers as {readonly exposure?: string} | undefined)?.exposure;
  return [String(all), own ?? String(all)];
}
