// What the descriptor of a parameter says. Everything that knows the parameters is derived from their descriptors: the
// form, --help, the environment, the answers file, the equivalent command, the defaults and the wording of a
// difference. The chart's side of a parameter is in chart/parameters, in a file of the same name.
import type {Offer, Place} from './place.ts';

export type Parsed<T> = {readonly value: T} | {readonly problem: string};
/** Turns what the operator wrote into an answer. */
export type Read<Answer = unknown> = (text: string) => Parsed<Answer>;

/**
 * When a parameter may change. `never`: only in a new release. `grows`: to more, never to less. `rotate`: by
 * rotate-password. `anytime`: by any change.
 */
type Changes = 'never' | 'grows' | 'rotate' | 'anytime';

/** The folded groups of the form, in its order, for parameters that not everybody decides. */
export const formGroups = ['placement', 'readers', 'network', 'security', 'settings', 'images', 'backup'] as const;
export type FormGroup = (typeof formGroups)[number];

export interface PartField {
  readonly label: string;
  /** The label below the title of its group, where that says the rest. */
  readonly inGroup?: string;
  readonly hint: string;
  /** The words to choose from, where the part is one of a few words. */
  readonly choices?: readonly string[];
  /** The text that an empty field stands for; absent: the default of the flag. */
  readonly emptyText?: (others: Others) => string;
}

export interface Flag<Answer = unknown> {
  /** Such as `--storage-size`. */
  readonly name: string;
  /** The option's name in commander: `storageSize`. */
  readonly option: string;
  /** Null: the flag takes no argument. */
  readonly argument: string | null;
  readonly help: string;
  readonly defaultText: string | null;
  /** Null: the flag names a file or standard input, which the command reads. */
  readonly read: Read<Answer> | null;
  /**
   * The key of the part that this flag gives, of an answer with several parts; null: the flag gives the whole answer.
   */
  readonly part: string | null;
  /** What the form shows for that part; null: the part has no field of its own. */
  readonly field: PartField | null;
  /** The flag may be given several times, and each value is read by itself. */
  readonly repeats: boolean;
}

/**
 * `Answer` is what an operator says, `Value` what it becomes once every default is filled in. The functions are
 * methods, so that parameters of all types fit in one list.
 */
export interface Parameter<Key extends string = string, Answer = unknown, Value = unknown> {
  /** The parameter's name in the answers file and in Parameters. */
  readonly key: Key;
  readonly label: string;
  readonly hint: string;
  /** The default as --help shows it. */
  readonly defaultText: string;
  readonly changes: Changes;
  /** Where the form shows it: on the first page, in a folded group, or not at all. */
  readonly form: 'main' | FormGroup | null;
  /** True: the default is chosen by looking at the cluster. */
  readonly fromPlace: boolean;
  /** True: of its flags only one may be given. */
  readonly exclusive: boolean;
  /** The first flag stands for the parameter in messages. */
  readonly flags: readonly Flag<Answer>[];
  readonly variables: readonly {readonly name: string; readonly read: Read<Answer> | null}[];
  /**
   * What follows the key in the answers file; a list, and parts, may also be one text. Null: the parameter is no
   * answer, and no file and no values hold it.
   */
  readonly inFile: 'text' | 'list' | 'parts' | 'values' | null;
  /** Reads the text of the whole parameter, as the form and the environment have it. */
  parse(text: string): Parsed<Answer>;
  /** The text that `parse` reads back; empty where no text can say it. */
  format(answer: Answer): string;
  /** Arguments that give the answer, one an element and not quoted. */
  toFlags(answer: Answer): readonly string[];
  /** What the answers file holds; undefined: nothing. */
  toFile(answer: Answer): unknown;
  /** Joins two answers of one source; the later one is second. */
  join(first: Answer, second: Answer): Answer;
  /** Merges the answers of two sources. */
  merge(stronger: Answer, weaker: Answer): Answer;
  /** Whether an answer still makes sense beside the answers of a stronger source. */
  isKept(stronger: Others): boolean;
  /** @throws UserError BAD_INPUT, naming the flags, for answers that contradict each other */
  resolve(answer: Answer | undefined, others: Others, place: Place): Value;
  /** The answer that resolves to the value; undefined where none is needed. */
  toAnswer(value: Value): Answer | undefined;
  /**
   * The answer that `set` needs where the release has `existing` and `answer` is wanted; no answer: the default is
   * wanted. Undefined: `set` needs none.
   */
  toChange(answer: Answer | undefined, existing: Value, others: Others, place: Place): Answer | undefined;
  isSame(a: Value, b: Value): boolean;
  /** What is wrong with the form's text because of the texts of other fields; null: nothing. */
  problemBeside(text: string, others: Readonly<Record<string, string>>): string | null;
  /** The value, in sentences about the release. */
  show(value: Value): string;
  /** The flag that gives the value, in sentences about a difference. */
  flagOf(value: Value): string;
  /** What an empty field of the form stands for, shown in that field. */
  placeholder(value: Value): string;
  /** The choices that the form offers; empty where any text may be typed. */
  choices(offer: Offer | null): readonly string[];
  /** The same choices in a sentence, with what tells them apart. */
  choicesText(offer: Offer): string;
  /** A remark beside a value, such as `6 nodes fit`. */
  remark(value: Value, offer: Offer): string;
}

