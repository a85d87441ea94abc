// What a writer on a silent node is told from a reader's pod: only where it is that reader's own.
import {beforeEach, expect, it, vi} from 'vitest';
import type * as Administer from '../../../source/postgres/administer.ts';
import type * as Psql from '../../../source/postgres/psql.ts';
import type {Administration} from '../../../source/postgres/administer.ts';
import {askWriterFrom, stopFrom} from '../../../source/postgres/failover.ts';

const told: {host: string; script: string}[] = [];
const answers = {identifier: '7123\n', writer: ''};
vi.mock('../../../source/postgres/psql.ts', async (original) => ({
  ...(await original<typeof Psql>()),
  psql: (_place: unknown, {host, script}: {host: string; script: string}) => {
    told.push({host, script});
    return Promise.resolve({stdout: answers.writer, stderr: '', exitCode: 0});
  },
}));
vi.mock('../../../source/postgres/administer.ts', async (original) => ({
  ...(await original<typeof Administer>()),
  query: () => Promise.resolve(answers.identifier),
}));

const reader = {password: () => Promise.resolve('canary of the administrator')} as unknown as Administration;
beforeEach(() => {
  told.splice(0);
  Object.assign(answers, {identifier: '7123\n', writer: ''});
});

it('it is stopped, and listens to nobody when it is started again', async () => {
  answers.writer = 'taken\n';
  expect(await stopFrom(reader, '10.0.0.7')).toBe(true);
  const [{host, script} = {host: '', script: ''}] = told;
  expect(host).toBe('10.0.0.7');
  const lines = script.split('\n');
  const at = (part: string) => lines.findIndex((line) => line.includes(part));
  // Whose it is comes before anything is done to it.
  expect(lines[at('7123')]).toMatch(/system_identifier::text = '7123' and not pg_is_in_recovery\(\)/);
  expect(at('7123')).toBeLessThan(at('\\if :is_it'));
  expect(at('\\if :is_it')).toBeLessThan(at("alter system set listen_addresses = ''"));
  expect(at('alter system')).toBeLessThan(at('kill -INT'));
  expect(at('kill -INT')).toBeLessThan(at('\\endif'));
  expect(script).not.toContain('canary');
});

it('it has not taken that where it did not say so', async () => {
  expect(await stopFrom(reader, '10.0.0.7')).toBe(false);
});

it('nothing is told where the reader does not say which database is its own', async () => {
  answers.identifier = '';
  expect(await stopFrom(reader, '10.0.0.7')).toBe(false);
  expect(await askWriterFrom(reader, '10.0.0.7')).toBeNull();
  expect(told).toEqual([]);
});

it('where its WAL ends is a number, or nobody knows', async () => {
  answers.writer = '83886080\n';
  expect(await askWriterFrom(reader, '10.0.0.7')).toEqual({bytes: 83_886_080});
  answers.writer = 'psql: error';
  expect(await askWriterFrom(reader, '10.0.0.7')).toBeNull();
});
