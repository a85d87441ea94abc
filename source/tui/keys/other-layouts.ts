// Which Latin letter is on the key of a letter from another layout, because shortcuts are Latin. Pure.

/** The letters of each layout in the order of the keys of `latin`; a space where there is none. */
const latin = 'qwertyuiopasdfghjklzxcvbnm';
const layouts = [
  // Russian, Ukrainian and Bulgarian phonetic differ in few letters: the first layout that has the letter counts.
  'йцукенгшщзфывапролдячсмить',
  'йцукенгшщзфівапролдячсмить',
  // Greek
  ';ςερτυθιοπασδφγηξκλζχψωβνμ',
  // Hebrew
  "/'קראטוןםפשדגכעיחלךזסבהנמצ",
  // Arabic
  'ضصثقفغعهخحشسيبلاتنمئءؤرىةو',
] as const;

const latinOf: ReadonlyMap<string, string> = new Map(
  layouts
    .flatMap((letters) => [...letters].map((letter, at) => [letter, latin[at] ?? ''] as const))
    .filter(([letter]) => letter > '\u007f')
    .reverse(),
);

/** Null: the text is a Latin letter, a digit, a sign, or a letter of no known layout. */
export function onLatinKey(text: string): string | null {
  const small = text.toLowerCase();
  const found = latinOf.get(small) ?? null;
  return found !== null && small !== text ? found.toUpperCase() : found;
}
