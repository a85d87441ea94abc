// Settings of PostgreSQL: a text that writer and readers read after what the image says. Where it has our mark it is
// ours, and otherwise it belongs to the extra values.
import {postgresConfig as descriptor, type PostgresConfig} from '../../parameters/descriptors/postgres-config.ts';
import {smallestRoom} from '../../parameters/readers.ts';
import {ownConfiguration, readOwnConfiguration} from '../configuration-text.ts';
import {components, mainFlag, owned, type ChartParameter} from './chart-parameter.ts';
import {textAt} from '../tree.ts';

const key = 'extendedConfiguration';

export const postgresConfig: ChartParameter<PostgresConfig> = {
  owns: [],
  // Between two steps of a change the readers have lines of their own behind it.
  ownsIn: (values) =>
    ownTextIn(values) === null
      ? []
      : owned(mainFlag(descriptor), ...components.map((component) => `${component}.${key}`)),
  // Without any there is no file: a release of before has none, and one that it is given restarts its pods.
  write: (config = {}, _naming, all) => {
    const {sizing, synchronousReplicas = 0} = all;
    const room = smallestRoom(all);
    const text = (count: number) => ({[key]: ownConfiguration({config, sizing, synchronousReplicas: count}, room)});
    if (sizing === 'auto' || Object.keys(config).length > 0)
      return {primary: text(synchronousReplicas), readReplicas: text(0)};
    return synchronousReplicas === 0 ? {} : {primary: text(synchronousReplicas)};
  },
  read: (values) => ownTextIn(values)?.config ?? {},
};

/** The writer's; null where it is not of ours. */
export function ownTextIn(values: unknown): ReturnType<typeof readOwnConfiguration> {
  return readOwnConfiguration(textAt(values, ['primary', key]) ?? '');
}
