// Whether settings follow from the sizes: postgres-config.ts writes them, and the mark of its text says so.
import type {Sizing} from '../../parameters/descriptors/sizing.ts';
import type {ChartParameter} from './chart-parameter.ts';
import {ownTextIn} from './postgres-config.ts';

export const sizing: ChartParameter<Sizing> = {
  owns: [],
  write: () => ({}),
  // A release of an earlier version has none of these settings, and gets them only when they are asked for.
  read: (values) => ownTextIn(values)?.sizing ?? 'off',
};
