// Whether the database gets enough memory to live on.
import {bytesOf} from '../../parameters/quantity.ts';
import {warn, type CheckRule} from './rule.ts';

const enough = '512Mi';

/** Idle with pgaudit, PostgreSQL takes about 250 MiB. Measured with the chart's image. */
export const memory: CheckRule = (_survey, {parameters}) =>
  bytesOf(parameters.memory) >= bytesOf(enough)
    ? []
    : [
        warn(
          'SMALL_MEMORY',
          `${parameters.memory} of memory is little: idle, the database takes about 250Mi of it. From ${enough} ` +
            'on there is room for work.',
        ),
      ];
