// Taints that the pods tolerate. Extra values may name more of them: ours are told apart by a comment in their effect,
// which Helm drops, because the chart renders tolerations as templates. Source: chart 16.7.26,
// templates/primary/statefulset.yaml, templates/read/statefulset.yaml, templates/backup/cronjob.yaml.
import {
  tolerations as descriptor,
  type Tolerations,
  type TaintToleration,
} from '../../parameters/descriptors/tolerations.ts';
import {isObject, listAt, type Values} from '../tree.ts';
import {inBoth, mainFlag, owned, ownedInBoth, type ChartParameter} from './chart-parameter.ts';

const flag = mainFlag(descriptor);
const mark = `{{/* ${flag} */}}`;

export const tolerations: ChartParameter<Tolerations> = {
  owns: [],
  shares: [...ownedInBoth(flag, 'tolerations'), ...owned(flag, 'backup.cronjob.tolerations')],
  write: (value, _naming, {backup}) => {
    if (value.length === 0) return {};
    const list = {tolerations: value.map((one) => ({...one, effect: `${one.effect}${mark}`}))};
    return {...inBoth(list), ...(backup.schedule === null ? {} : {backup: {cronjob: list}})};
  },
  read: (values) => listAt(values, ['primary', 'tolerations']).flatMap((one) => (isObject(one) ? ownIn(one) : [])),
};

/** Empty where the toleration is not ours. */
function ownIn(one: Values): Tolerations {
  const {effect} = one;
  if (typeof effect !== 'string' || !effect.endsWith(mark)) return [];
  return [{...one, effect: effect.slice(0, -mark.length)} as TaintToleration];
}
