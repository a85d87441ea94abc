// Whether two pods of the database may share a node.
import {spread as descriptor, type Spread} from '../../parameters/descriptors/spread.ts';
import {componentLabels, labelKeys, nameLabelOf, type Naming} from '../names.ts';
import {at, isObject, type Values} from '../tree.ts';
import {fromBoth, inBoth, mainFlag, ownedInBoth, type ChartParameter} from './chart-parameter.ts';

const required = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';

export const spread: ChartParameter<Spread> = {
  owns: ownedInBoth(mainFlag(descriptor), 'affinity.podAntiAffinity', 'podAffinityPreset', 'podAntiAffinityPreset'),
  write: (value, naming) => inBoth({affinity: {podAntiAffinity: apart(value, naming)}}),
  read: (values) =>
    fromBoth(values, (component) => {
      const rules = at(component, ['affinity', 'podAntiAffinity']);
      if (!isObject(rules)) return undefined;
      return Object.hasOwn(rules, required) ? 'required' : 'preferred';
    }),
};

/** One rule over writer and readers. Naming the components keeps the pods of backup jobs out of it. */
function apart(value: Spread, naming: Naming): Values {
  const term = {
    labelSelector: {
      matchLabels: {[labelKeys.instance]: '{{ .Release.Name }}', [labelKeys.name]: nameLabelOf(naming)},
      matchExpressions: [{key: labelKeys.component, operator: 'In', values: Object.values(componentLabels)}],
    },
    topologyKey: 'kubernetes.io/hostname',
  };
  return value === 'required' ? {[required]: [term]} : {[preferred]: [{weight: 100, podAffinityTerm: term}]};
}
