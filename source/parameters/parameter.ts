// What a descriptor of a parameter says. Everything that knows the parameters is derived from their descriptors: the
// form, --help, the environment, the answers file, the equivalent command, the defaults and what is said of a
// difference. What the chart calls a parameter is in chart/parameters, in a file of the same name.
import type {Offer, Place} from './place.ts';

export type Parsed<T> = {readonly value: T} | {readonly problem: string};
/** Reads what the operator wrote into the answer that it is. */
export type Read<Answer = unknown> = (text: string) => Parsed<Answer>;

/**
 * `never`: only by a new release. `grows`: to more, never to less. `rotate`: by rotate-password. `anytime`: by any
 * change.
 */
export type Changes = 'never' | 'grows' | 'rotate' | 'anytime';

/** The groups in which the form folds what not everybody decides, in its order. */
export const formGroups = ['placement', 'readers', 'network', 'security', 'settings', 'images', 'backup'] as const;
export type FormGroup = (typeof formGroups)[number];

export interface PartField {
  readonly label: string;
  /** The label below the title of its group, where that says the rest. */
  readonly inGroup?: string;
  readonly hint: string;
  /** Where the part is one of a few words. */
  readonly choices?: readonly string[];
}

export interface Flag<Answer = unknown> {
  /** Such as `--storage-size`. */
  readonly name: string;
  /** The option's name in commander: `storageSize`. */
  readonly option: string;
  /** Null: the flag stands alone. */
  readonly argument: string | null;
  readonly help: string;
  readonly defaultText: string | null;
  /** Null: it names a file or standard input, which the command reads. */
  readonly read: Read<Answer> | null;
  /** The key of an answer with several parts that this flag is about; null: it is the whole answer. */
  readonly part: string | null;
  /** What the form says of the field of that part; null: the part has none of its own. */
  readonly field: PartField | null;
  /** It may be given several times, and each is read by itself. */
  readonly repeats: boolean;
}

/**
 * `Answer` is what an operator says, `Value` what it becomes with every default filled in. The functions are methods,
 * so that parameters of all kinds stand in one list.
 */
export interface Parameter<Key extends string = string, Answer = unknown, Value = unknown> {
  /** Its name in the answers file and in Parameters. */
  readonly key: Key;
  readonly label: string;
  readonly hint: string;
  /** For --help. */
  readonly defaultText: string;
  readonly changes: Changes;
  /** Where the form has it: at once, in a group that is folded, or not at all. */
  readonly form: 'main' | FormGroup | null;
  /** True: the default is chosen by looking at the cluster. */
  readonly fromPlace: boolean;
  /** True: of its flags only one may be given. */
  readonly exclusive: boolean;
  /** The first one stands for the parameter in messages. */
  readonly flags: readonly Flag<Answer>[];
  readonly variables: readonly {readonly name: string; readonly read: Read<Answer> | null}[];
  /**
   * What the answers file has behind the key; a list, and parts, may be one text as well. Null: it is no answer at all,
   * and stands in no file and no values.
   */
  readonly inFile: 'text' | 'list' | 'parts' | 'values' | null;
  /** The text of the whole parameter, as in the form and the environment. */
  parse(text: string): Parsed<Answer>;
  /** The text that `parse` reads again; empty where no text says it. */
  format(answer: Answer): string;
  /** Arguments that say the answer, one an element and not quoted. */
  toFlags(answer: Answer): readonly string[];
  /** What the answers file has; undefined: nothing. */
  toFile(answer: Answer): unknown;
  /** Two answers of one source, the later one second. */
  join(first: Answer, second: Answer): Answer;
  /** Answers of two sources. */
  merge(stronger: Answer, weaker: Answer): Answer;
  /** Whether an answer still makes sense where a stronger source gave these. */
  isKept(stronger: Others): boolean;
  /** @throws UserError BAD_INPUT, naming the flags, for answers that contradict each other */
  resolve(answer: Answer | undefined, others: Others, place: Place): Value;
  /** The answer that resolves to the value; undefined where none is needed. */
  toAnswer(value: Value): Answer | undefined;
  isSame(a: Value, b: Value): boolean;
  /** What is wrong with its text in the form because of the texts of other fields; null: nothing. */
  problemBeside(text: string, others: Readonly<Record<string, string>>): string | null;
  /** In sentences about the release. */
  show(value: Value): string;
  /** The flag of that value, in sentences about a difference. */
  flagOf(value: Value): string;
  /** In an empty field of the form, what it stands for. */
  placeholder(value: Value): string;
  /** What can be chosen instead of typed; empty where anything may be written. */
  choices(offer: Offer | null): readonly string[];
  /** The same in a sentence, with what tells them apart. */
  choicesText(offer: Offer): string;
  /** Such as `6 nodes fit`, beside a value. */
  remark(value: Value, offer: Offer): string;
}

