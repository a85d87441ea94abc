// Rows as psql prints them.
import stringWidth from 'string-width';
import type {TableFormat} from './options.ts';

interface Rows {
  readonly columns: readonly {readonly name: string; /** The OID of its type. */ readonly dataTypeID: number}[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** The types that are aligned to the right: int8, int2, int4, oid, float4, float8, numeric, money. */
const numeric = new Set([20, 21, 23, 26, 700, 701, 1700, 790, 28, 29]);

export function tableText({columns, rows}: Rows, format: TableFormat, title: string | null = null): string {
  const cells = rows.map((row) => row.map((value) => value ?? format.null));
  const names = columns.map(({name}) => name);
  if (format.csv) return csv(names, cells, format);
  if (format.expanded) return expanded(names, cells, format);
  return format.aligned ? aligned(columns, cells, format, title) : unaligned(names, cells, format);
}

/** `(2 rows)` */
function countOf(rows: readonly unknown[]): string {
  return `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`;
}

function unaligned(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  {tuplesOnly, separator, recordSeparator}: TableFormat,
): string {
  const lines = [...(tuplesOnly ? [] : [names]), ...rows].map((line) => line.join(separator));
  const all = tuplesOnly ? lines : [...lines, countOf(rows)];
  return all.length === 0 ? '' : `${all.join(recordSeparator)}\n`;
}

function aligned(
  columns: Rows['columns'],
  rows: readonly (readonly string[])[],
  {tuplesOnly}: TableFormat,
  title: string | null,
): string {
  const broken = rows.map((row) => row.map((cell) => cell.split('\n')));
  const widths = columns.map(({name}, at) =>
    Math.max(
      stringWidth(name),
      ...broken.map((row) => Math.max(...(row[at] ?? ['']).map((line) => stringWidth(line)))),
    ),
  );
  const lines = broken.flatMap((row) => linesOf(row, columns, widths));
  if (tuplesOnly) return `${lines.join('\n')}${lines.length > 0 ? '\n' : ''}\n`;
  const head = columns.map(({name}, at) => ` ${center(name, widths[at] ?? 0)} `).join('|');
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+') || '--';
  const shown = [
    ...(title === null ? [] : [center(title, rule.length).trimEnd()]),
    ...(columns.length > 0 ? [head] : []),
    rule,
    ...(columns.length > 0 ? lines : []),
    countOf(rows),
  ];
  return `${shown.join('\n')}\n\n`;
}

/** One row: as many lines as its tallest cell has. */
function linesOf(row: readonly (readonly string[])[], columns: Rows['columns'], widths: readonly number[]): string[] {
  const height = Math.max(1, ...row.map((cell) => cell.length));
  return Array.from({length: height}, (_none, line) =>
    row
      .map((cell, at) => {
        const isRight = numeric.has(columns[at]?.dataTypeID ?? 0);
        const continues = line < cell.length - 1;
        const isLast = at === row.length - 1;
        const text = side(cell[line] ?? '', widths[at] ?? 0, isRight, isLast && !continues);
        return ` ${text}${continues ? '+' : isLast ? '' : ' '}`;
      })
      .join('|'),
  );
}

function side(text: string, width: number, right: boolean, last: boolean): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return right ? space + text : last ? text : text + space;
}

function center(text: string, width: number): string {
  const space = Math.max(0, width - stringWidth(text));
  return ' '.repeat(Math.floor(space / 2)) + text + ' '.repeat(Math.ceil(space / 2));
}

function expanded(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  {aligned: isAligned, tuplesOnly, separator}: TableFormat,
): string {
  const width = Math.max(0, ...names.map((name) => stringWidth(name)));
  if (rows.length === 0) return tuplesOnly ? '' : '(0 rows)\n\n';
  const text = rows.map((row, at) => {
    const lines = row.map((cell, column) =>
      isAligned ? `${side(names[column] ?? '', width, false, false)} | ${cell}` : `${names[column]}${separator}${cell}`,
    );
    const rule = `-[ RECORD ${at + 1} ]`;
    const longest = Math.max(rule.length, ...lines.map((line) => stringWidth(line)));
    return [...(tuplesOnly || !isAligned ? [] : [rule.padEnd(longest, '-')]), ...lines].join('\n');
  });
  return `${text.join(isAligned ? '\n' : '\n\n')}\n${isAligned ? '\n' : ''}`;
}

function csv(names: readonly string[], rows: readonly (readonly string[])[], {tuplesOnly}: TableFormat): string {
  const quoted = (cell: string) => (/[",\n\r]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);
  return [...(tuplesOnly ? [] : [names]), ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('');
}
