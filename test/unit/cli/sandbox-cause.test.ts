// What the sandbox cannot do is a cause of ours, with what to do next.
import {SandboxError, parseFaults, type SandboxProblem} from '@pg-helm-install/sandbox';
import {describe, expect, test} from 'vitest';
import {askSandbox} from '../../../source/cli/sandbox-cause.ts';
import type {UserError} from '../../../source/core/cause.ts';

const reasonOf = (ask: () => unknown) =>
  askSandbox(ask).then(
    () => null,
    (error: unknown) => (error as UserError).reason,
  );
const failing = (problem: SandboxProblem) => () => Promise.reject(new SandboxError(problem));

describe('a sandbox that', () => {
  test.each([
    ['does not start', 'NOT_STARTED', 'CLUSTER_UNREACHABLE', [{command: 'pg-helm-install sandbox up'}]],
    [
      'has no PostgreSQL for the machine',
      'NO_POSTGRESQL',
      'CLUSTER_UNREACHABLE',
      [{command: 'pg-helm-install --context NAME'}],
    ],
    ['cannot fetch a package', 'NOT_FETCHED', 'CLUSTER_UNREACHABLE', [{command: 'npm view a-package@1.2.3 version'}]],
    [
      'has no place for its files',
      'NOT_WRITABLE',
      'CLUSTER_UNREACHABLE',
      [{title: expect.stringContaining('PGHI_SANDBOX_FOLDER=')}],
    ],
    ['does not answer', 'NO_ANSWER', 'TIMEOUT', []],
  ] as const)('%s: its words, its evidence and a remedy', async (_what, code, causeCode, remedies) => {
    const problem = {code, message: 'What happened.', evidence: ['what was said'], package: 'a-package@1.2.3'};
    expect(await reasonOf(failing(problem))).toMatchObject({
      code: causeCode,
      message: 'What happened.',
      evidence: ['what was said'],
      remedies,
    });
  });

  test('is asked to fail in a way that it does not know', async () => {
    expect(await reasonOf(() => parseFaults(['disk-ful'], null))).toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/^sandbox fault: "disk-ful" is none of none, image-missing, disk-full/),
    });
  });
});

test('a bug stays a bug, and an answer an answer', async () => {
  const bug = new TypeError('undefined is not a function');
  await expect(askSandbox(() => Promise.reject(bug))).rejects.toBe(bug);
  expect(await askSandbox(() => 7)).toBe(7);
});
