// JSON Patch (RFC 6902).
import {equal} from '../../store/canonical.ts';
import {StatusError} from '../../store/objects.ts';
import {isRecord} from '../schema/decode.ts';
import {badRequest} from '../status-answer.ts';

/** @throws StatusError 400 for what is no patch, 422 where it does not fit or a test fails */
export function jsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  return patch.reduce<unknown>(
    (value, step: unknown) => applied(value, isRecord(step) ? step : {}),
    structuredClone(target),
  );
}

function applied(target: unknown, {op, path, from, value}: Record<string, unknown>): unknown {
  if (typeof path !== 'string') throw invalidPatch(`${String(op)} operation has no path`);
  const at = pointer(path);
  switch (op) {
    case 'add':
      return put(target, at, value, 'add', path);
    case 'replace':
      read(target, at, 'replace', path);
      return at.length === 0 ? value : put(without(target, at, 'replace', path), at, value, 'add', path);
    case 'remove':
      return without(target, at, 'remove', path);
    case 'move': {
      const source = pointer(String(from));
      const moved = read(target, source, 'move', String(from));
      return put(without(target, source, 'move', String(from)), at, moved, 'add', path);
    }
    case 'copy':
      return put(target, at, structuredClone(read(target, pointer(String(from)), 'copy', String(from))), 'add', path);
    case 'test':
      if (!equal(read(target, at, 'test', path) ?? null, value ?? null))
        throw invalidPatch(`testing value ${path} failed: test failed`);
      return target;
    default:
      throw invalidPatch(`unexpected kind: ${String(op)}`);
  }
}

function pointer(path: string): string[] {
  if (path === '') return [];
  if (!path.startsWith('/')) throw invalidPatch(`the path ${path} does not start with "/"`);
  return path
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function read(target: unknown, at: readonly string[], op: string, path: string): unknown {
  let value = target;
  for (const part of at) {
    const next = Array.isArray(value) ? (value as unknown[])[Number(part)] : isRecord(value) ? value[part] : undefined;
    if (next === undefined)
      throw invalidPatch(
        `${op} operation does not apply: doc is missing ${op === 'remove' || op === 'replace' ? 'key' : 'path'}: ` +
          `${path}: missing value`,
      );
    value = next;
  }
  return value;
}

function put(target: unknown, at: readonly string[], value: unknown, op: string, path: string): unknown {
  const last = at.at(-1);
  if (last === undefined) return value;
  const parent = read(target, at.slice(0, -1), op, path);
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (!Number.isInteger(index) || index < 0 || index > parent.length)
      throw invalidPatch(`${op} operation does not apply: doc is missing path: ${path}: index out of bounds`);
    parent.splice(index, 0, value);
  } else if (isRecord(parent)) parent[last] = value;
  else throw invalidPatch(`${op} operation does not apply: doc is missing path: ${path}: missing value`);
  return target;
}

function without(target: unknown, at: readonly string[], op: string, path: string): unknown {
  read(target, at, op, path);
  const parent = read(target, at.slice(0, -1), op, path);
  const last = at.at(-1) ?? '';
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isRecord(parent)) Reflect.deleteProperty(parent, last);
  return target;
}

/** The API server tells its client no more than this. */
function invalidPatch(reason: string): StatusError {
  const error = new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request');
  error.cause = reason;
  return error;
}
