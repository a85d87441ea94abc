// Who reaches the database.
import {choice, parameter} from '../parameter.ts';

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
