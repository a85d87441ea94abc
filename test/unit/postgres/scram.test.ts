// The verifier that the server keeps of a password, and the statements that bring it there.
import {expect, it} from 'vitest';
import {changePasswords} from '../../../source/postgres/change-passwords.ts';
import type {Exec} from '../../../source/postgres/psql.ts';
import {scramVerifier} from '../../../source/postgres/scram.ts';

it('is that of RFC 7677', () => {
  // Its example: the client's proof is the XOR of a key that is hashed to this one, which the server keeps.
  expect(scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:' +
      'wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

it('is another one each time', () => {
  expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'));
});

const changes = [{username: 'my "app"', password: 'new-secret'}];

function answering(exitCode: number | null, stderr = '') {
  const seen: {command: readonly string[]; stdin: string}[] = [];
  const exec: Exec = async (_pod, _container, command, stdin) => {
    seen.push({command, stdin});
    return {exitCode, stdout: '', stderr};
  };
  return {exec, seen};
}

it('goes in by standard input, with the name in quotes, and no password is in a command or statement', async () => {
  const {exec, seen} = answering(0);
  expect(await changePasswords({exec, pod: 'pod', container: 'postgresql'}, changes, 'old-secret')).toEqual({
    is: 'changed',
    text: '',
  });
  const [{command, stdin} = {command: [], stdin: ''}] = seen;
  expect(command.join(' ')).not.toMatch(/secret|alter role/);
  const [password, ...statements] = stdin.split('\n');
  expect(password).toBe('old-secret');
  expect(statements.join('\n')).not.toContain('new-secret');
  expect(statements.at(0)).toBe('begin read write;');
  expect(statements.slice(-3)).toEqual(['commit;', '\\q', '']);
  expect(statements.join('\n')).toMatch(/^alter role "my ""app""" password 'SCRAM-SHA-256\$4096:[^']+';$/m);
});

it.each([
  [2, 'psql: error: FATAL:  password authentication failed for user "postgres"', 'refused'],
  [3, 'ERROR:  role "my "app"" does not exist', 'failed'],
  [null, '', 'failed'],
] as const)('ended with %s: %s', async (code, words, is) => {
  const place = {exec: answering(code, words).exec, pod: 'pod', container: 'postgresql'};
  const answer = await changePasswords(place, changes, 'old-secret');
  expect(answer.is).toBe(is);
  expect(answer.text).not.toBe('');
});
