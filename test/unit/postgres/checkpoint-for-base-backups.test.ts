// A copy that waits for a checkpoint gets it: asked again and again, quietly, and never with the password in sight.
import {expect, test} from 'vitest';
import {checkpointForBaseBackups} from '../../../source/postgres/checkpoint-for-base-backups.ts';

test('asks as long as it is wanted, the password on standard input alone, whatever goes wrong', async () => {
  const stop = new AbortController();
  const asked: {pod: string; command: readonly string[]; stdin: string}[] = [];
  const exec = async (pod: string, _container: string, command: readonly string[], stdin: string) => {
    asked.push({pod, command, stdin});
    stop.abort();
    throw new Error('the connection broke off');
  };
  await checkpointForBaseBackups(
    {exec, pod: 'orders-postgresql-primary-0', container: 'postgresql', password: async () => 'Tr1cky pass'},
    stop.signal,
  );
  expect(asked).toMatchObject([{pod: 'orders-postgresql-primary-0', stdin: 'Tr1cky pass\n'}]);
  expect(asked[0]?.command.join(' ')).toContain('waiting for checkpoint');
  expect(asked[0]?.command.join(' ')).not.toContain('Tr1cky');
});

test.each([null, 'two\nlines'])('without a password that can be given it asks nothing: %j', async (password) => {
  const exec = () => expect.fail('asked');
  await checkpointForBaseBackups(
    {exec, pod: 'p', container: 'c', password: async () => password},
    new AbortController().signal,
  );
});
