// What an operator is asked, on the form and in lines: one field a parameter, or one a part of a parameter whose answer
// has several. Pure.
import type {Answers} from './answers.ts';
import {formGroups, type FormGroup, type Others, type Parameter, type Parsed} from './parameter.ts';
import {descriptors} from './parameters.ts';
import type {Offer, Place} from './place.ts';

/** The parameter's key, or such as `images.tag` for a part other than its first. */
export type FieldKey = string;

export interface Field {
  readonly key: FieldKey;
  readonly label: string;
  /** The label below the title of its group. */
  readonly inGroup: string;
  readonly hint: string;
  readonly parameter: Parameter;
  /** The part of the parameter's answer that the field gives; null: the whole answer. */
  readonly part: string | null;
  /** The default, as --help shows it. */
  readonly defaultText: string;
  /** The text of the answer; empty: there is none. */
  textOf(answers: Answers): string;
  /** The answer that the text gives to the parameter. */
  parse(text: string): Parsed<unknown>;
  problemBeside(text: string, others: Readonly<Record<string, string>>): string | null;
  /** The answer that `set` needs for the text, where the release has `existing`; undefined: none. */
  toChange(text: string, existing: unknown, others: Others, place: Place): unknown;
  /** What an empty field stands for. */
  placeholder(value: unknown): string;
  choices(offer: Offer | null): readonly string[];
  choicesText(offer: Offer): string;
  remark(value: unknown, offer: Offer): string;
}

const fields = descriptors.filter(({form}) => form !== null).flatMap(fieldsOf);
const byKey = new Map(fields.map((field) => [field.key, field]));

/** @throws Error for a key that no field has */
export function fieldOf(key: FieldKey): Field {
  const found = byKey.get(key);
  if (!found) throw new Error(`no field of the form is called ${key}`);
  return found;
}

const keysOf = (form: Parameter['form']): readonly FieldKey[] =>
  fields.filter(({parameter}) => parameter.form === form).map(({key}) => key);

/** The fields that everybody decides. */
export const mainKeys = keysOf('main');
/** The others, by the group in which they are folded. */
export const groupKeys = Object.fromEntries(formGroups.map((group) => [group, keysOf(group)])) as Readonly<
  Record<FormGroup, readonly FieldKey[]>
>;
export const moreKeys = formGroups.flatMap((group) => groupKeys[group]);
export const allKeys = [...mainKeys, ...moreKeys];

export const groupTitles: Readonly<Record<FormGroup, string>> = {
  placement: 'Placement',
  readers: 'Readers',
  network: 'Network',
  security: 'Security',
  settings: 'Settings',
  images: 'Images',
  backup: 'Backup',
};

export const groupHints: Readonly<Record<FormGroup, string>> = {
  placement: 'Where the pods run, and what each of them gets.',
  readers: 'What the readers have otherwise than the writer: sizes, disks, nodes, and who reaches them.',
  network: 'Who reaches the database, and under which name.',
  security: 'Whose pods are let in, and whether the connection is encrypted.',
  settings: 'What the server is told, how safe a commit is, and whether Prometheus sees it.',
  images: 'Where the images come from, and which ones they are.',
  backup: 'Whether all databases are dumped on a schedule, and how many dumps are kept.',
};

/** The group of a field; null: the field is one that everybody decides. */
export function groupOf(key: FieldKey): FormGroup | null {
  return formGroups.find((group) => groupKeys[group].includes(key)) ?? null;
}

function fieldsOf(parameter: Parameter): readonly Field[] {
  if (parameter.inFile !== 'parts') return [wholeField(parameter)];
  return parameter.flags.flatMap((flag, index) => {
    const {part, field} = flag;
    if (part === null || field === null) return [];
    const isFirst = index === 0;
    const defaultText = flag.defaultText ?? 'none';
    const {choices = [], emptyText = () => defaultText, ...words} = field;
    const parse = (text: string) => (flag.read ?? parameter.parse)(text);
    return {
      ...wholeField(parameter),
      inGroup: words.label,
      ...words,
      key: isFirst ? parameter.key : `${parameter.key}.${part}`,
      part,
      defaultText,
      textOf: (answers: Answers) => textOfPart(valueIn(answers, parameter), part),
      parse,
      toChange: (text: string, _existing: unknown, others: Others) => valueOf(parse(text || emptyText(others))),
      placeholder: (value: unknown) => textOfPart(value, part) || defaultText,
      ...(isFirst ? {} : {problemBeside: () => null, choices: () => choices, choicesText: () => '', remark: () => ''}),
    };
  });
}

function wholeField(parameter: Parameter): Field {
  return {
    key: parameter.key,
    label: parameter.label,
    inGroup: parameter.label,
    hint: parameter.hint,
    parameter,
    part: null,
    defaultText: parameter.defaultText,
    textOf: (answers) => {
      const answer = valueIn(answers, parameter);
      return answer === undefined ? '' : parameter.format(answer);
    },
    parse: (text) => parameter.parse(text),
    problemBeside: (text, others) => parameter.problemBeside(text, others),
    toChange: (text, existing, others, place) =>
      parameter.toChange(text === '' ? undefined : valueOf(parameter.parse(text)), existing, others, place),
    placeholder: (value) => parameter.placeholder(value),
    choices: (offer) => parameter.choices(offer),
    choicesText: (offer) => parameter.choicesText(offer),
    remark: (value, offer) => parameter.remark(value, offer),
  };
}

function valueOf(parsed: Parsed<unknown>): unknown {
  return 'value' in parsed ? parsed.value : undefined;
}

/** What answers, or parameters, have of one of them. */
export function valueIn(all: object, {key}: Pick<Parameter, 'key'>): unknown {
  return (all as Readonly<Record<string, unknown>>)[key];
}

function textOfPart(whole: unknown, part: string): string {
  const value = (whole as Readonly<Record<string, string | number | null>> | undefined)?.[part];
  return value === undefined || value === null ? '' : String(value);
}
