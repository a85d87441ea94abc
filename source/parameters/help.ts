// The flags of the parameters in words, and the flags that say the same as some answers.
import type {Answers} from './answers.ts';
import type {Flag} from './field.ts';
import {fields} from './fields.ts';

/** `--storage-size <quantity>`, as commander wants it. */
export function flagSyntax({name, argument}: Pick<Flag, 'name' | 'argument'>): string {
  return argument === null ? name : `${name} <${argument}>`;
}

/** What --help says beside a flag. */
export function flagDescription({help, defaultText}: Pick<Flag, 'help' | 'defaultText'>, available: boolean): string {
  const text = help.replace(/\.$/, '');
  return `${text}${defaultText === null ? '' : ` (default: ${defaultText})`}${available ? '' : ' (not available yet)'}`;
}

/** One line a flag, aligned. */
export function flagLines(): string[] {
  const rows = fields.flatMap((field) =>
    field.flags.map((flag) => [flagSyntax(flag), flagDescription(flag, field.available)] as const),
  );
  const width = Math.max(...rows.map(([syntax]) => syntax.length));
  return rows.map(([syntax, description]) => `${syntax.padEnd(width)}  ${description}`);
}

/**
 * Arguments that give these answers, one an element and not quoted. The extra values are left out: they need their
 * file.
 */
export function flagsFor(answers: Answers): string[] {
  const {allowFrom, images, ...texts} = answers;
  const flagOf = (key: string): string => fields.find((field) => field.key === key)?.flags[0]?.name ?? '';
  const simple = Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [flagOf(key), String(value)] : [],
  );
  const from =
    allowFrom === undefined
      ? []
      : allowFrom.kind === 'cidrs'
        ? ['--allow-from', allowFrom.cidrs.join(',')]
        : [allowFrom.kind === 'internal' ? '--internal' : '--allow-public'];
  const imageFlags = {
    source: '--image-source',
    tag: '--image-tag',
    digest: '--image-digest',
    pullSecret: '--pull-secret',
  } as const;
  const image = Object.entries(images ?? {}).flatMap(([key, value]) =>
    value === undefined ? [] : [imageFlags[key as keyof typeof imageFlags], value],
  );
  return [...simple, ...from, ...image];
}
