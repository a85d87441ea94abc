// What an operation is called in a sentence, where its command is no noun.

const nouns: Readonly<Record<string, string>> = {
  scale: 'scaling',
  set: 'change of settings',
  adopt: 'adoption',
  uninstall: 'removal',
  recover: 'install',
  'rotate-password': 'rotation of passwords',
};

/** `set` → `change of settings`. A kind of a newer version of ours is called as its command is. */
export function operationNoun(kind: string): string {
  return nouns[kind] ?? kind;
}

/** `set` → `A change of settings`, as a sentence begins. */
export function anOperation(kind: string): string {
  const noun = operationNoun(kind);
  return `${/^[aeiou]/.test(noun) ? 'An' : 'A'} ${noun}`;
}
