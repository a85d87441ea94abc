// Whether the pods of the database are spread over the zones of the cluster.
import {choice, parameter} from '../parameter.ts';

const kinds = ['off', 'preferred', 'required'] as const;
export type ZoneSpread = (typeof kinds)[number];

export const zoneSpread = parameter<'zoneSpread', ZoneSpread, ZoneSpread>({
  key: 'zoneSpread',
  label: 'Zone spread',
  hint: 'Pods of the database evenly over the zones: required, preferred, or off.',
  defaultText: 'off',
  changes: 'anytime',
  form: 'placement',
  flags: [{name: '--zone-spread', argument: 'how'}],
  parse: choice(kinds),
  resolve: (answer) => answer ?? 'off',
  toAnswer: (value) => (value === 'off' ? undefined : value),
  choices: () => kinds,
});
