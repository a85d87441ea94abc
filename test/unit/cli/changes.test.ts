// PGHI_READ_ONLY: which command lines change something.
import {describe, expect, it} from 'vitest';
import {changesSomething} from '../../../source/cli/changes.ts';
import {commands} from '../../../source/cli/index.ts';
import {overview} from '../../../source/cli/overview.ts';
import {parseCommandLine} from '../../../source/cli/parse.ts';
import {isReadOnly} from '../../../source/core/read-only.ts';

const changes = (line: string) => {
  const parsed = parseCommandLine(line.split(' '), commands, '');
  return parsed.kind === 'command' && changesSomething(parsed);
};

/** What is not in here changes something: a new command is judged by whoever adds it. */
const reads = ['list', 'status', 'endpoints', 'values', 'logs', 'history', 'doctor', 'export', 'completion', 'wizard'];

it.each(commands.map(({name}) => name))('%s', (name) => {
  const sometimes = ['backup', 'connect', 'demo', 'sandbox', 'top'].includes(name);
  if (!sometimes) expect(changes(name === 'completion' ? 'completion bash' : name)).toBe(!reads.includes(name));
});

it.each([
  ['install orders --dry-run', false],
  ['backup orders list', false],
  ['backup orders run', true],
  ['connect orders', true],
  ['connect orders --role reader', false],
  ['demo', true],
  ['sandbox status', false],
  ['sandbox down', true],
  ['top orders', false],
  ['top orders --cancel 4711', true],
])('%s: %s', (line, does) => expect(changes(line)).toBe(does));

describe('with it set', () => {
  const listed = (text: string) => commands.map(({name}) => name).filter((name) => text.includes(`\n  ${name} `));

  it('--help lists what can be called without changing anything, and says that it leaves out the rest', () => {
    const [all, some] = [overview(commands, false), overview(commands, true)];
    const visible = commands.filter(({hidden}) => !hidden).map(({name}) => name);
    expect(listed(all)).toEqual(visible);
    const looking = [...reads, 'backup', 'connect', 'sandbox', 'top'];
    expect(listed(some)).toEqual(visible.filter((name) => looking.includes(name)));
    expect([all, some].map((text) => text.includes('PGHI_READ_ONLY'))).toEqual([false, true]);
  });

  it('so does --help among other words', () => {
    const parsed = parseCommandLine(['--help', '--verbose'], commands, '', true);
    expect(parsed.kind === 'text' && listed(parsed.text)).not.toContain('install');
  });
});

describe('the variable', () => {
  it.each(['1', 'true', 'yes', 'anything'])('%s means it', (value) =>
    expect(isReadOnly({PGHI_READ_ONLY: value})).toBe(true),
  );
  it.each(['', '0', 'false', 'no', undefined])('%s does not', (value) =>
    expect(isReadOnly({PGHI_READ_ONLY: value})).toBe(false),
  );
});
