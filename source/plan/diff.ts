// What differs between two texts, line by line, as `diff -u` shows it.

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

/** Equal beginnings and ends are most of it; what is between is compared by the longest common subsequence. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < Math.min(before.length, after.length) - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  const same = (lines: readonly string[]): Line[] => lines.map((text) => ({sign: ' ', text}));
  return [
    ...same(before.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

function middle(before: readonly string[], after: readonly string[]): Line[] {
  const width = after.length + 1;
  /** By position: how many lines the rest of both have in common. */
  const common = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] =
        before[i] === after[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]];
    if (old !== undefined && old === fresh) {
      lines.push({sign: ' ', text: old});
      i++;
      j++;
    } else if (
      old !== undefined &&
      (fresh === undefined || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))
    ) {
      lines.push({sign: '-', text: old});
      i++;
    } else {
      lines.push({sign: '+', text: fresh ?? ''});
      j++;
    }
  }
  return lines;
}
