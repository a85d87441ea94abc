import {expect, test} from 'vitest';
import {quietTransaction} from '../../../source/postgres/quiet-transaction.ts';

test('the log is quiet before the first statement is sent, and all of it is one transaction', () => {
  const lines = quietTransaction(['alter role x;', 'alter role y;']).split('\n');
  const first = lines.indexOf('alter role x;');
  for (const setting of ['log_statement', 'log_min_duration_statement', 'log_min_error_statement'])
    expect(lines.findIndex((line) => line.startsWith(`set local ${setting} = `))).toBeGreaterThan(0);
  expect(lines.slice(1, first).every((line) => line.startsWith('set local '))).toBe(true);
  expect(lines[0]).toBe('begin read write;');
  expect(lines.slice(first)).toEqual(['alter role x;', 'alter role y;', 'commit;', '\\q', '']);
});
