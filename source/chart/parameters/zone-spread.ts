// Spreads the pods of the database evenly over the zones. Constraints of another shape belong to the extra values.
import {databaseChart, labelKeys, componentLabels} from '../names.ts';
import {zoneSpread as descriptor, type ZoneSpread} from '../../parameters/descriptors/zone-spread.ts';
import {at, type Values} from '../tree.ts';
import {fromBoth, inBoth, mainFlag, ownedInBoth, type ChartParameter} from './chart-parameter.ts';

const paths = ownedInBoth(mainFlag(descriptor), 'topologySpreadConstraints');
/** Kubernetes API: TopologySpreadConstraint.whenUnsatisfiable. */
const otherwise = {required: 'DoNotSchedule', preferred: 'ScheduleAnyway'} as const;

export const zoneSpread: ChartParameter<ZoneSpread> = {
  owns: [],
  ownsIn: (values) => (readOwn(values) === 'off' ? [] : paths),
  excludes: (value = 'off') => (value === 'off' ? [] : paths),
  write: (value) => (value === 'off' ? {} : inBoth({topologySpreadConstraints: [constraint(value)]})),
  read: readOwn,
};

function readOwn(values: Values): ZoneSpread {
  const found = fromBoth(values, (component) => JSON.stringify(at(component, ['topologySpreadConstraints'])));
  const kinds = ['required', 'preferred'] as const;
  return kinds.find((kind) => found === JSON.stringify([constraint(kind)])) ?? 'off';
}

/** Counts writer and readers together, as spread.ts does for the nodes. */
function constraint(kind: Exclude<ZoneSpread, 'off'>): Values {
  return {
    maxSkew: 1,
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable: otherwise[kind],
    labelSelector: {
      matchLabels: {[labelKeys.instance]: '{{ .Release.Name }}', [labelKeys.name]: databaseChart},
      matchExpressions: [{key: labelKeys.component, operator: 'In', values: Object.values(componentLabels)}],
    },
  };
}
