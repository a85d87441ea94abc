// The keys of the Secret of a release: one for each password, and one more for each while it changes.

/** `auth.existingSecret` and `auth.secretKeys`. */
export interface GivenSecret {
  readonly name: string;
  readonly keys: SecretKeys;
}

/** The key of each password in the Secret. Two are the same where the user is the administrator. */
export type SecretKeys = Readonly<Record<'admin' | 'user' | 'replication', string>>;

/** The keys that the chart and the installer's own Secret use. */
export const secretKeys = {admin: 'postgres-password', user: 'password', replication: 'replication-password'} as const;

export function secretKeysOf({given}: {readonly given?: {readonly secret?: GivenSecret}}): SecretKeys {
  return given?.secret?.keys ?? secretKeys;
}

/** A further key, where there are metrics: the password of the exporter's role. */
export const metricsPasswordKey = 'metrics-password';

/** The key of each role whose password can change. Without metrics the Secret lacks the last one. */
export function passwordKeysOf(naming: {
  readonly given?: {readonly secret?: GivenSecret};
}): SecretKeys & {readonly metrics: string} {
  return {...secretKeysOf(naming), metrics: metricsPasswordKey};
}

/** The key of the new password while one changes. The same write that moves it to the key itself removes it. */
export function nextKey(key: string): string {
  return `${key}-next`;
}

/** The key of the earlier password, kept until it is proven that the database refuses it. */
export function previousKey(key: string): string {
  return `${key}-previous`;
}
