// Values that look as if they held a secret: helm keeps values in clear text in its record.
import {isObject, type Path, type Values} from './tree.ts';

const secretName = /(PASSWORD|PASSWD|PWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY)/i;
/** `ALTER ROLE app PASSWORD 'x'`, and what goes into a connection string. */
const secretText = /\bpassword\s*(?:=\s*)?'[^'$]+'|:\/\/[^\s:@/]+:[^\s@/]+@/i;

/** The paths of environment variables with a value, and of scripts, that look as if they held a secret. */
export function secretsIn(extra: Values): readonly string[] {
  return found(extra, []).map((path) => path.join('.'));
}

function found(value: unknown, path: Path): readonly Path[] {
  if (typeof value === 'string') return secretText.test(value) ? [path] : [];
  if (Array.isArray(value)) return (value as unknown[]).flatMap((item, index) => found(item, [...path, String(index)]));
  if (!isObject(value)) return [];
  const {name, value: text} = value;
  if (typeof name === 'string' && secretName.test(name) && typeof text === 'string' && text !== '')
    return [[...path, name]];
  return Object.entries(value).flatMap(([key, item]) => found(item, [...path, key]));
}
