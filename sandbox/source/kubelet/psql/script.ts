// A script that comes in pieces: its parts in their order, and the rows that follow a COPY in it.
import {linesIn, Rows} from './rows.ts';
import {splitScript, type Part} from './statements.ts';

/**
 * `begun` has come already; `more` gives null at the end. Rows of a COPY that nobody has read are skipped when the next
 * part is asked for.
 */
export async function* scriptParts(
  begun: string,
  more: () => Promise<string | null>,
): AsyncGenerator<{readonly part: Part; readonly rows: Rows | null}> {
  let text = begun;
  let before = 0;
  for (let ended = false; ;) {
    const {parts, rest} = splitScript(text, ended);
    const read = linesIn(text.slice(0, text.length - rest.length));
    text = rest;
    for (const part of parts) {
      const rows = part.kind === 'copy' ? new Rows(text, more) : null;
      yield {part: {...part, line: part.line + before}, rows};
      if (rows === null) continue;
      await rows.toEnd();
      [text, ended] = [rows.left, rows.ended];
      before += rows.lines;
    }
    before += read;
    if (parts.at(-1)?.kind === 'copy') continue;
    if (ended) return;
    const next = await more();
    ended = next === null;
    text += next ?? '';
  }
}
