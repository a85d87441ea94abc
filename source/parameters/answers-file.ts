// The answers file: an operator's answers as YAML, to keep and to use again. Never a password.
import {Alias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, stringify} from 'yaml';
import type {Document, Node as YamlNode, ParsedNode, YAMLMap} from 'yaml';
import {badInput} from '../core/cause.ts';
import type {Answers} from './answers.ts';
import {joinAnswers} from './answers.ts';
import {descriptorOf, descriptors, type Parameters} from './parameters.ts';
import type {Read} from './parameter.ts';
import {answersFrom} from './resolve.ts';
import {firstYamlProblem, plainData} from './yaml-problem.ts';

const schema = 'pg-helm-install/answers/v1';
const targetKeys = ['context', 'namespace', 'release'] as const;
const chartKeys = ['source', 'version'] as const;

export interface AnswersFile {
  readonly target: {readonly [K in (typeof targetKeys)[number]]?: string};
  readonly chart: {readonly [K in (typeof chartKeys)[number]]?: string};
  readonly answers: Answers;
}

/** The text of the file, with every parameter resolved. */
export function serializeAnswersFile(
  file: Pick<AnswersFile, 'target' | 'chart'> & {readonly parameters: Parameters},
): string {
  const answers: Readonly<Record<string, unknown>> = answersFrom(file.parameters);
  const parameters = Object.fromEntries(
    descriptors.flatMap((one) => {
      const written = answers[one.key] === undefined ? undefined : one.toFile(answers[one.key]);
      return written === undefined ? [] : [[one.key, written]];
    }),
  );
  const {context, namespace, release} = file.target;
  const {source, version} = file.chart;
  const told = {schema, target: {context, namespace, release}, chart: {source, version}, parameters};
  return stringify(told, {aliasDuplicateObjects: false, lineWidth: 0, keepUndefined: false});
}

/** Checks chart values, since the chart knows what they may be. A UserError BAD_INPUT begins with `where`. */
type CheckedValues = (data: unknown, where: string) => Readonly<Record<string, unknown>>;

/** `name` is the file's, for messages. Throws UserError BAD_INPUT with line and key for whatever is not understood. */
export function parseAnswersFile(text: string, name: string, valuesOf: CheckedValues): AnswersFile {
  const lines = new LineCounter();
  const document = parseDocument(text, {prettyErrors: false, lineCounter: lines});
  const problem = firstYamlProblem(document, text);
  if (problem !== null) throw badInput(`${name}: ${problem}`);
  const reader = new Reader(document, name, lines, valuesOf);
  const top = reader.entries(document.contents, 'the file', ['schema', 'target', 'chart', 'parameters']);
  const found = top.find(({key}) => key === 'schema');
  if (found === undefined || reader.text(found) !== schema) {
    throw badInput(
      `${name}: the first line must be "schema: ${schema}"; the file ` +
        `${found === undefined ? 'has no schema' : 'is of another kind'}.`,
    );
  }
  const section = (key: string, keys: readonly string[]): readonly Entry[] => {
    const entry = top.find((candidate) => candidate.key === key);
    return entry === undefined ? [] : reader.entries(entry.value, key, keys);
  };
  const texts = (entries: readonly Entry[]): Record<string, string> =>
    Object.fromEntries(entries.map((entry) => [entry.key, reader.text(entry)]));
  const parameterKeys = descriptors.filter(({inFile}) => inFile !== null).map(({key}) => key);
  let answers: Answers = {};
  for (const entry of section('parameters', parameterKeys)) answers = joinAnswers(answers, reader.answer(entry));
  return {target: texts(section('target', targetKeys)), chart: texts(section('chart', chartKeys)), answers};
}

interface Entry {
  readonly key: string;
  readonly line: number;
  readonly value: YamlNode | null;
}

/** Reads nodes of the file, and names the file, the line and the key in every complaint. */
class Reader {
  constructor(
    private readonly document: Document,
    private readonly name: string,
    private readonly lines: LineCounter,
    private readonly valuesOf: CheckedValues,
  ) {}

  fail(line: number, text: string): Error {
    return badInput(`${this.name}, line ${line}: ${text}`);
  }

