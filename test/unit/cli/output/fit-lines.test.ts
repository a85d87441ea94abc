// Lines in the width of a terminal: whole words, indented below their text, and commands that can be pasted.
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {fitted, printLines} from '../../../../source/cli/output/text/fit-lines.ts';
import {shellLines} from '../../../../source/core/shell.ts';
import {painter} from '../../../../source/core/signs.ts';

it('a sentence goes on below where its text begins', () => {
  expect(
    fitted(['  0:40  › Readers    0 of 1 streaming · read-0 attaches its volume and pulls the image'], 60),
  ).toEqual([
    '  0:40  › Readers    0 of 1 streaming · read-0 attaches its',
    '                     volume and pulls the image',
  ]);
  expect(fitted(['! 256Mi of memory is little: the database takes about 250Mi of it.'], 40)).toEqual([
    '! 256Mi of memory is little: the',
    '  database takes about 250Mi of it.',
  ]);
  expect(fitted(['  2. Install helm with the package manager of this system'], 40)).toEqual([
    '  2. Install helm with the package',
    '     manager of this system',
  ]);
  expect(fitted(['  user     app · database postgres · Secret orders-postgresql-auth'], 48)).toEqual([
    '  user     app · database postgres · Secret',
    '           orders-postgresql-auth',
  ]);
});

it('a command goes on in lines that a shell reads as one, behind its label too', () => {
  const command = "kubectl -n team-a get secret orders-postgresql-auth -o jsonpath='{.data.password}' | base64 -d";
  expect(fitted([`  password  ${command}`], 80)).toEqual([
    '  password  kubectl -n team-a get secret orders-postgresql-auth \\',
    "              -o jsonpath='{.data.password}' | base64 -d",
  ]);
  expect(fitted(['  $ pg-helm-install install demo -n demo --username app --sandbox'], 50)).toEqual([
    '  $ pg-helm-install install demo -n demo \\',
    '      --username app --sandbox',
  ]);
  expect(fitted(['     PGHI_HELM=/path/to/helm pg-helm-install install orders'], 50)).toEqual([
    '     PGHI_HELM=/path/to/helm pg-helm-install \\',
    '       install orders',
  ]);
});

it('a sentence that begins with the name of a program is no command', () => {
  expect(fitted(['helm was not found on PATH. pg-helm-install drives helm 3.15 or newer, or helm 4.'], 60)).toEqual([
    'helm was not found on PATH. pg-helm-install drives helm 3.15',
    'or newer, or helm 4.',
  ]);
});

it('what fits, what goes to no terminal and what is drawn on a very narrow one stays as it is', () => {
  const long = 'a sentence of more words than fit '.repeat(4);
  expect(fitted(['  short   text'], 80)).toEqual(['  short   text']);
  expect(fitted([long], undefined)).toEqual([long]);
  expect(fitted([long], 10)).toEqual([long]);
  let written = '';
  printLines({write: (text) => (written += text)}, [long, 'b']);
  expect(written).toBe(`${long}\nb\n`);
});

it('colours have no width', () => {
  const paint = painter({colour: true, unicode: true});
  const [first, ...rest] = fitted(
    [`${paint.sign('done')} ${paint.bold('orders in team-a')} is ready${' word'.repeat(9)}`],
    44,
  );
  expect(first).toContain('is ready word word word');
  expect(rest).toEqual([`  ${'word '.repeat(6).trim()}`]);
});

it('keeps each word, and no line is wider but for a word that is', () => {
  const word = fc.stringMatching(/^[a-z.:-]{1,50}$/);
  fc.assert(
    fc.property(fc.array(word, {minLength: 1}), fc.integer({min: 24, max: 120}), (words, columns) => {
      const lines = fitted([words.join(' ')], columns);
      expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(words);
      for (const line of lines)
        if (line.length > columns) expect(line.trim().split(' ').at(-1)?.length).toBeGreaterThan(20);
    }),
  );
});

it('a shell gets the words of a command, however narrow the terminal is', () => {
  const command = 'pg-helm-install install orders --username app --read-replicas 2 --storage-size 20Gi --yes';
  for (let columns = 24; columns < 90; columns += 1) {
    const joined = fitted([command], columns).join(' ').replaceAll(/ \\ +/g, ' ');
    expect(joined).toBe(command);
    expect(shellLines(command, columns).every((line) => line.length <= Math.max(columns, 30))).toBe(true);
  }
});
