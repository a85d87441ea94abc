// The examples of --help are command lines that are read.
import {expect, it} from 'vitest';
import {examplesOf} from '../../../source/cli/examples.ts';
import {commands} from '../../../source/cli/index.ts';
import {parseCommandLine} from '../../../source/cli/parse.ts';
import {operationOf, isOperationKind} from '../../../source/cli/operation-of.ts';

const named = commands.filter(({hidden}) => !hidden).map(({name}) => name);

it.each(named)('%s has two, and they are right', (name) => {
  const examples = examplesOf(name);
  expect(examples).toHaveLength(2);
  for (const example of examples) {
    const [own = ''] = example.split(/ [|>] /);
    const [program, ...words] = own.split(' ');
    expect(program).toBe('pg-helm-install');
    const parsed = parseCommandLine(words, commands, '');
    expect(parsed).toMatchObject({kind: 'command', command: {name}});
    if (parsed.kind === 'command' && isOperationKind(name)) expect(() => operationOf(name, parsed)).not.toThrow();
  }
});
