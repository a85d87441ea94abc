// Shortens names of objects by what the header already says. Pure.
import {claimPrefix} from '../../../chart/names.ts';

/** `orders-postgresql-read-1` → `read-1`, a claim by its pod: the release is in the header. */
export function shortNames(text: string, release: string): string {
  const words = text.split(' ').map((word) => {
    for (const own of [`${release}-postgresql`, release]) {
      if (word.startsWith(claimPrefix(own))) return `volume of ${word.slice(claimPrefix(own).length)}`;
      if (word.startsWith(`${own}-`)) return word.slice(own.length + 1);
    }
    return word;
  });
  return words.join(' ');
}
