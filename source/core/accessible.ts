// ACCESSIBLE: people who have text read aloud get lines that are written once, and no screens.

/** `plain`: whether --plain was given. */
export function wantsLines(environment: Readonly<Record<string, string | undefined>>, plain: boolean): boolean {
  return plain || !['', '0', 'false', 'no'].includes((environment['ACCESSIBLE'] ?? '').trim().toLowerCase());
}
