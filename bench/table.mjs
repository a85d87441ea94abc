// What was measured, as one table: medians with the least and the most, and whether the targets were met.

/**
 * One line of the table: two programs side by side, their runs in pairs. `target` is the most that the median ratio may
 * be.
 */
export function ratioRow(name, ours, theirs, target) {
  const ratios = ours.map(({ms}, index) => ms / theirs[index].ms);
  return {
    name,
    cells: [
      spread(
        ours.map(({ms}) => ms),
        time,
      ),
      spread(
        theirs.map(({ms}) => ms),
        time,
      ),
      spread(ratios, (ratio) => ratio.toFixed(2)),
    ],
    target: `≤ ${target}`,
    n: ours.length,
    met: median(ratios) <= target,
  };
}

/** Peak memory: the worst run of ours counts. It is not judged where it could not be measured. */
export function memoryRow(name, ours, theirs, targetBytes) {
  const peaks = (runs) => runs.flatMap(({peakBytes}) => peakBytes ?? []);
  const [mine, other] = [peaks(ours), peaks(theirs)];
  const measured = mine.length > 0 && other.length > 0;
  return {
    name,
    cells: measured
      ? [
          spread(mine, size),
          spread(other, size),
          spread(
            mine.map((bytes, index) => bytes / other[index]),
            (ratio) => ratio.toFixed(2),
          ),
        ]
      : ['not measured', '', ''],
    target: `< ${size(targetBytes)}`,
    n: mine.length,
    met: !measured || Math.max(...mine) < targetBytes,
  };
}

/**
 * The longest gap between two writes of a client. `maxMs` is the most that our median may be; null means that no write
 * of any run may fail. Each problem is a miss by itself.
 * Where a side refused the change, its cell says so.
 */
export function gapRow(name, ours, theirs, {maxMs, problems}) {
  const failed = (runs) => Math.max(...runs.map(({failedWrites}) => failedWrites));
  const cell = (runs) =>
    runs.some(({refused}) => refused)
      ? 'refused'
      : `${spread(
          runs.map(({longestGapMs}) => longestGapMs),
          time,
        )}, ${failed(runs)} failed, ${Math.max(...runs.map(({lostRows}) => lostRows))} lost`;
  const ratio = theirs.some(({refused}) => refused)
    ? ''
    : spread(
        ours.map(({longestGapMs}, index) => longestGapMs / theirs[index].longestGapMs),
        (one) => one.toFixed(2),
      );
  return {
    name,
    cells: [cell(ours), cell(theirs), ratio],
    target: maxMs === null ? '0 failed' : `≤ ${time(maxMs)}`,
    n: ours.length,
    met: problems.length === 0 && (maxMs === null || median(ours.map(({longestGapMs}) => longestGapMs)) <= maxMs),
    problems: [...new Set(problems)],
  };
}

export function printTable(rows) {
  const lines = [
    ['', 'ours', 'theirs', 'ratio', 'target', 'n', ''],
    ...rows.map(({name, cells, target, n, met}) => [name, ...cells, target, String(n), met ? 'met' : 'MISSED']),
  ];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  for (const line of lines)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  for (const {name, problems = []} of rows) for (const problem of problems) console.log(`${name}: ${problem}`);
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function spread(numbers, show) {
  return `${show(median(numbers))} (${show(Math.min(...numbers))}–${show(Math.max(...numbers))})`;
}

export function time(ms) {
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function size(bytes) {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** One line of the table whose value is compared with nothing but its target. `show` makes both readable. */
export function limitRow(name, value, target, n, show) {
  return {name, cells: [show(value), '', ''], target: `≤ ${show(target)}`, n, met: value <= target};
}
