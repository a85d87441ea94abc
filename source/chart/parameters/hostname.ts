// The names for external-dns. Source: its documentation, annotations. The writer's is read back; the reader's follows
// from it.
import {hostname as descriptor} from '../../parameters/descriptors/hostname.ts';
import {readerHostname} from '../../parameters/network.ts';
import {components, mainFlag, ownedKeys, type ChartParameter} from './chart-parameter.ts';
import {textAt} from '../tree.ts';

const annotation = 'external-dns.alpha.kubernetes.io/hostname';

export const hostname: ChartParameter<string | null> = {
  owns: components.flatMap((component) =>
    ownedKeys(mainFlag(descriptor), `${component}.service.annotations`, annotation),
  ),
  write: (value) =>
    value === null
      ? {}
      : {
          primary: {service: {annotations: {[annotation]: value}}},
          readReplicas: {service: {annotations: {[annotation]: readerHostname(value)}}},
        },
  read: (values) => textAt(values, ['primary', 'service', 'annotations', annotation]) ?? null,
};
