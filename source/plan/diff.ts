// What differs between two texts, line by line, as `diff -u` shows it. It is our own because the screens show other
// lines around a change than a patch does, and both come from one comparison.

const context = 3;

interface Line {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** Empty when they are the same. */
export function diffLines(before: string, after: string): string {
  const lines = compare(before.split('\n'), after.split('\n'));
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - context), at + context + 1).some(({sign}) => sign !== ' '),
  );
  const shown: string[] = [];
  lines.forEach(({sign, text}, at) => {
    if (!near[at]) return;
    if (at > 0 && !near[at - 1]) shown.push('…');
    shown.push(`${sign}${text}`);
  });
  return shown.join('\n');
}

/** As `diff -u` writes it and `patch` reads it; empty when they are the same. */
export function unifiedDiff(name: string, before: string, after: string): string {
  const lines = compare(linesOf(before), linesOf(after));
  const changed = lines.flatMap(({sign}, at) => (sign === ' ' ? [] : [at]));
  const hunks: {start: number; end: number}[] = [];
  for (const at of changed) {
    const last = hunks.at(-1);
    if (last && at - context <= last.end) last.end = Math.min(lines.length, at + context + 1);
    else hunks.push({start: Math.max(0, at - context), end: Math.min(lines.length, at + context + 1)});
  }
  if (hunks.length === 0) return '';
  return [`--- a/${name}`, `+++ b/${name}`, ...hunks.flatMap(({start, end}) => hunkOf(lines, start, end)), ''].join(
    '\n',
  );
}

/** The lines without the empty rest after the last line break. */
function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}

function hunkOf(lines: readonly Line[], start: number, end: number): readonly string[] {
  const shown = lines.slice(start, end);
  const count = (of: readonly Line[], without: Line['sign']) => of.filter(({sign}) => sign !== without).length;
  const range = (without: Line['sign']) => `${count(lines.slice(0, start), without) + 1},${count(shown, without)}`;
  return [`@@ -${range('+')} +${range('-')} @@`, ...shown.map(({sign, text}) => `${sign}${text}`)];
}

/** Most lines are in equal beginnings and ends; what is between is compared by the longest common subsequence. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  return [
    ...signed(' ', before.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...signed(' ', before.slice(before.length - end)),
  ];
}

function middle(before: readonly string[], after: readonly string[]): Line[] {
  const inCommon = commonLines(before, after);
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length && j < after.length) {
    const [old = '', fresh = ''] = [before[i], after[j]];
    if (old === fresh) {
      lines.push({sign: ' ', text: old});
      i++;
      j++;
    } else if (inCommon(i + 1, j) >= inCommon(i, j + 1)) {
      lines.push({sign: '-', text: old});
      i++;
    } else {
      lines.push({sign: '+', text: fresh});
      j++;
    }
  }
  return [...lines, ...signed('-', before.slice(i)), ...signed('+', after.slice(j))];
}

/** @returns how many lines are in common from there on: from line `i` of the one and line `j` of the other. */
function commonLines(before: readonly string[], after: readonly string[]): (i: number, j: number) => number {
  const width = after.length + 1;
  const counts = new Uint32Array((before.length + 1) * width);
  const inCommon = (i: number, j: number): number => counts[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      counts[i * width + j] =
        before[i] === after[j] ? inCommon(i + 1, j + 1) + 1 : Math.max(inCommon(i + 1, j), inCommon(i, j + 1));
    }
  }
  return inCommon;
}

function signed(sign: Line['sign'], lines: readonly string[]): Line[] {
  return lines.map((text) => ({sign, text}));
}
