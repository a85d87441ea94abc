// What is written down about a bug of ours, and what is not.
import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {reportBug} from '../../../source/cli/bug-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'pghi-bug-'));
const about = {
  args: ['install', 'orders'],
  version: '1.2.3',
  environment: {XDG_STATE_HOME: folder, SECRET: 'in the environment'},
  hide: ['a password of mine'],
};

it('has version, arguments and stack, and names the file', async () => {
  const {message, log} = await reportBug(new TypeError('x is undefined'), about);
  const text = readFileSync(log ?? '', 'utf8');
  expect(text).toMatch(
    /^pg-helm-install 1\.2\.3, Node\.js v\d+.*\narguments: \["install","orders"\]\nTypeError: x is undefined\n\s+at /,
  );
  expect(text).not.toContain('in the environment');
  expect(message).toMatch(/^Something that should not happen happened: x is undefined\n/);
  expect(message).toContain(log);
});

it('strikes out a password wherever it turns up', async () => {
  const {message, log} = await reportBug(new Error('cannot log in with a password of mine'), {
    ...about,
    args: ['a password of mine'],
  });
  expect(message + readFileSync(log ?? '', 'utf8')).not.toContain('a password of mine');
  expect(message).toContain('cannot log in with ••••••••');
});

it('takes what is thrown without being an Error', async () => {
  expect((await reportBug('just a text', about)).message).toContain('happened: just a text\n');
});
