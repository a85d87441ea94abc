// Rows as psql prints them.
import stringWidth from 'string-width';
import type {TableFormat} from './options.ts';

export interface Rows {
  readonly columns: readonly {readonly name: string; /** Of its type. */ readonly dataTypeID: number}[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Numbers are to the right: int8, int2, int4, oid, float4, float8, numeric, money. */
const numeric = new Set([20, 21, 23, 26, 700, 701, 1700, 790, 28, 29]);

export function tableText({columns, rows}: Rows, format: TableFormat, title: string | null = null): string {
  const cells = rows.map((row) => row.map((value) => value ?? format.null));
  if (format.csv)
    return csv(
      columns.map(({name}) => name),
      cells,
      format,
    );
  if (format.expanded)
    return expanded(
      columns.map(({name}) => name),
      cells,
      format,
    );
  const count = `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`;
  if (!format.aligned) {
    const lines = [...(format.tuplesOnly ? [] : [columns.map(({name}) => name)]), ...cells].map((line) =>
      line.join(format.separator),
    );
    const all = format.tuplesOnly ? lines : [...lines, count];
    return all.length === 0 ? '' : `${all.join(format.recordSeparator)}\n`;
  }
  const broken = cells.map((row) => row.map((cell) => cell.split('\n')));
  const widths = columns.map(({name}, at) =>
    Math.max(
      stringWidth(name),
      ...broken.map((row) => Math.max(...(row[at] ?? ['']).map((line) => stringWidth(line)))),
    ),
  );
  const lines = broken.flatMap((row) => {
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
  });
  if (format.tuplesOnly) return `${lines.join('\n')}${lines.length > 0 ? '\n' : ''}\n`;
  const head = columns.map(({name}, at) => ` ${center(name, widths[at] ?? 0)} `).join('|');
  const rule = widths.map((width) => '-'.repeat(width + 2)).join('+') || '--';
  const shown = [
    ...(title === null ? [] : [center(title, rule.length).trimEnd()]),
    ...(columns.length > 0 ? [head] : []),
    rule,
    ...(columns.length > 0 ? lines : []),
    count,
  ];
  return `${shown.join('\n')}\n\n`;
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
  {aligned, tuplesOnly, separator}: TableFormat,
): string {
  const width = Math.max(0, ...names.map((name) => stringWidth(name)));
  if (rows.length === 0) return tuplesOnly ? '' : '(0 rows)\n\n';
  const text = rows.map((row, at) => {
    const lines = row.map((cell, column) =>
      aligned ? `${side(names[column] ?? '', width, false, false)} | ${cell}` : `${names[column]}${separator}${cell}`,
    );
    const rule = `-[ RECORD ${at + 1} ]`;
    const longest = Math.max(rule.length, ...lines.map((line) => stringWidth(line)));
    return [...(tuplesOnly || !aligned ? [] : [rule.padEnd(longest, '-')]), ...lines].join('\n');
  });
  return `${text.join(aligned ? '\n' : '\n\n')}\n${aligned ? '\n' : ''}`;
}

function csv(names: readonly string[], rows: readonly (readonly string[])[], {tuplesOnly}: TableFormat): string {
  const quoted = (cell: string) => (/[",\n\r]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);
  return [...(tuplesOnly ? [] : [names]), ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('');
}
