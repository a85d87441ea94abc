// The words of others, made safe to show: no terminal sequences, no control characters.

/**
 * CSI (`ESC [ … m`), OSC and other string sequences up to their terminator, then any other escape of two or three
 * bytes.
 */
const sequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g;
/** All of C0 and C1 but tab and newline, and the marks that turn the direction of writing. */
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The text without ANSI sequences and control characters; line ends become `\n`, tabs one space. */
export function plain(text: string): string {
  return text.replace(sequences, '').replace(/\r\n?/g, '\n').replace(controls, '').replace(/\t/g, ' ');
}

/** The same data, each text in it plain. */
export function plainly<Told>(told: Told): Told {
  return plainValue(told) as Told;
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'string') return plain(value);
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plainValue(one)]));
}

/** A line that keeps the sequences that `own` matches, and no other; tabs stay. `own` has one group, around it all. */
export function keepingOnly(own: RegExp, line: string): string {
  return line
    .split(own)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(sequences, '').replace(controls, '')))
    .join('');
}
