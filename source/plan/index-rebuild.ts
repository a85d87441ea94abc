// Which indexes are rebuilt before an image changes, and how large they are.
import {indexesOf, type SortedIndex, type SortedText} from '../chart/collations.ts';
import {roughBytes} from '../parameters/quantity.ts';
import type {ChangeConsequence} from './change-facts.ts';

/** A cautious guess for text on an ordinary disk; an estimate is worth more than none. */
const bytesPerSecond = 10 * 2 ** 20;
const maxNames = 5;

/** One consequence per database. `texts`: what was sorted under another version than the server runs with. */
export function indexRebuilds(texts: readonly SortedText[]): ChangeConsequence[] {
  const databases = [...new Set(texts.map(({database}) => database))];
  return databases.map((database) => {
    const own = texts.filter((text) => text.database === database);
    const versions = own.map(({provider, version, actual}) => {
      const what = provider === 'icu' ? 'the rules of ICU' : 'the C library';
      return `by version ${version} of ${what}, and the server runs with ${actual ?? 'none'}`;
    });
    const because = `${own.length === 1 ? 'It was' : 'They were'} sorted ${[...new Set(versions)].join('; ')}.`;
    return {
      code: 'REINDEX',
      object: `Database/${database}`,
      sentence: `In database ${database} ${rebuilt(indexesOf(own))} ${because}`,
    };
  });
}

function rebuilt(indexes: readonly SortedIndex[]): string {
  if (indexes.length === 0) return 'no index depends on the version that is written down, and it is written again.';
  const bytes = indexes.reduce((sum, index) => sum + index.bytes, 0);
  const names = indexes.slice(0, maxNames).map((index) => `${index.name} ${roughBytes(index.bytes)}`);
  const more = indexes.length > maxNames ? ` and ${indexes.length - maxNames} more` : '';
  const minutes = Math.ceil(bytes / bytesPerSecond / 60);
  const one = indexes.length === 1;
  const blocking = indexes.filter(({concurrently}) => !concurrently).length;
  return (
    `${one ? '1 index is' : `${indexes.length} indexes are`} rebuilt first, while the writer serves: ` +
    `${names.join(', ')}${more}; ${roughBytes(bytes)} in all, which takes about ` +
    `${minutes <= 1 ? 'a minute at most' : `${minutes} minutes`} and as much room again meanwhile. Until then ` +
    `${one ? 'it' : 'they'} may miss rows; then the version is written down.` +
    (blocking === 0 ? '' : ` Writes to the tables of ${blocking} of them wait meanwhile.`)
  );
}