  /** The keys of a map, each known and none a password. An absent map has none. */
  entries(node: YamlNode | ParsedNode | null, where: string, known: readonly string[]): readonly Entry[] {
    if (node === null || (isScalar(node) && node.value === null)) return [];
    if (!isMap(node)) throw this.fail(this.lineOf(node), `${where} must be keys with something behind each.`);
    const entries = (node as YAMLMap<unknown, YamlNode | null>).items.filter(isPair).map((pair): Entry => {
      const key = isScalar(pair.key) ? String(pair.key.value) : '';
      return {key, line: this.lineOf(pair.key), value: pair.value};
    });
    for (const {key, line} of entries) {
      if (/passw(or)?d|^pwd$|passphrase/.test(key.toLowerCase().replace(/[^a-z]/g, ''))) {
        throw this.fail(
          line,
          `${key}: a password does not belong into an answers file. Use --password-file, --password-stdin or the ` +
            'variable PGHI_PASSWORD.',
        );
      }
      if (!known.includes(key))
        throw this.fail(
          line,
          `${where} has no key ${key === '' ? 'of that kind' : key}. Use one of ${known.join(', ')}.`,
        );
    }
    return entries;
  }

  /** A scalar as it was written, so that a version such as 17.0 does not become 17. */
  text({key, line, value}: Entry): string {
    if (isScalar(value) && typeof value.value === 'string') return value.value;
    if (isScalar(value) && (typeof value.value === 'number' || typeof value.value === 'bigint'))
      return value.source ?? String(value.value);
    throw this.fail(
      line,
      `${key} must be a text${value instanceof Alias ? '; write it out instead of an alias' : ''}.`,
    );
  }

  answer(entry: Entry): Answers {
    const {key, line, value} = entry;
    const descriptor = descriptorOf(key);
    const parse: Read = (text) => descriptor.parse(text);
    switch (descriptor.inFile) {
      case 'values': {
        const where = `${this.name}, line ${line}`;
        const data = plainData(() => value?.toJS(this.document, {maxAliasCount: 100}), where) ?? {};
        return {[key]: this.valuesOf(data, where)};
      }
      case 'parts':
        return isMap(value) ? this.parts(entry) : {[key]: this.parsed(entry, this.text(entry), parse)};
      case 'list':
        return isSeq(value) && descriptor.flags[0]?.repeats
          ? this.items(entry, descriptor.flags[0].read)
          : {[key]: this.parsed(entry, isSeq(value) ? this.list(entry).join(',') : this.text(entry), parse)};
      default:
        return {[key]: this.parsed(entry, this.text(entry), parse)};
    }
  }

  /** Reads an answer with a flag for each of its parts. */
  private parts({key, line, value}: Entry): Answers {
    const flags = new Map(descriptorOf(key).flags.map(({part, read}) => [part ?? '', read]));
    let answers: Answers = {};
    for (const entry of this.entries(value, `${key} (line ${line})`, [...flags.keys()]))
      answers = joinAnswers(answers, {[key]: this.parsed(entry, this.text(entry), flags.get(entry.key) ?? null)});
    return answers;
  }

  /** Reads a list, each item of which is what the flag takes when it is given once. */
  private items(entry: Entry, read: Read | null): Answers {
    return this.list(entry)
      .map((text): Answers => ({[entry.key]: this.parsed(entry, text, read)}))
      .reduce(joinAnswers, {});
  }

  private list({key, line, value}: Entry): readonly string[] {
    const items: readonly unknown[] = isSeq(value) ? value.items : [];
    return items.map((item) => this.text({key, line, value: item as YamlNode}));
  }

  private parsed({key, line}: Entry, text: string, read: Read | null): unknown {
    const parsed = read?.(text) ?? {problem: 'it is not a parameter.'};
    if ('problem' in parsed) throw this.fail(line, `${key}: ${parsed.problem}`);
    return parsed.value;
  }

  private lineOf(node: unknown): number {
    const offset = isScalar(node) || isMap(node) || isSeq(node) ? (node.range?.[0] ?? 0) : 0;
    return this.lines.linePos(offset).line;
  }
}
