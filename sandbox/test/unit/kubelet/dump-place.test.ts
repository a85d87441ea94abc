// What a pod's pg_dump is told about its server and about the tool.
import {expect, test} from 'vitest';
import {sandboxError} from '../../../source/error.ts';
import {dumpPlace} from '../../../source/kubelet/programs/dump-place.ts';
import type {ProgramInput} from '../../../source/kubelet/psql/psql.ts';

async function asked(findTool: () => Promise<string>) {
  const said = {out: '', err: ''};
  const input = {
    words: ['writer', '5432'],
    environment: {},
    signal: new AbortController().signal,
    reach: async () => ({host: '127.1.2.3', port: 5433}),
    out: (text: string) => void (said.out += text),
    err: (text: string) => void (said.err += text),
  } as Partial<ProgramInput> as ProgramInput;
  return {code: await dumpPlace(findTool)(input), ...said};
}

test('where the server is reached, and the tool', async () => {
  expect(await asked(async () => '/cache/tool.mjs')).toEqual({
    code: 0,
    out: '{"host":"127.1.2.3","port":5433,"tool":"/cache/tool.mjs"}',
    err: '',
  });
});

test("a tool that npm cannot fetch is a program that is not there, in npm's words", async () => {
  const missing = sandboxError('NOT_FETCHED', 'The sandbox needs pg_dump, and npm could not fetch it.', [
    'npm error code ENOTFOUND',
  ]);
  expect(await asked(() => Promise.reject(missing))).toEqual({
    code: 127,
    out: '',
    err: 'The sandbox needs pg_dump, and npm could not fetch it.\nnpm error code ENOTFOUND',
  });
});
