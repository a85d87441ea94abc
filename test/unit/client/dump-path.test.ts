// What --dump-to and the field of the screen take for the name of a file.
import {homedir} from 'node:os';
import {join, resolve} from 'node:path';
import {expect, test} from 'vitest';
import {UserError} from '../../../source/core/cause.ts';
import {dumpPath} from '../../../source/client/dump-path.ts';

test.each([
  [null, null],
  ['orders.sql', resolve('orders.sql')],
  ['/var/orders.sql', '/var/orders.sql'],
  ['~/dumps/orders.sql', join(homedir(), 'dumps/orders.sql')],
  ['~orders.sql', resolve('~orders.sql')],
])('%s is %s', (given, path) => {
  expect(dumpPath(given)).toBe(path);
});

test.each(['', ' ', '-', 'dumps/', '~', '~/'])('"%s" is not the name of a file', (given) => {
  expect(() => dumpPath(given)).toThrow(UserError);
});
