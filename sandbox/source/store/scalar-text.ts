// The text of a field whose type only the schema knows.

/** A value that is missing is the empty text. One that is no scalar is shown as JSON, never as `[object Object]`. */
export function scalarText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
