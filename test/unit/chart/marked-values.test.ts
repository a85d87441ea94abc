// The preview's values are the values: as YAML they read back as what helm gets, and every one says where it comes
// from.
import fc from 'fast-check';
import {parse} from 'yaml';
import {expect, test} from 'vitest';
import {markedValues} from '../../../source/chart/marked-values.ts';
import {toValues} from '../../../source/chart/values.ts';
import {answersFrom} from '../../../source/parameters/resolve.ts';
import {parameters} from '../../support/arbitrary-parameters.ts';

test('the lines are YAML of exactly the values', () => {
  fc.assert(
    fc.property(parameters, (wanted) => {
      const values = toValues(wanted, {fullname: 'orders-postgresql'});
      const text = markedValues(values, {})
        .map((line) => line.text)
        .join('\n');
      expect(parse(text)).toEqual(values);
    }),
  );
});

test('what was answered is marked so, and what was not is not', () => {
  fc.assert(
    fc.property(parameters, (wanted) => {
      const values = toValues(wanted, {fullname: 'orders-postgresql'});
      const size = (answers: Parameters<typeof markedValues>[1]) =>
        markedValues(values, answers)
          .filter(({text}) => text.trim().startsWith('size:') && text.includes(wanted.storageSize))
          .map(({mark}) => mark);
      expect(size({storageSize: wanted.storageSize})).toContain('your answer');
      expect(size({})).not.toContain('your answer');
      expect(markedValues(values, answersFrom(wanted)).some(({mark}) => mark === 'derived')).toBe(true);
    }),
  );
});
