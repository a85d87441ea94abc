// Decodes bodies in protobuf, the only form in which helm writes its release Secrets and kubectl what it creates
// itself. Answers are always JSON.
import {definitions} from './schema/definitions.ts';
import {isRecord} from './schema/decode.ts';
import {protobufNumbers} from './schema/protobuf-numbers.ts';
import {fieldsOf, type Type} from './schema/schema.ts';
import {timestamp} from '../store/store.ts';

type Value = number | Buffer;

/** @returns the object; null where its kind is unknown here, or where the body is no protobuf of Kubernetes at all */
export function decodeProtobuf(body: Buffer): Record<string, unknown> | null {
  if (body.subarray(0, 4).toString('latin1') !== 'k8s\0') return null;
  const unknown = fieldsIn(body.subarray(4));
  const [type] = unknown.get(1) ?? [];
  const [raw = Buffer.alloc(0)] = unknown.get(2) ?? [];
  if (!Buffer.isBuffer(type) || !Buffer.isBuffer(raw)) return null;
  const [apiVersion, kind] = [1, 2].map((number) => textIn(fieldsIn(type).get(number)?.[0]));
  if (kind === undefined || !(kind in definitions)) return null;
  return {apiVersion, kind, ...message(kind, raw)};
}

function message(name: string, bytes: Buffer): Record<string, unknown> {
  const fields = fieldsOf(name);
  const result: Record<string, unknown> = {};
  for (const word of (protobufNumbers[name] ?? '').split(' ').filter(Boolean)) {
    const [, field = '', path = '', zeroIsUnset] = /^(\w+):([\d.]+)(\?)?$/.exec(word) ?? [];
    const type = fields.get(field)?.type;
    const value = type && fieldIn(bytes, path.split('.').map(Number), type);
    if (value !== undefined && !(zeroIsUnset && isZero(value))) result[field] = value;
  }
  return result;
}

/** Go's zero values of scalars. */
function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false;
}

/** The value of one field, if the message has it. @param path its number, after those of the messages around it */
function fieldIn(bytes: Buffer, path: readonly number[], type: Type): unknown {
  const values = path.reduce<readonly Value[]>(
    (outer, number) => fieldsIn(bytesOf(outer.at(-1))).get(number) ?? [],
    [bytes],
  );
  const last = values.at(-1);
  if (last === undefined) return undefined;
  if (type.is === 'list') return values.map((one) => decoded(type.item, one));
  return type.is === 'map' ? Object.fromEntries(values.map((one) => entry(type.value, one))) : decoded(type, last);
}

function entry(type: Type, value: Value): [string, unknown] {
  const pair = fieldsIn(bytesOf(value));
  return [textIn(pair.get(1)?.[0]) ?? '', decoded(type, pair.get(2)?.[0] ?? Buffer.alloc(0))];
}

/** Undefined where the value means "not set", or where the schema does not know its content. */
function decoded(type: Type, value: Value): unknown {
  if (type.is === 'object') return message(type.name, bytesOf(value));
  const scalar = type.is === 'scalar' ? type.scalar : 'r';
  if (scalar === 'b') return value !== 0;
  return Buffer.isBuffer(value) ? decodedBytes(scalar, value) : value;
}

function decodedBytes(scalar: (Type & {is: 'scalar'})['scalar'], bytes: Buffer): unknown {
  const first = (number: number) => fieldsIn(bytes).get(number)?.[0];
  switch (scalar) {
    case 's':
      return bytes.toString('utf8');
    case 'y':
      return bytes.toString('base64');
    case 't':
      return timeIn(first(1));
    case 'q':
      return textIn(first(1)) ?? '0';
    // IntOrString: 1 type (0 integer), 2 integer, 3 text
    case 'x':
      return first(1) === 1 ? (textIn(first(3)) ?? '') : (first(2) ?? 0);
    default:
      return jsonIn(textIn(first(1)));
  }
}

function timeIn(seconds: Value | undefined): string | undefined {
  return typeof seconds === 'number' && seconds > 0 ? timestamp(new Date(seconds * 1000)) : undefined;
}

const bytesOf = (value: Value | undefined): Buffer => (Buffer.isBuffer(value) ? value : Buffer.alloc(0));
const textIn = (value: Value | undefined): string | undefined =>
  Buffer.isBuffer(value) ? value.toString('utf8') : undefined;

/** The JSON that a FieldsV1 or a RawExtension holds. */
function jsonIn(text: string | undefined): unknown {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function fieldsIn(bytes: Buffer): Map<number, Value[]> {
  const found = new Map<number, Value[]>();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; at < bytes.length; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return Number(BigInt.asIntN(64, value));
  };
  while (at < bytes.length) {
    const key = varint();
    const wire = key & 7;
    let value: Value = 0;
    if (wire === 0) value = varint();
    else {
      const length = wire === 2 ? varint() : wire === 1 ? 8 : 4;
      value = bytes.subarray(at, at + length);
      at += length;
    }
    found.set(key >>> 3, [...(found.get(key >>> 3) ?? []), value]);
  }
  return found;
}
