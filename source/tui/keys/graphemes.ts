// Characters as a person counts them: 👩‍👩‍👧 is one, é is one.
import stringWidth from 'string-width';

let made: Intl.Segmenter | null = null;
/** Made when it is needed first: it takes longer than the first frame may wait. */
const segments = (text: string) => (made ??= new Intl.Segmenter(undefined, {granularity: 'grapheme'})).segment(text);

export function graphemes(text: string): readonly string[] {
  return Array.from(segments(text), ({segment}) => segment);
}

/** Empty for an empty text. */
export function firstGrapheme(text: string): string {
  return segments(text).containing(0)?.segment ?? '';
}

/** Empty for an empty text. */
export function lastGrapheme(text: string): string {
  return segments(text).containing(text.length - 1)?.segment ?? '';
}

/** How many columns of a terminal the text takes; East Asian characters take two. */
export function cells(text: string): number {
  return stringWidth(text);
}