/** Answers to other parameters, that a parameter may depend on. Each descriptor that does takes them by their keys. */
export type Others = Readonly<Record<string, unknown>>;

type Needed = 'key' | 'label' | 'hint' | 'defaultText' | 'changes' | 'form' | 'parse' | 'resolve';
/** What a descriptor must say, and what it may. */
export type Row<Key extends string, Answer, Value> = Pick<Parameter<Key, Answer, Value>, Needed> &
  Partial<Omit<Parameter<Key, Answer, Value>, Needed | 'flags'>> & {
    readonly flags: readonly (Pick<Flag<Answer>, 'name' | 'argument'> & Partial<Flag<Answer>>)[];
  };

/** Fills what a descriptor need not say: a single flag is described by the hint and the default of its parameter. */
export function parameter<Key extends string, Answer, Value>(
  row: Row<Key, Answer, Value>,
): Parameter<Key, Answer, Value> {
  const isAlone = row.flags.length === 1;
  const flags = row.flags.map((flag) => ({
    option: flag.name.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
    help: row.hint,
    defaultText: isAlone ? row.defaultText : null,
    read: row.parse,
    part: null,
    field: null,
    repeats: false,
    ...flag,
  }));
  const mainFlag = flags[0]?.name ?? '';
  const format = row.format ?? ((answer: Answer) => String(answer));
  const show = (value: Value) => String(value ?? 'none');
  return {
    fromPlace: false,
    exclusive: false,
    variables: [{name: variableOf(row.key), read: row.parse}],
    inFile: 'text',
    format,
    toFlags: (answer) => [mainFlag, format(answer)],
    toFile: (answer) => answer,
    join: (_, second) => second,
    merge: (stronger) => stronger,
    isKept: () => true,
    // A value that no answer says is null; a descriptor whose values differ from its answers has its own.
    toAnswer: (value) => (value ?? undefined) as Answer | undefined,
    isSame: (a, b) => JSON.stringify(a) === JSON.stringify(b),
    problemBeside: () => null,
    show,
    flagOf: () => mainFlag,
    placeholder: row.show ?? show,
    choices: () => [],
    choicesText: () => '',
    remark: () => '',
    ...row,
    flags,
  };
}

/** storageSize → PGHI_STORAGE_SIZE */
export function variableOf(key: string): string {
  return `PGHI_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Text that is kept as it was written (or `tidied`), unless something is wrong with it. */
export function textAnswer(
  problemOf: (text: string) => string | null,
  tidied: (text: string) => string = (text) => text,
): Read<string> {
  return (text) => {
    const value = tidied(text.trim());
    const problem = problemOf(value);
    return problem === null ? {value} : {problem};
  };
}

/** One of a few words. */
export function choice<Word extends string>(words: readonly Word[]): Read<Word> {
  return (text) => {
    const word = words.find((candidate) => candidate === text.trim());
    return word === undefined ? {problem: `"${text}" is none of ${words.join(', ')}.`} : {value: word};
  };
}
