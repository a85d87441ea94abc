// Who reaches the database: the type of both Services.
import {exposure as descriptor, type Exposure} from '../../parameters/descriptors/exposure.ts';
import {fromBoth, inBoth, mainFlag, ownedInBoth, textAt, type ChartParameter} from './chart-parameter.ts';

const serviceTypes: Readonly<Record<Exposure, string>> = {
  cluster: 'ClusterIP',
  'load-balancer': 'LoadBalancer',
  'node-port': 'NodePort',
};

export const exposure: ChartParameter<Exposure> = {
  owns: ownedInBoth(mainFlag(descriptor), 'service.type'),
  write: (value) => inBoth({service: {type: serviceTypes[value]}}),
  read: (values) =>
    fromBoth(values, (component) => {
      const type = textAt(component, ['service', 'type']);
      return (Object.keys(serviceTypes) as Exposure[]).find((one) => serviceTypes[one] === type);
    }),
};
