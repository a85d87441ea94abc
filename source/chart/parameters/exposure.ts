// Who reaches the database: the types of both Services.
import {exposure as descriptor, type Exposure} from '../../parameters/descriptors/exposure.ts';
import {inEach, mainFlag, ownedInBoth, type ChartParameter} from './chart-parameter.ts';
import {textAt} from '../tree.ts';

const serviceTypes: Readonly<Record<Exposure, string>> = {
  cluster: 'ClusterIP',
  'load-balancer': 'LoadBalancer',
  'node-port': 'NodePort',
};

export const exposure: ChartParameter<Exposure> = {
  owns: ownedInBoth(mainFlag(descriptor), 'service.type'),
  write: (value, _naming, {readers}) =>
    inEach(value, readers?.exposure ?? value, (one) => ({service: {type: serviceTypes[one]}})),
  read: (values) => exposureOfType(textAt(values, ['primary', 'service', 'type'])),
};

/** The exposure for a type of Service; undefined where the installer has no such exposure. */
export function exposureOfType(type: string | undefined): Exposure | undefined {
  return (Object.keys(serviceTypes) as Exposure[]).find((one) => serviceTypes[one] === type);
}
