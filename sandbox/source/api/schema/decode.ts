// Turns what a client sent into an object of a kind: unknown fields are dropped and named, wrong types are refused, and
// quantities get their canonical form.
import type {StatusError} from '../../store/objects.ts';
import {badRequest} from '../status-answer.ts';
import {fieldsOf, type Type} from './schema.ts';
import {canonicalQuantity} from './quantity.ts';

interface Decoded {
  readonly value: unknown;
  /** Paths that the schema does not know, such as `spec.foo`. */
  readonly unknown: readonly string[];
}

const goTypes = {
  s: 'string',
  i: 'int32',
  n: 'float64',
  b: 'bool',
  q: 'string',
  x: 'string',
  t: 'string',
  y: '[]uint8',
  r: 'object',
} as const;

type Scalar = keyof typeof goTypes;

const isText = (raw: unknown) => typeof raw === 'string';
/** Whether the scalar may have that JSON value. */
const accepts: Readonly<Record<Scalar, (raw: unknown) => boolean>> = {
  s: isText,
  i: Number.isInteger,
  n: (raw) => typeof raw === 'number',
  b: (raw) => typeof raw === 'boolean',
  q: (raw) => typeof raw === 'string' || typeof raw === 'number',
  x: (raw) => typeof raw === 'string' || Number.isInteger(raw),
  t: isText,
  y: isText,
  r: () => true,
};

/** @throws StatusError 400 where a value has another type than its field */
export function decode(type: Type, value: unknown, kind: string): Decoded {
  const decoder = new Decoder(kind);
  return {value: decoder.value(type, value, '', kind), unknown: decoder.unknown};
}

class Decoder {
  readonly unknown: string[] = [];
  readonly #kind: string;

  constructor(kind: string) {
    this.#kind = kind;
  }

  /** @param field the name that an error gives the field: that of its Go struct, then its own */
  value(of: Type, raw: unknown, path: string, field: string): unknown {
    if (raw === null || raw === undefined) return undefined;
    switch (of.is) {
      case 'scalar':
        return this.#scalar(of.scalar, raw, field);
      case 'list':
        return this.#list(of.item, raw, path, field);
      case 'map':
        return this.#map(of.value, raw, path, field);
      case 'object':
        return this.#object(of.name, raw, path, field);
    }
  }

  #list(item: Type, raw: unknown, path: string, field: string): unknown[] | undefined {
    if (!Array.isArray(raw))
      throw this.#wrongType(raw, field, `[]${item.is === 'object' ? `v1.${item.name}` : 'string'}`);
    const items = raw
      .map((one, index) => this.value(item, one, `${path}[${index}]`, field))
      .filter((one) => one !== undefined);
    return items.length > 0 ? items : undefined;
  }

  #map(value: Type, raw: unknown, path: string, field: string): Record<string, unknown> | undefined {
    if (!isRecord(raw)) throw this.#wrongType(raw, field, 'map[string]string');
    const entries = Object.entries(raw)
      .map(([key, item]) => [key, this.value(value, item, `${path}.${key}`, field)] as const)
      .filter(([, item]) => item !== undefined);
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  }

  #object(type: string, raw: unknown, path: string, field: string): Record<string, unknown> {
    if (!isRecord(raw)) throw this.#wrongType(raw, field, `v1.${type}`);
    const fields = fieldsOf(type);
    const result: Record<string, unknown> = {};
    for (const [name, item] of Object.entries(raw)) {
      const known = fields.get(name);
      const below = path === '' ? name : `${path}.${name}`;
      if (!known) this.unknown.push(below);
      else {
        const found = this.value(known.type, item, below, `${type}.${below.replace(/\[\d+\]/g, '')}`);
        if (found !== undefined) result[name] = found;
      }
    }
    return result;
  }

  #scalar(of: Scalar, raw: unknown, field: string): unknown {
    if (!accepts[of](raw)) throw this.#wrongType(raw, field, goTypes[of]);
    if (of === 'y') this.#checkBase64(raw as string);
    return of === 'q' ? this.#quantity(String(raw)) : raw;
  }

  #checkBase64(text: string): void {
    const unpadded = (encoded: string) => encoded.replace(/=+$/, '');
    if (unpadded(Buffer.from(text, 'base64').toString('base64')) === unpadded(text)) return;
    throw this.#refused(`illegal base64 data at input byte ${text.search(/[^A-Za-z0-9+/]/)}`);
  }

  #quantity(text: string): string {
    const canonical = canonicalQuantity(text);
    if (canonical !== null) return canonical;
    throw this.#refused("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }

  #wrongType(raw: unknown, field: string, wanted: string): StatusError {
    const is = Array.isArray(raw) ? 'array' : typeof raw === 'boolean' ? 'bool' : typeof raw;
    return this.#refused(`json: cannot unmarshal ${is} into Go struct field ${field} of type ${wanted}`);
  }

  #refused(text: string): StatusError {
    return badRequest(`${this.#kind} in version "v1" cannot be handled as a ${this.#kind}: ${text}`);
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
