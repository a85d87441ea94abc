// The Secret with the passwords, which is kept as long as the data.
import type {RoleMove} from '../../observation/role/role-moves.ts';
import type {PasswordOf, WriterPosition} from '../../observation/snapshot.ts';

/** Clear text. Goes to the API server and to PostgreSQL, nowhere else. */
export interface Passwords {
  readonly admin: string;
  readonly user: string;
  readonly replication: string;
}

/** The passwords that change one by one; `metrics` is there only where metrics are on. */
export type ChangingPasswords = Partial<Readonly<Record<PasswordOf, string>>>;

/** A rotation of passwords as the Secret has it. */
export interface StoredRotation {
  /** When the rotation that was written last was begun, ISO 8601; null: there was none. */
  readonly id: string | null;
  /** What clients are told. */
  readonly current: ChangingPasswords;
  /**
   * The passwords that the database is to take, and may take already. Empty: nothing was begun, or clients are told
   * already.
   */
  readonly next: ChangingPasswords;
  /** The passwords that the database took before, kept until it is proven that it no longer does. */
  readonly previous: ChangingPasswords;
  /** The Secret's resourceVersion. */
  readonly version: string;
}

/** A workload of the namespace that takes passwords from the Secret. */
export interface SecretReader {
  /** Such as `Deployment`. */
  readonly kind: string;
  readonly name: string;
  /** `environment`: read when its pods start, and never again; `files`: the kubelet brings a change there. */
  readonly by: 'environment' | 'files';
}

/** The Secret that the chart made before the release was adopted, and that stays for those who read it. */
export interface ChartSecret {
  readonly name: string;
  /** The roles whose passwords it has. */
  readonly roles: readonly PasswordOf[];
  /** Why what is written into it does not last, or cannot be written; null: it lasts. */
  readonly heldBy: string | null;
}

export interface SecretPort {
  /** Null where there is no Secret, or one of the passwords is missing or empty. */
  passwords(): Promise<Passwords | null>;
  /** What the Secret holds, less keys that are empty; null when there is none. */
  storedPasswords(): Promise<Partial<Passwords> | null>;
  /** Gives the Secret what it lacks. A password that is there stays byte for byte, unless `replace` is set. */
  writePasswords(passwords: Partial<Passwords>, options?: {readonly replace?: boolean}): Promise<void>;
  /** Remembers it beside the passwords; null: none is remembered. */
  rememberSystemIdentifier(identifier: string | null): Promise<void>;
  /** Remembers it beside the passwords, once for each move, which its beginning identifies. */
  rememberRoleMove(move: RoleMove): Promise<void>;
  /** Remembers beside the passwords how far the writer had written. */
  rememberWriterPosition(position: WriterPosition): Promise<void>;
  /** Null where there is no Secret. */
  rotation(): Promise<StoredRotation | null>;
  /** Writes the next passwords beside the current ones. Next passwords that are there already stay. */
  writeNext(id: string, next: ChangingPasswords): Promise<void>;
  /**
   * In one write, the next passwords become those that clients are told, and those that they were told become the
   * previous ones.
   */
  promoteNext(seen: StoredRotation): Promise<void>;
  /** Forgets the previous passwords. */
  dropPrevious(): Promise<void>;
  /**
   * The workloads that take passwords from the Secret, without the database's own pods; null: this user may not list
   * pods.
   * @param secret another one than the release's
   */
  secretReaders(secret?: string): Promise<readonly SecretReader[] | null>;
  /** Null where the release was not adopted with a Secret of the chart, or that Secret may not be read. */
  chartSecret(): Promise<ChartSecret | null>;
  /** Gives the chart's Secret these passwords, under the keys that it has. */
  writeChartSecret(passwords: ChangingPasswords): Promise<void>;
  deleteSecret(): Promise<void>;
}
