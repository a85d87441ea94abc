// The Secret with the passwords, which is kept as long as the data.

/** Clear text. Goes to the API server and to PostgreSQL, nowhere else. */
export interface Passwords {
  readonly admin: string;
  readonly user: string;
  readonly replication: string;
}

export interface SecretPort {
  /** Null where there is no Secret, or one of the passwords is missing or empty. */
  passwords(): Promise<Passwords | null>;
  /** What the Secret holds, less keys that are empty; null when there is none. */
  storedPasswords(): Promise<Partial<Passwords> | null>;
  /** Gives the Secret what it lacks. A password that is there stays byte for byte, unless `replace` is said. */
  writePasswords(passwords: Partial<Passwords>, options?: {readonly replace?: boolean}): Promise<void>;
  /** Beside the passwords; null: none is remembered. */
  rememberSystemIdentifier(identifier: string | null): Promise<void>;
  deleteSecret(): Promise<void>;
}
