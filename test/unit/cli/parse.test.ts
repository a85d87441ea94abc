// What a script gives to every command.
import {expect, it} from 'vitest';
import {commands} from '../../../source/cli/index.ts';
import {parseCommandLine} from '../../../source/cli/parse.ts';

it.each(commands.map((command) => [command.name, command] as const))('%s takes --yes and --output', (name, command) => {
  const release = command.release === 'required' ? ['orders'] : [];
  const words = (command.words ?? '').replace(/\[[^\]]*\]/g, '').match(/<[^>]*>/g) ?? [];
  const parsed = parseCommandLine(
    [name, ...release, ...words.map(() => 'bash'), '--yes', '--output', 'json'],
    commands,
    '0.1.0',
  );
  expect(parsed).toMatchObject({kind: 'command', options: {yes: true, output: 'json'}});
});
