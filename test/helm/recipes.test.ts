// docs/recipes: each install is read as the program reads it, and rendered; what the page promises is in there.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect, it} from 'vitest';
import {parse, parseAllDocuments} from 'yaml';
import {asExtraValues} from '../../source/chart/extra-values.ts';
import {toValues} from '../../source/chart/values.ts';
import {commands} from '../../source/cli/index.ts';
import {parseCommandLine} from '../../source/cli/parse.ts';
import {placeOf} from '../../source/observation/place.ts';
import {answersFromFlags, extraValuesFiles, mergeAnswers, type Answers} from '../../source/parameters/answers.ts';
import {parseAnswersFile} from '../../source/parameters/answers-file.ts';
import {resolve} from '../../source/parameters/resolve.ts';
import {helm3, realChart, root, smallChart} from '../support/paths.ts';
import {shellWords} from '../support/shell-words.ts';
import {node, storageClassNamed, targetFor} from '../support/fakes/survey.ts';
import {noRealHelm} from './support.ts';

const folder = join(root, 'docs', 'recipes');
const pages = readdirSync(folder).filter((name) => name !== 'README.md');
const chart = realChart ?? smallChart;

interface Block {
  readonly language: string;
  readonly text: string;
  /** The paragraph right before it. */
  readonly said: string;
}

function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(folder, page), 'utf8');
  return [...text.matchAll(/([^\n]*)\n\n```(\w+)\n([^]*?)```/g)].map(([, said = '', language = '', block = '']) => ({
    language,
    said,
    text: block,
  }));
}

const textsOf = (page: string, said: RegExp) =>
  blocksOf(page)
    .filter((block) => block.language === 'yaml' && said.test(block.said))
    .map(({text}) => text);

/** The first install of the page, with the files that the page shows. */
function installOf(page: string) {
  const lines = blocksOf(page)
    .filter(({language}) => language === 'sh')
    .flatMap(({text}) => text.split('\n'));
  const line = lines.find((one) => one.startsWith('pg-helm-install install')) ?? expect.fail(`${page}: no install`);
  const [own = ''] = line.split(/ [|>] /);
  const parsed = parseCommandLine(shellWords(own).slice(1), commands, '');
  if (parsed.kind !== 'command') return expect.fail(`${page}: ${own}`);
  const {options, release} = parsed;
  const flags = answersFromFlags(options);
  const shown = (name: unknown) => {
    const [text = ''] = textsOf(page, new RegExp(`\`${String(name)}\``));
    return text === '' ? expect.fail(`${page} does not show ${String(name)}`) : text;
  };
  const [valuesFile] = extraValuesFiles(options, {}) ?? [];
  const extra: Answers =
    valuesFile === undefined ? {} : {extraValues: asExtraValues(parse(shown(valuesFile)), valuesFile)};
  const file = options['answers'];
  const answers = file ? parseAnswersFile(shown(file), 'answers', asExtraValues).answers : {};
  return {release, answers: mergeAnswers({...flags, ...extra}, answers)};
}

const providers: Readonly<Record<string, string>> = {eks: 'aws:///a/i-1', gke: 'gce://p/z/n', aks: 'azure:///vm'};

function parametersOf(page: string) {
  const {release, answers} = installOf(page);
  const providerID = providers[page.replace('.md', '')];
  const type = typeof answers.instanceType === 'string' ? answers.instanceType : 'any';
  const nodes = ['a', 'b', 'c'].map((name) => node(name, {type, ...(providerID ? {providerID} : {})}));
  const storageClasses = [storageClassNamed(answers.storageClass ?? 'standard')];
  expect(release).toBe('orders');
  return resolve(answers, placeOf({nodes, storageClasses}));
}

describe.concurrent.each(pages)('%s', (page) => {
  it('promises what follows from its command', () => {
    const values = toValues(parametersOf(page), targetFor('orders'));
    const promised = textsOf(page, /^The values say:$/);
    if (page !== 'kind.md') expect(promised).toHaveLength(1);
    for (const text of promised) expect(values).toMatchObject(parse(text) as object);
  });

  it.skipIf(noRealHelm)('renders, and the objects are as it says', async ({expect}) => {
    const values = toValues(parametersOf(page), targetFor('orders'));
    const {stdout} = await execa(helm3, ['template', 'orders', chart, '--namespace', 'team-a', '-f', '-'], {
      input: JSON.stringify(values),
    });
    const objects = parseAllDocuments(stdout).map((one) => one.toJS() as {kind?: string; metadata?: {name: string}});
    for (const text of textsOf(page, /^The cluster gets:$/)) {
      const promised = parse(text) as {kind: string; metadata: {name: string}};
      const found = objects.find(
        ({kind, metadata}) => kind === promised.kind && metadata?.name === promised.metadata.name,
      );
      expect(found).toMatchObject(promised);
    }
    expect(objects.filter((one) => one?.kind === 'StatefulSet').length).toBeGreaterThan(0);
  });
});

it('the list of recipes has every page', () => {
  const list = readFileSync(join(folder, 'README.md'), 'utf8');
  for (const page of pages) expect(list).toContain(`](${page})`);
});
