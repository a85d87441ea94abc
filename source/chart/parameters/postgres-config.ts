// Settings of PostgreSQL: a text that writer and readers read after what the image says. A text with our mark is ours;
// any other belongs to the extra values.
import {postgresConfig as descriptor, type PostgresConfig} from '../../parameters/descriptors/postgres-config.ts';
import {smallestRoom} from '../../parameters/readers.ts';
import {ownConfiguration, readOwnConfiguration} from '../configuration-text.ts';
import {components, mainFlag, owned, type ChartParameter} from './chart-parameter.ts';
import {textAt} from '../tree.ts';

const key = 'extendedConfiguration';

export const postgresConfig: ChartParameter<PostgresConfig> = {
  owns: [],
  // Between two steps of a change the readers' text has further lines after the writer's.
  ownsIn: (values) =>
    ownTextIn(values) === null
      ? []
      : owned(mainFlag(descriptor), ...components.map((component) => `${component}.${key}`)),
  // Without settings there is no file: a release of an earlier version has none, and giving it one restarts its pods.
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

/** The writer's text; null where it is not ours. */
export function ownTextIn(values: unknown): ReturnType<typeof readOwnConfiguration> {
  return readOwnConfiguration(textAt(values, ['primary', key]) ?? '');
}
