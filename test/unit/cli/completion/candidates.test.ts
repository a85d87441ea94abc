// What may come next on a command line.
import {describe, expect, it} from 'vitest';
import {candidates} from '../../../../source/cli/completion/candidates.ts';
import {commands} from '../../../../source/cli/index.ts';

const next = (...words: string[]) => candidates(words, commands);
const words = (...line: string[]) => {
  const found = next(...line);
  return found.kind === 'words' ? found.words.map(({word}) => word) : found;
};

it('first come the commands, with what they do', () => {
  expect(words('')).toEqual(commands.filter(({hidden}) => !hidden).map(({name}) => name));
  expect(next('')).toMatchObject({
    words: expect.arrayContaining([{word: 'list', about: 'list the PostgreSQL releases'}]),
  });
});

it('then the release, and the flags of that command', () => {
  expect(next('status', '')).toEqual({kind: 'names', names: 'releases', options: {}, prefix: ''});
  expect(words('status', '-')).toEqual(expect.arrayContaining(['--watch', '--namespace', '--output', '--help']));
  expect(words('status', 'orders', '--')).not.toContain('--read-replicas');
  expect(words('install', 'orders', '--')).toContain('--read-replicas');
});

it('names are looked up in the cluster that the line means', () => {
  expect(next('status', '-n', 'team-a', '--context=prod', '--sandbox', '')).toEqual({
    kind: 'names',
    names: 'releases',
    prefix: '',
    options: {namespace: 'team-a', context: 'prod', sandbox: true},
  });
});

describe('the value of a flag', () => {
  it.each([
    [
      ['status', 'orders', '--output', ''],
      ['text', 'json', 'ndjson'],
    ],
    [
      ['status', 'orders', '-o', ''],
      ['text', 'json', 'ndjson'],
    ],
    [
      ['logs', 'orders', '--role', ''],
      ['writer', 'reader'],
    ],
    [
      ['rotate-password', 'orders', '--role', ''],
      ['app', 'admin', 'replication', 'metrics', 'all'],
    ],
    [
      ['install', 'orders', '--exposure', ''],
      ['cluster', 'load-balancer', 'node-port'],
    ],
    [['install', 'orders', '--memory', ''], []],
    // As zsh, fish and PowerShell hand it over, and as bash does, for which "=" is a word of its own.
    [
      ['status', 'orders', '--output='],
      ['--output=text', '--output=json', '--output=ndjson'],
    ],
    [
      ['status', 'orders', '--output', '=', 'j'],
      ['text', 'json', 'ndjson'],
    ],
  ])('%j', (line, expected) => expect(words(...line)).toEqual(expected));

  it('may be a context, a namespace or a file', () => {
    expect(next('list', '--context', '')).toMatchObject({names: 'contexts'});
    expect(next('list', '-n', '')).toMatchObject({names: 'namespaces'});
    expect(next('list', '--context=pr')).toMatchObject({names: 'contexts', prefix: '--context='});
    expect(next('install', 'orders', '--answers=')).toEqual({kind: 'files'});
    expect(next('install', 'orders', '--answers', '')).toEqual({kind: 'files'});
    expect(next('install', 'orders', '--chart', '')).toEqual({kind: 'files'});
    expect(next('list', '--kubeconfig', '')).toEqual({kind: 'files'});
  });
});

it('words that follow a command or its release', () => {
  expect(words('sandbox', '')).toEqual(['up', 'down', 'status', 'fault']);
  expect(words('backup', 'orders', '')).toEqual(['run', 'list', 'verify', 'restore']);
  expect(words('completion', '')).toEqual(['bash', 'zsh', 'fish', 'powershell']);
  expect(words('status', 'orders', '')).toEqual([]);
});

it('of a command that there is not, nothing', () => expect(words('nope', '')).toEqual([]));

describe('with PGHI_READ_ONLY', () => {
  const offered = (...line: string[]) => {
    const found = candidates(line, commands, true);
    return found.kind === 'words' ? found.words.map(({word}) => word) : found;
  };

  it('commands, words, flags and values that change something are not offered', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['status', 'backup', 'connect', 'top']));
    for (const name of ['install', 'scale', 'uninstall', 'demo']) expect(offered('')).not.toContain(name);
    expect(offered('scale', 'orders', '--')).toEqual([]);
    expect(offered('backup', 'orders', '')).toEqual(['list']);
    expect(offered('sandbox', '')).toEqual(['status']);
    expect(offered('top', 'orders', '--')).toContain('--every');
    expect(offered('top', 'orders', '--')).not.toContain('--cancel');
    expect(offered('connect', 'orders', '--role', '')).toEqual(['reader']);
    expect(offered('logs', 'orders', '--role', '')).toEqual(['writer', 'reader']);
    expect(offered('connect', 'orders', '--output', '')).toEqual(['text', 'json', 'ndjson']);
  });
});
