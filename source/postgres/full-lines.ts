// Edits a stream of bytes line by line up to the line that `isLast` recognises; from there on it passes unchanged.

/** `edit` and `isLast` get lines in Latin-1, without their end, so that bytes of any encoding survive. */
export function fullLines(
  edit: (line: string) => string,
  isLast: (line: string) => boolean,
): {through(chunk: Buffer): Buffer; rest(): Buffer} {
  let held = '';
  let isThrough = false;
  return {
    through(chunk) {
      if (isThrough) return chunk;
      const lines = (held + chunk.toString('latin1')).split('\n');
      held = lines.pop() ?? '';
      const last = lines.findIndex(isLast);
      isThrough = last >= 0;
      const looked = isThrough ? lines.slice(0, last) : lines;
      const text = [...looked.map(edit), ...lines.slice(looked.length)].map((line) => `${line}\n`).join('');
      if (!isThrough) return Buffer.from(text, 'latin1');
      const all = text + held;
      held = '';
      return Buffer.from(all, 'latin1');
    },
    rest() {
      const left = held === '' || isThrough ? held : edit(held);
      held = '';
      return Buffer.from(left, 'latin1');
    },
  };
}
