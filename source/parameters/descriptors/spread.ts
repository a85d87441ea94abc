// Whether two pods of the database may share a node.
import {choice, parameter} from '../parameter.ts';
import {fittingIn} from '../place.ts';
import {instanceTypeIn} from './instance-type.ts';
import {readReplicaCount} from './read-replica-count.ts';

const kinds = ['required', 'preferred'] as const;
export type Spread = (typeof kinds)[number];

export const spread = parameter<'spread', Spread, Spread>({
  key: 'spread',
  label: 'Spread',
  hint: 'One pod of the database a node: required, or preferred.',
  defaultText: 'required where enough nodes fit, else preferred',
  changes: 'anytime',
  form: 'placement',
  fromPlace: true,
  flags: [{name: '--spread', argument: 'how'}],
  parse: choice(kinds),
  resolve: (answer, others, place) => {
    const readers = readReplicaCount.resolve(others['readReplicaCount'] as number | undefined, others, place);
    const fitting = fittingIn(place, instanceTypeIn(others, place)).length;
    return answer ?? (fitting >= 1 + readers ? 'required' : 'preferred');
  },
  choices: () => kinds,
});
