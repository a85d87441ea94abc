// The flags of the parameters as text for --help, and the flags that give some answers.
import type {Answers} from './answers.ts';
import type {Flag} from './parameter.ts';
import {descriptors} from './parameters.ts';

/** `--storage-size <quantity>`, in commander's notation; an argument in square brackets may be left out. */
export function flagSyntax({name, argument}: Pick<Flag, 'name' | 'argument'>): string {
  if (argument === null) return name;
  return argument.startsWith('[') ? `${name} ${argument}` : `${name} <${argument}>`;
}

/** What --help says beside a flag. */
export function flagDescription({help, defaultText}: Pick<Flag, 'help' | 'defaultText'>): string {
  return `${help.replace(/\.$/, '')}${defaultText === null ? '' : ` (default: ${defaultText})`}`;
}

/**
 * Arguments that give these answers, one an element and not quoted. The extra values are left out: they need their
 * file.
 */
export function flagsFor(answers: Answers): string[] {
  const given: Readonly<Record<string, unknown>> = answers;
  return descriptors.flatMap((one) => (given[one.key] === undefined ? [] : one.toFlags(given[one.key])));
}
