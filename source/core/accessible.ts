// ACCESSIBLE: whoever has text read aloud gets lines that are written once, and no screens.

/** `plain`: what --plain asks for. */
export function wantsLines(environment: Readonly<Record<string, string | undefined>>, plain: boolean): boolean {
  return plain || !['', '0', 'false', 'no'].includes((environment['ACCESSIBLE'] ?? '').trim().toLowerCase());
}
