// What the YAML library objects to, in one line and without an excerpt of the file, which might hold a secret.
import type {Document} from 'yaml';

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
