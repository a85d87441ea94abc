// What the YAML library objects to, in one line and without an excerpt of the file, which might hold a secret.
import type {Document} from 'yaml';
import {badInput} from '../core/cause.ts';

/** Line numbers start at 1. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

export function firstYamlProblem(document: Document.Parsed, text: string): string | null {
  const [error] = document.errors;
  if (error === undefined) return null;
  const [offset] = error.pos;
  const line = lineOf(text, offset);
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^["']?([\w.-]+)/.exec(text.slice(offset))?.[1];
    return `line ${line}: the key ${key ?? ''} is there twice. Keep one of them.`.replace('  ', ' ');
  }
  if (error.code === 'MULTIPLE_DOCS') return `line ${line}: a second document begins here. Keep one.`;
  return `line ${line} is not valid YAML (${error.code.toLowerCase().replaceAll('_', ' ')}).`;
}

/**
 * The data that `read` makes of a document. Throws UserError BAD_INPUT for aliases that never end, or with which a few
 * lines grow beyond measure.
 */
export function plainData(read: () => unknown, name: string): unknown {
  try {
    const data = read();
    // An alias inside of what it stands for makes a cycle, which only this call notices.
    JSON.stringify(data);
    return data;
  } catch {
    throw badInput(`${name}: its aliases lead nowhere. Write out what they stand for.`);
  }
}
