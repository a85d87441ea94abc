// Whether the limit ranges of the namespace admit pods and volumes of this size.
import {compareQuantities} from '../../parameters/quantity.ts';
import type {Parameters} from '../../parameters/parameters.ts';
import {ofReaders} from '../../parameters/readers.ts';
import {refuse, type CheckRule} from './rule.ts';
import {kubectlHere, object} from './messages.ts';

/** Our pods have one container, so that bounds of pods and of containers mean the same. */
const ours: Readonly<
  Record<string, readonly (readonly [resource: string, key: 'cpu' | 'memory' | 'storageSize', flag: string])[]>
> = {
  Container: [
    ['cpu', 'cpu', '--cpu'],
    ['memory', 'memory', '--memory'],
  ],
  Pod: [
    ['cpu', 'cpu', '--cpu'],
    ['memory', 'memory', '--memory'],
  ],
  PersistentVolumeClaim: [['storage', 'storageSize', '--storage-size']],
};

export const limitRange: CheckRule = ({limitRanges}, {parameters, target}) =>
  (limitRanges ?? []).flatMap(({metadata: {name}, spec}) => {
    const asked = [parameters, ...(parameters.readReplicaCount > 0 ? [ofReaders(parameters)] : [])];
    const found = (spec?.limits ?? []).flatMap((item) => asked.flatMap((one) => outsideOf(item, one)));
    const outside = [...new Set(found)];
    if (outside.length === 0) return [];
    return [
      refuse(
        'ADMISSION_DENIED',
        `LimitRange ${name} of namespace ${target.namespace} would not admit the release: ${outside.join('; ')}.`,
        {
          object: object('LimitRange', target, name),
          evidence: outside,
          remedies: [
            {title: 'Stay within it with --cpu, --memory and --storage-size, or have an administrator change it.'},
            {title: 'See what it allows', command: kubectlHere(target, 'describe', 'limitrange', name)},
          ],
        },
      ),
    ];
  });

type Bounds = Readonly<Record<string, string>>;

function outsideOf(
  {type, max, min}: {readonly type: string; readonly max?: Bounds; readonly min?: Bounds},
  parameters: Parameters,
): readonly string[] {
  return (ours[type] ?? []).flatMap(([resource, key, flag]) => {
    const asked = parameters[key];
    const limit = max?.[resource];
    const least = min?.[resource];
    return [
      ...(limit !== undefined && compareQuantities(asked, limit) > 0
        ? [`a ${type} may have at most ${limit} of ${resource}, ${asked} is asked (${flag})`]
        : []),
      ...(least !== undefined && compareQuantities(asked, least) < 0
        ? [`a ${type} must have at least ${least} of ${resource}, ${asked} is asked (${flag})`]
        : []),
    ];
  });
}
