// The values as lines of YAML, each with where it comes from.
import type {Answers} from '../parameters/answers.ts';
import {descriptors} from '../parameters/parameters.ts';
import {assignmentsIn} from './configuration-text.ts';
import {ownedPaths} from './owned.ts';
import {sharedPaths} from './parameters/index.ts';
import {canonical} from './same-values.ts';
import {at, isObject, type Path, type Values} from './tree.ts';

/**
 * Where a value comes from. `default`: the installer's default; `cluster`: chosen by looking at the cluster; `derived`:
 * it follows from the others, or the installer needs it so; `as installed`: the release already has it.
 */
type Mark = 'your answer' | 'default' | 'cluster' | 'derived' | 'as installed';

interface MarkedLine {
  readonly text: string;
  /** Null for a key that only holds other keys. */
  readonly mark: Mark | null;
}

/**
 * `before`: the values of the release that is there, null where there is none. What differs from them is an answer or
 * follows from one.
 */
export function markedValues(values: Values, answers: Answers, before: Values | null = null): MarkedLine[] {
  return lines(values, [], (path, value, line) => {
    if (line !== undefined) return markOfLine(path, line, answers, before);
    return before && canonical(at(before, path)) === canonical(value)
      ? 'as installed'
      : markOf(path, answers, before !== null);
  });
}

/** `line`: one line of a text of several lines. */
type MarkAt = (path: Path, value: unknown, line?: string) => Mark;

function lines(values: Values, path: Path, mark: MarkAt): MarkedLine[] {
  return Object.entries(values).flatMap(([key, value]): MarkedLine[] => {
    const here = [...path, key];
    const head = `${'  '.repeat(path.length)}${scalar(key)}:`;
    if (isObject(value) && Object.keys(value).length > 0)
      return [{text: head, mark: null}, ...lines(value, here, mark)];
    if (typeof value === 'string' && isBlock(value)) return block(head, value, here, mark);
    const by = mark(here, value);
    if (!Array.isArray(value) || value.length === 0) return [{text: `${head} ${scalar(value)}`, mark: by}];
    return [
      {text: head, mark: null},
      ...value.map((item) => ({text: `${'  '.repeat(path.length)}- ${scalar(item)}`, mark: by})),
    ];
  });
}

/** YAML 1.2, block scalars: a text that begins with a space, or ends in several line breaks, needs more than `|`. */
function isBlock(value: string): boolean {
  return /^[^\s][^\n]*\n/.test(value) && !/\n\n$|[^\n\x20-\x7e]/.test(value);
}

/** A text of several lines, each with where it comes from. */
function block(head: string, value: string, path: Path, mark: MarkAt): MarkedLine[] {
  const [indent, ends] = ['  '.repeat(path.length), value.endsWith('\n')];
  return [
    {text: `${head} |${ends ? '' : '-'}`, mark: null},
    ...(ends ? value.slice(0, -1) : value)
      .split('\n')
      .map((line) => ({text: line === '' ? '' : `${indent}${line}`, mark: mark(path, value, line)})),
  ];
}

/** A setting of --postgres-config is an answer, one of --sizing follows from the sizes. */
function markOfLine(path: Path, line: string, answers: Answers, before: Values | null): Mark {
  const was = at(before, path);
  if (typeof was === 'string' && was.split('\n').includes(line)) return 'as installed';
  const [name = ''] = assignmentsIn(line)[0] ?? [];
  const isAnswer =
    at(answers.extraValues ?? {}, path) !== undefined || typeof answers.postgresConfig?.[name] === 'string';
  return isAnswer ? 'your answer' : 'derived';
}

/** In a change, what nobody answered follows from what was there before. */
function markOf(path: Path, answers: Answers, isChange: boolean): Mark {
  if (at(answers.extraValues ?? {}, path) !== undefined) return 'your answer';
  const owner = [...ownedPaths, ...sharedPaths()].find((owned) =>
    owned.path.every((key, index) => path[index] === key),
  );
  if (!owner?.flag) return 'derived';
  const names = owner.flag.split(' and ');
  const given: Readonly<Record<string, unknown>> = answers;
  const about = descriptors.flatMap(({key, flags, fromPlace}) =>
    flags
      .filter(({name}) => names.includes(name))
      .map(({part}) => ({path: part === null ? [key] : [key, part], fromPlace})),
  );
  if (about.some(({path: answer}) => at(given, answer) !== undefined)) return 'your answer';
  if (isChange) return 'derived';
  return about.some(({fromPlace}) => fromPlace) ? 'cluster' : 'default';
}

/** YAML's flow style is JSON; a plain word needs no quotes. */
function scalar(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain =
    /^[A-Za-z][\w./@-]*(:[\w./@-]+)*$/.test(value) && !/^(true|false|yes|no|on|off|null|y|n)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}
