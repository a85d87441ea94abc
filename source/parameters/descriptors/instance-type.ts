// The nodes that the database runs on.
import {instanceTypeProblem} from '../identifiers.ts';
import {parameter, textAnswer, type Others} from '../parameter.ts';
import {fittingIn, type Place} from '../place.ts';

const preferred = 't3.medium';

export const instanceType = parameter<'instanceType', string, string>({
  key: 'instanceType',
  label: 'Instance type',
  hint: 'Nodes with this value of the label node.kubernetes.io/instance-type run the database; any takes every node.',
  defaultText: `${preferred} where the cluster has such nodes, else any`,
  changes: 'anytime',
  form: 'main',
  fromPlace: true,
  flags: [{name: '--instance-type', argument: 'type'}],
  parse: textAnswer(instanceTypeProblem),
  resolve: (answer, _, place) => answer ?? (fittingIn(place, preferred).length > 0 ? preferred : 'any'),
  choices: (offer) => offer?.instanceTypes.map(({name}) => name) ?? [],
  choicesText: ({place, instanceTypes}) => {
    if (place.nodes === null) return 'Nodes may not be listed: type one, or any.';
    const types = instanceTypes.map(({name, fitting}) => `${name} (${fitting} ${fitting === 1 ? 'fits' : 'fit'})`);
    return `There are: ${types.join(', ')}.`;
  },
  remark: (value, {place}) => {
    const fitting = fittingIn(place, value).length;
    return place.nodes ? `${fitting} ${fitting === 1 ? 'node fits' : 'nodes fit'}` : '';
  },
});

/** The type, or `any`, that follows from the other answers and the place. */
export function instanceTypeIn(others: Others, place: Place): string {
  return instanceType.resolve(others['instanceType'] as string | undefined, others, place);
}
