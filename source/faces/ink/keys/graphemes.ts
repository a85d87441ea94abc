// Characters as a person counts them: 👩‍👩‍👧 is one, é is one.
import stringWidth from 'string-width';

const segmenter = new Intl.Segmenter(undefined, {granularity: 'grapheme'});

export function graphemes(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({segment}) => segment);
}

/** Empty for an empty text. */
export function firstGrapheme(text: string): string {
  return segmenter.segment(text).containing(0)?.segment ?? '';
}

/** Empty for an empty text. */
export function lastGrapheme(text: string): string {
  return segmenter.segment(text).containing(text.length - 1)?.segment ?? '';
}

/** How many columns of a terminal the text takes; East Asian characters take two. */
export function cells(text: string): number {
  return stringWidth(text);
}
