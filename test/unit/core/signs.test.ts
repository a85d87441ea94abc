// Where the terminal shows ASCII alone, no text of ours holds anything else; data and commands stay as they are.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import ts from 'typescript';
import {describe, expect, it} from 'vitest';
import {printLines} from '../../../source/cli/output/text/fit-lines.ts';
import {textReporter} from '../../../source/cli/output/text/text-reporter.ts';
import {inAscii, showsUnicode} from '../../../source/core/signs.ts';
import {done, imageNotFound, progress} from '../cli/output/result.ts';
import {root} from '../../support/paths.ts';

const beyondAscii = /[^\0-\x7f]/g;

/** Drawings, which are left out or drawn with ASCII where they are made, and letters that are input, not output. */
const drawnOtherwise: Readonly<Record<string, RegExp>> = {
  'source/observation/activity.ts': /[▁▂▃▄▅▆▇█]/,
  'source/observation/text/gap-plot.ts': /[▁▆]/,
  'source/cli/password.ts': /[\ufeff\ufffd]/,
};

/** The texts of a source file, without its comments and regular expressions. */
function textsOf(path: string): readonly string[] {
  const file = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return texts;
}

const files = readdirSync(join(root, 'source'), {recursive: true, encoding: 'utf8'})
  .map((name) => join('source', name))
  // The screens have ASCII of their own for what they draw.
  .filter((path) => path.endsWith('.ts') && !path.startsWith(join('source', 'tui')));

describe('ASCII alone', () => {
  it('each sign in a text of ours has ASCII that stands for it', () => {
    const without = files.flatMap((path) =>
      textsOf(path).flatMap((text) =>
        [...inAscii(text).matchAll(beyondAscii)]
          .filter(([sign]) => drawnOtherwise[path]?.test(sign) !== true)
          .map(([sign]) => `${path}: ${sign}`),
      ),
    );
    expect(without).toEqual([]);
    expect(files.length).toBeGreaterThan(200);
  });

  it('a text that is written without printLines holds no such sign', () => {
    const written = /\b(?:stdout|stderr)\.write\(([^]*?)\);/g;
    const found = files.flatMap((path) =>
      [...readFileSync(join(root, path), 'utf8').matchAll(written)].flatMap(([, argument = '']) =>
        argument.match(beyondAscii) ? [`${path}: ${argument}`] : [],
      ),
    );
    expect(found).toEqual([]);
  });

  it('results, causes and progress are ASCII; what the cluster calls its own stays', () => {
    let [stdout, stderr] = ['', ''];
    const reporter = textReporter(
      {stdout: {write: (text) => (stdout += text)}, stderr: {write: (text) => (stderr += text)}},
      {colour: false, unicode: false},
      true,
    );
    for (const step of progress) reporter.progress(step);
    reporter.progress({...trackWith('1 of 2 streaming · orders-read-1 starts → soon …')});
    reporter.plan({
      consequences: [],
      steps: [],
      values: {},
      manifests: '',
      command: 'pg-helm-install status orders',
      evidence: ['×'],
    });
    reporter.tell({}, () => ['writer proven · lag 3 × 2Gi – so it is … 2^63 − 1']);
    reporter.result({...done, notes: ['a → b']});
    reporter.failure('install', 'failed', imageNotFound, {release: null, namespace: null, context: null});
    expect((stdout + stderr).match(beyondAscii)).toBeNull();
    expect(stdout).toContain('writer proven - lag 3 x 2Gi - so it is ... 2^63 - 1');
    stdout = '';
    reporter.tell({}, () => ['Größe · 5']);
    expect(stdout).toBe('Größe - 5\n');
  });

  it('data and commands to paste are never rewritten', () => {
    let stdout = '';
    const stream = {write: (text: string) => (stdout += text)};
    const reporter = textReporter({stdout: stream, stderr: stream}, {colour: false, unicode: false}, false);
    reporter.answer({}, () => ["password: 'a→b…'"]);
    printLines(stream, ["  pg-helm-install status orders --context 'a·b'", 'a·b'], false);
    expect(stdout.split('\n')).toEqual([
      "password: 'a→b…'",
      "  pg-helm-install status orders --context 'a·b'",
      'a-b',
      '',
    ]);
  });

  it('the locale says whether there is more than ASCII', () => {
    expect(showsUnicode({LANG: 'en_US.UTF-8'})).toBe(true);
    if (process.platform !== 'darwin') expect(showsUnicode({LC_ALL: 'C', LANG: 'en_US.UTF-8'})).toBe(false);
  });
});

function trackWith(text: string) {
  const [step] = progress.filter((one) => one.type === 'track');
  if (!step) throw new Error('there is no track');
  return {...step, text};
}
