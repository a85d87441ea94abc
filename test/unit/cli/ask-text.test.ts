// A text that a person is asked for: asked again until it is right, and nothing is done where the person leaves.
import {PassThrough} from 'node:stream';
import {expect, it} from 'vitest';
import {askText} from '../../../source/cli/ask-text.ts';
import type {Invocation} from '../../../source/cli/command.ts';
import {memoryProblem} from '../../../source/parameters/sizes.ts';

function terminal() {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  let written = '';
  stdout.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const leave = new AbortController();
  const invocation = {stdin, stdout, signal: leave.signal} as unknown as Invocation;
  return {
    stdin,
    leave,
    written: () => written,
    asked: askText(invocation, 'Memory of each pod', '512Mi', memoryProblem),
  };
}

it('takes the default for an empty answer', async () => {
  const {stdin, asked} = terminal();
  stdin.write('\r');
  expect(await asked).toBe('512Mi');
});

it('asks again until the answer is right', async () => {
  const {stdin, asked, written} = terminal();
  stdin.write('64Mi\r');
  await expect.poll(written).toMatch(/That cannot be: 64Mi is too little[^]*Memory of each pod \[512Mi\]/);
  stdin.write('1Gi\r');
  expect(await asked).toBe('1Gi');
});

it.each<[string, (from: ReturnType<typeof terminal>) => unknown]>([
  ['at the end of the input', ({stdin}) => stdin.end()],
  ['on a signal', ({leave}) => leave.abort()],
])('is refused %s: nothing was changed', async (_, go) => {
  const from = terminal();
  go(from);
  await expect(from.asked).rejects.toMatchObject({reason: {code: 'CANCELLED', message: 'Nothing was changed.'}});
});
