// What a row of the table of parameters is, and the ways to read its text.
import type {Answers} from './answers.ts';
import {cidrProblem} from './network.ts';

export type Parsed<T> = {readonly value: T} | {readonly problem: string};
/** Reads what the operator wrote into the answer it is. */
export type Read = (text: string) => Parsed<Answers>;

/**
 * `never`: only by a new release. `grows`: to more, never to less. `rotate`: by rotate-password. `later`: at any time.
 */
export type Changes = 'never' | 'grows' | 'rotate' | 'later';

export type FieldKey =
  | keyof Answers
  | 'password'
  | 'synchronousReplicas'
  | 'allowNamespaces'
  | 'serviceMesh'
  | 'tls'
  | 'backup'
  | 'metrics'
  | 'postgresConfig';

export interface Flag {
  /** Such as `--storage-size`. */
  readonly name: string;
  /** The option's name in commander: `storageSize`. */
  readonly option: string;
  /** Null: the flag stands alone. */
  readonly argument: string | null;
  readonly help: string;
  readonly defaultText: string | null;
  /** Null: it names a file or standard input, which the command reads. */
  readonly read: Read | null;
}

export interface Field {
  /** Its name in the answers file. */
  readonly key: FieldKey;
  readonly label: string;
  readonly hint: string;
  readonly defaultText: string;
  readonly changes: Changes;
  /** False: described, but using it is refused for now. */
  readonly available: boolean;
  /** True: of its flags only one may be given. */
  readonly exclusive: boolean;
  readonly flags: readonly Flag[];
  readonly variables: readonly {readonly name: string; readonly read: Read | null}[];
  /** The text of the whole parameter, as in the form and the environment. */
  readonly parse: Read;
}

interface Row extends Pick<Field, 'key' | 'label' | 'hint' | 'defaultText' | 'changes' | 'parse'> {
  readonly flags: readonly (Pick<Flag, 'name' | 'argument'> & Partial<Flag>)[];
  readonly variables?: Field['variables'];
  readonly exclusive?: boolean;
}

/** Fills what a row need not say: a single flag is described by the hint and the default of its field. */
export function field(row: Row): Field {
  const alone = row.flags.length === 1;
  return {
    available: true,
    exclusive: false,
    variables: [{name: variableOf(row.key), read: row.parse}],
    ...row,
    flags: row.flags.map((flag) => ({
      option: flag.name.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      help: row.hint,
      defaultText: alone ? row.defaultText : null,
      read: row.parse,
      ...flag,
    })),
  };
}

/** A parameter that a later version brings. */
export function laterField(
  key: FieldKey,
  label: string,
  hint: string,
  flags: readonly (readonly [name: string, argument: string | null, help?: string])[],
  defaultText: string,
): Field {
  const parse: Read = () => ({problem: `${label} cannot be set yet; a later version of pg-helm-install brings it.`});
  return {
    ...field({
      key,
      label,
      hint,
      defaultText,
      changes: 'later',
      parse,
      flags: flags.map(([name, argument, help = hint]) => ({name, argument, help})),
    }),
    available: false,
  };
}

/** storageSize → PGHI_STORAGE_SIZE */
export function variableOf(key: string): string {
  return `PGHI_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

type TextKey =
  'username' | 'database' | 'instanceType' | 'storageSize' | 'storageClass' | 'hostname' | 'cpu' | 'memory';

/** Text that is kept as it was written (or `tidied`), unless something is wrong with it. */
export function textAnswer(
  key: TextKey,
  problemOf: (text: string) => string | null,
  tidied: (text: string) => string = (text) => text,
): Read {
  return (text) => {
    const value = tidied(text.trim());
    const problem = problemOf(value);
    return problem === null ? {value: {[key]: value}} : {problem};
  };
}

/** One of a few words. */
export function choice<K extends 'exposure' | 'spread'>(key: K, words: readonly NonNullable<Answers[K]>[]): Read {
  return (text) => {
    const word = words.find((candidate) => candidate === text.trim());
    return word === undefined ? {problem: `"${text}" is none of ${words.join(', ')}.`} : {value: {[key]: word}};
  };
}

export const readersOf: Read = (text) => {
  const count = /^\s*\d{1,2}\s*$/.test(text) ? Number(text) : NaN;
  return count <= 15
    ? {value: {readReplicaCount: count}}
    : {problem: `"${text}" is not a number of readers. Right is a whole number from 0 to 15.`};
};

export const allowFromOf: Read = (text) => {
  const word = text.trim();
  if (word === 'internal' || word === 'public') return {value: {allowFrom: {kind: word}}};
  const cidrs = word.split(',').map((cidr) => cidr.trim());
  const problem = cidrs.map(cidrProblem).find((found) => found !== null) ?? null;
  return problem === null ? {value: {allowFrom: {kind: 'cidrs', cidrs}}} : {problem};
};
