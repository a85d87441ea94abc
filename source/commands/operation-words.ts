// What an operation is called in a sentence, where its command is no noun.

const nouns: Readonly<Record<string, string>> = {
  scale: 'scaling',
  set: 'change of settings',
  adopt: 'adoption',
  uninstall: 'removal',
  'rotate-password': 'change of passwords',
};

/** `set` → `change of settings`. A kind of a newer version of ours is called as its command is. */
export function operationNoun(kind: string): string {
  return nouns[kind] ?? kind;
}