/** Answers to other parameters, by their keys, which a parameter may depend on. */
export type Others = Readonly<Record<string, unknown>>;

type Needed = 'key' | 'label' | 'hint' | 'defaultText' | 'changes' | 'form' | 'parse' | 'resolve';
/** What a descriptor must say, and what it may leave out. */
type Row<Key extends string, Answer, Value> = Pick<Parameter<Key, Answer, Value>, Needed> &
  Partial<Omit<Parameter<Key, Answer, Value>, Needed | 'flags'>> & {
    readonly flags: readonly (Pick<Flag<Answer>, 'name' | 'argument'> & Partial<Flag<Answer>>)[];
  };

/** Fills in what a descriptor leaves out: a single flag is described by the hint and the default of its parameter. */
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
  // A value for which there is no answer is null; a descriptor whose values differ from its answers has its own method.
  const toAnswer = row.toAnswer ?? ((value: Value) => (value ?? undefined) as Answer | undefined);
  const isSame = row.isSame ?? ((a: Value, b: Value) => JSON.stringify(a) === JSON.stringify(b));
  /** The answer that says the default; undefined: `none`, for example, may be read as a name. */
  const defaultAnswer = (others: Others, place: Place) => {
    const value = row.resolve(undefined, others, place);
    const parsed = row.parse(row.defaultText);
    const answer = toAnswer(value) ?? ('value' in parsed ? parsed.value : undefined);
    return answer !== undefined && isSame(row.resolve(answer, others, place), value) ? answer : undefined;
  };
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
    toAnswer,
    toChange: (answer, _, others, place) => answer ?? defaultAnswer(others, place),
    isSame,
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
function variableOf(key: string): string {
  return `PGHI_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** Reads a text that is kept as it was written (or `tidied`), unless something is wrong with it. */
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

/** The word that answers that there is to be none, where any other text is a name. */
const none = 'none';

/** Reads a text as `textAnswer` does, or the word `none`. */
export function textOrNone(
  problemOf: (text: string) => string | null,
  tidied?: (text: string) => string,
): Read<string> {
  return textAnswer((text) => (text === none ? null : problemOf(text)), tidied);
}

/** Null for no answer and for `none`. */
export function unlessNone(answer: string | undefined): string | null {
  return answer === undefined || answer === none ? null : answer;
}

/** The entries that differ from the existing ones; null for those that are to go. */
export function changedEntries(
  entries: Readonly<Record<string, string | null>>,
  existing: Readonly<Record<string, string>>,
): Readonly<Record<string, string | null>> {
  const gone = Object.keys(existing).filter((key) => (entries[key] ?? null) === null);
  const given = Object.entries(entries).filter(([key, value]) => value !== null && value !== existing[key]);
  return Object.fromEntries([...gone.map((key) => [key, null] as const), ...given]);
}

/** Reads one of a few words. */
export function choice<Word extends string>(words: readonly Word[]): Read<Word> {
  return (text) => {
    const word = words.find((candidate) => candidate === text.trim());
    return word === undefined ? {problem: `"${text}" is none of ${words.join(', ')}.`} : {value: word};
  };
}
