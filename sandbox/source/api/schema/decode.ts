// From what a client sent to the object of a kind: unknown fields dropped and named, wrong types refused, quantities in
// their own form.
import {badRequest} from '../status-answer.ts';
import {fieldsOf, type Type} from './schema.ts';
import {canonicalQuantity} from './quantity.ts';

export interface Decoded {
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

/** @throws StatusError 400 where a value has another type than its field */
export function decode(type: Type, value: unknown, kind: string): Decoded {
  const unknown: string[] = [];
  return {value: walk(type, value, '', kind), unknown};

  /** @param field with the name of the Go struct that holds it: what an error names */
  function walk(of: Type, raw: unknown, path: string, field: string): unknown {
    if (raw === null || raw === undefined) return undefined;
    switch (of.is) {
      case 'scalar':
        return scalar(of.scalar, raw, field);
      case 'list': {
        if (!Array.isArray(raw))
          throw wrongType(raw, field, `[]${of.item.is === 'object' ? `v1.${of.item.name}` : 'string'}`);
        const items = raw
          .map((item, index) => walk(of.item, item, `${path}[${index}]`, field))
          .filter((item) => item !== undefined);
        return items.length > 0 ? items : undefined;
      }
      case 'map': {
        if (!isRecord(raw)) throw wrongType(raw, field, 'map[string]string');
        const entries = Object.entries(raw)
          .map(([key, item]) => [key, walk(of.value, item, `${path}.${key}`, field)] as const)
          .filter(([, item]) => item !== undefined);
        return entries.length > 0 ? Object.fromEntries(entries) : undefined;
      }
      case 'object': {
        if (!isRecord(raw)) throw wrongType(raw, field, `v1.${of.name}`);
        const fields = fieldsOf(of.name);
        const result: Record<string, unknown> = {};
        for (const [name, item] of Object.entries(raw)) {
          const known = fields.get(name);
          const below = path === '' ? name : `${path}.${name}`;
          if (!known) unknown.push(below);
          else {
            const found = walk(known.type, item, below, `${of.name}.${below.replace(/\[\d+\]/g, '')}`);
            if (found !== undefined) result[name] = found;
          }
        }
        return result;
      }
    }
  }

  function scalar(of: keyof typeof goTypes, raw: unknown, field: string): unknown {
    const right =
      of === 'r' ||
      (of === 'q' && (typeof raw === 'string' || typeof raw === 'number')) ||
      (of === 'x' && (typeof raw === 'string' || Number.isInteger(raw))) ||
      (of === 'b' && typeof raw === 'boolean') ||
      (of === 'i' && Number.isInteger(raw)) ||
      (of === 'n' && typeof raw === 'number') ||
      ('sty'.includes(of) && typeof raw === 'string');
    if (!right) throw wrongType(raw, field, goTypes[of]);
    if (
      of === 'y' &&
      Buffer.from(raw as string, 'base64')
        .toString('base64')
        .replace(/=+$/, '') !== (raw as string).replace(/=+$/, '')
    ) {
      throw badRequest(
        `${kind} in version "v1" cannot be handled as a ${kind}: illegal base64 data at input byte ` +
          `${(raw as string).search(/[^A-Za-z0-9+/]/)}`,
      );
    }
    if (of === 'q') return quantity(String(raw));
    return raw;
  }

  function quantity(text: string): string {
    const canonical = canonicalQuantity(text);
    if (canonical !== null) return canonical;
    throw badRequest(
      `${kind} in version "v1" cannot be handled as a ${kind}: quantities must match the regular expression ` +
        `'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
    );
  }

  function wrongType(raw: unknown, field: string, wanted: string) {
    const is = Array.isArray(raw) ? 'array' : typeof raw === 'boolean' ? 'bool' : typeof raw;
    return badRequest(
      `${kind} in version "v1" cannot be handled as a ${kind}: json: cannot unmarshal ${is} into Go struct field ` +
        `${field} of type ${wanted}`,
    );
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
