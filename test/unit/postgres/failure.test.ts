import {expect, test} from 'vitest';
import {reasonOfError, textOf} from '../../../source/postgres/failure.ts';
import {readerStream, versionOf} from '../../../source/postgres/queries.ts';

const coded = (code: string, message = code) => Object.assign(new Error(message), {code});

test.each(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'ECONNRESET'])(
  '%s: unreachable',
  (code) => expect(reasonOfError(coded(code))).toBe('unreachable'),
);

test('what is no error at all is still one of the reasons', () => {
  expect(reasonOfError('words')).toBe('other');
  expect(textOf('words')).toBe('words');
});

test('a host with two addresses that both refuse', () => {
  const error = Object.assign(
    new AggregateError([new Error('connect ECONNREFUSED ::1:1'), new Error('connect ECONNREFUSED 127.0.0.1:1')]),
    {
      code: 'ECONNREFUSED',
    },
  );
  expect(reasonOfError(error)).toBe('unreachable');
  expect(textOf(error)).toBe('connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1');
});

test.each([
  ['17.6 (Debian 17.6-1.pgdg120+1)', '17.6'],
  ['17.6', '17.6'],
  ['18beta1', '18beta1'],
])('server_version %s: %s', (full, short) => expect(versionOf(full)).toBe(short));

test('a reader that has told nothing yet has no lag, not a lag of zero', () => {
  expect(readerStream(['10.0.0.1', 'startup', '', '', 'async'], {})).toEqual({
    pod: null,
    state: 'startup',
    lagBytes: null,
    lagMs: null,
    sync: 'async',
  });
});
