// The types of fields, parsed from definitions.ts on first use: decoding, patches and server-side apply follow them.
import {definitions} from './definitions.ts';

export type Type =
  | {readonly is: 'scalar'; readonly scalar: 's' | 'i' | 'n' | 'b' | 'q' | 'x' | 't' | 'y' | 'r'}
  | {readonly is: 'object'; readonly name: string; readonly atomic: boolean}
  | {readonly is: 'map'; readonly value: Type; readonly atomic: boolean}
  | {
      readonly is: 'list';
      readonly item: Type;
      /** The keys of an associative list, for server-side apply. */
      readonly keys: readonly string[] | null;
      readonly set: boolean;
      /** The key for strategic merge patches. Empty for a list of plain values that is merged. */
      readonly mergeKey: string | null;
    };

interface Field {
  readonly type: Type;
  readonly required: boolean;
  /** A strategic merge patch replaces the value as a whole. */
  readonly replace: boolean;
}

export const anything: Type = {is: 'scalar', scalar: 'r'};
const parsed = new Map<string, ReadonlyMap<string, Field>>();

export function typeNamed(name: string): Type {
  return name in definitions ? {is: 'object', name, atomic: false} : anything;
}

export function fieldsOf(name: string): ReadonlyMap<string, Field> {
  const known = parsed.get(name);
  if (known) return known;
  const words = (definitions[name] ?? '').split(' ').filter(Boolean);
  const fields = new Map(words.map((word) => parseField(word)));
  parsed.set(name, fields);
  return fields;
}

/** The type of a field below that type; anything where the schema does not know it. */
export function below(type: Type, name: string): Type {
  if (type.is === 'object') return fieldsOf(type.name).get(name)?.type ?? anything;
  return type.is === 'map' ? type.value : anything;
}

function parseField(word: string): [string, Field] {
  const colon = word.indexOf(':');
  const name = word.slice(0, colon);
  const required = name.endsWith('*');
  return [
    required ? name.slice(0, -1) : name,
    {type: parseType(word.slice(colon + 1)), required, replace: word.endsWith('|replace')},
  ];
}

function parseType(text: string): Type {
  if (text.startsWith('[')) {
    const end = text.lastIndexOf(']');
    const flags = text.slice(end + 1).split('|');
    const flag = (name: string) => flags.find((candidate) => candidate.startsWith(name))?.slice(name.length) ?? null;
    return {
      is: 'list',
      item: parseType(text.slice(1, end)),
      keys: flag('k=')?.split(',') ?? null,
      set: flags.includes('set'),
      mergeKey: flag('p='),
    };
  }
  if (text.startsWith('{'))
    return {is: 'map', value: parseType(text.slice(1, text.lastIndexOf('}'))), atomic: text.endsWith('!')};
  const plain = text.split('|')[0] ?? '';
  if (/^[sinbqxtyr]$/.test(plain)) return {is: 'scalar', scalar: plain as 's'};
  const name = plain.replace('!', '');
  return {is: 'object', name, atomic: plain.endsWith('!')};
}
