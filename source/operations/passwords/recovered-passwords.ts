// Finds passwords that the Secret of a running database lacks in the files of its pods, and proves each by a login.
import type {Cause} from '../../core/cause.ts';
import {objectNames, replicationUser} from '../../chart/names.ts';
import {secretKeysOf, type SecretKeys} from '../../chart/secret-keys.ts';
import {listed} from '../../observation/checks/messages.ts';
import {passwordsLost} from '../../observation/causes/secret-malformed.ts';
import type {Target} from '../../observation/snapshot.ts';
import type {DatabasePort, MountedPasswords} from '../ports/database.ts';
import type {Scope} from '../ports/index.ts';
import type {Passwords, SecretPort} from '../ports/secret.ts';

/** Clear text: goes into the Secret, nowhere else. */
export interface RecoveredPasswords {
  readonly isGone: boolean;
  /** Passwords of keys that the Secret lacks. */
  readonly missing: Partial<Passwords>;
  /** Passwords of keys under which the Secret has one that the database refuses. */
  readonly refused: Partial<Passwords>;
  /** What is missing and can be found nowhere; null: nothing is. */
  readonly lost: Lost | null;
}

interface Lost {
  readonly roles: readonly Role[];
  readonly username: string;
  /** Whether the database takes the administrator's password that is known. */
  readonly adminIsProven: boolean;
  /** What was looked at and was not it, without a password. */
  readonly found: readonly string[];
}

type Role = keyof Passwords;
const roles: readonly Role[] = ['admin', 'user', 'replication'];

interface RecoveryRequest {
  readonly username: string;
  /**
   * Whether a stored password that the database refuses is replaced too, where a pod has one that the database takes.
   */
  readonly replaces: boolean;
}

/**
 * Reads the files at once, because the kubelet removes the file of a deleted key within about a minute. What is found
 * is worth writing although something else is lost. Changes nothing.
 */
export async function recoverPasswords(
  ports: SecretPort & DatabasePort & Scope,
  {username, replaces}: RecoveryRequest,
): Promise<RecoveredPasswords> {
  const inSecret = await ports.storedPasswords();
  const stored = inSecret ?? {};
  const usernames: Passwords = {admin: 'postgres', user: username, replication: replicationUser};
  const gone = roles.filter((role) => stored[role] === undefined);
  const there = roles.filter((role) => !gone.includes(role));
  if (gone.length === 0 && !replaces) return nothing;
  const files = gone.length > 0 ? await ports.mountedPasswords() : null;
  const wrong = replaces ? await refusedOf(ports, there, usernames, stored) : [];
  if (gone.length + wrong.length === 0) return nothing;
  const search = new Search(
    ports,
    secretKeysOf(ports.target),
    usernames,
    stored,
    files ?? (await ports.mountedPasswords()),
  );
  const missing = await search.all(gone);
  const lost = gone.filter((role) => missing[role] === undefined);
  const found = search.evidence();
  const refused = await search.all(wrong);
  const recovered = {isGone: inSecret === null, missing, refused};
  if (lost.length === 0) return {...recovered, lost: null};
  const adminIsProven = await isTaken(ports, usernames.admin, missing.admin ?? refused.admin ?? stored.admin);
  return {...recovered, lost: {roles: lost, username, adminIsProven, found}};
}

async function isTaken(database: DatabasePort, username: string, password: string | undefined): Promise<boolean> {
  return password !== undefined && (await database.tryLogin({username, password})).is === 'right';
}

/** The roles whose stored password the database refuses. */
async function refusedOf(
  database: DatabasePort,
  asked: readonly Role[],
  usernames: Passwords,
  stored: Partial<Passwords>,
): Promise<readonly Role[]> {
  const answers = await Promise.all(
    asked.map((role) => database.tryLogin({username: usernames[role], password: stored[role] ?? ''})),
  );
  return asked.filter((_, index) => answers[index]?.is === 'wrong');
}

const nothing: RecoveredPasswords = {isGone: false, missing: {}, refused: {}, lost: null};

/** Finds, among all candidates for a password, the one that the database takes. */
class Search {
  private readonly found: string[] = [];

  constructor(
    private readonly database: DatabasePort,
    private readonly keys: SecretKeys,
    private readonly usernames: Passwords,
    private readonly stored: Partial<Passwords>,
    private readonly mounted: readonly MountedPasswords[],
  ) {
    if (mounted.length === 0) this.found.push('no pod of the database runs');
    for (const {pod, failure} of mounted) if (failure !== null) this.found.push(`${pod}: ${failure}`);
  }

  /** What was looked at and was not it, without a password. */
  evidence(): readonly string[] {
    return [...new Set(this.found)];
  }

  /** The passwords that were found and proven, without those that are nowhere. */
  async all(desired: readonly Role[]): Promise<Partial<Passwords>> {
    const proven = await Promise.all(desired.map(async (role) => [role, await this.proven(role)] as const));
    return Object.fromEntries(proven.filter(([, password]) => password !== null));
  }

  private async proven(role: Role): Promise<string | null> {
    const candidates = this.candidates(role);
    if (candidates.size === 0) this.found.push(`no pod has a file of ${this.keys[role]}`);
    for (const password of candidates) {
      const {is, text} = await this.database.tryLogin({username: this.usernames[role], password});
      if (is === 'right') return password;
      this.found.push(`${this.keys[role]}: ${is === 'wrong' ? 'the database refuses what a pod has' : text}`);
    }
    return null;
  }

  /** The user may be the administrator: the file of either has its password then. */
  private candidates(role: Role): ReadonlySet<string> {
    const twins = roles.filter((other) => this.usernames[other] === this.usernames[role]);
    const known = twins.flatMap((twin) => [
      ...(this.stored[twin] === undefined ? [] : [this.stored[twin]]),
      ...this.mounted.flatMap((files) => files[twin]),
    ]);
    return new Set(known.filter((password) => password !== this.stored[role]));
  }
}

/** Whether there is nothing to write. */
export function isEmpty({missing, refused}: RecoveredPasswords): boolean {
  return Object.keys(missing).length === 0 && Object.keys(refused).length === 0;
}

/** `isWritten`: what was found is in the Secret by now. @returns null where nothing is lost */
export function lostCause(
  target: Target,
  {isGone, missing, lost}: RecoveredPasswords,
  {isWritten}: {readonly isWritten: boolean},
): Cause | null {
  if (lost === null) return null;
  const {username, adminIsProven, found} = lost;
  const keys = secretKeysOf(target);
  const saved = Object.keys(missing).map((role) => keys[role as Role]);
  const wrote = isWritten && saved.length > 0;
  return passwordsLost(target, {
    isGone: isGone && !wrote,
    lost: lost.roles.map((role) => keys[role]),
    saved: {keys: saved, isWritten: wrote},
    newFor: adminIsProven && (isWritten || missing.admin === undefined) ? username : null,
    found,
  });
}

/** Adds what is missing, and touches nothing else but what the database refuses. @returns what was done */
export async function writeRecovered(ports: SecretPort & Scope, recovered: RecoveredPasswords): Promise<string> {
  if (Object.keys(recovered.missing).length > 0) await ports.writePasswords(recovered.missing);
  if (Object.keys(recovered.refused).length > 0) await ports.writePasswords(recovered.refused, {replace: true});
  return recoverySentences(ports.target, recovered).done;
}

/** What is going to be done, and what was. */
export function recoverySentences(
  target: Target,
  {isGone, missing, refused, lost}: RecoveredPasswords,
): {readonly plan: string; readonly done: string} {
  const {secret} = objectNames(target);
  const keys = secretKeysOf(target);
  const keysOf = (passwords: Partial<Passwords>) =>
    listed(roles.flatMap((role) => (passwords[role] === undefined ? [] : [keys[role]])));
  const but = lost === null ? '' : `, but for ${listed(lost.roles.map((role) => keys[role]))},`;
  const from = 'from the files that the pods mount, each proven by a login';
  const what = [
    ...(Object.keys(missing).length === 0 ? [] : [isGone ? 'was gone' : `had nothing under ${keysOf(missing)}`]),
    ...(Object.keys(refused).length === 0
      ? []
      : [`had under ${keysOf(refused)} another password than the database takes`]),
  ].join(', and ');
  const rest = isGone ? '' : ' What else is in it stays as it is.';
  const now = what.replaceAll(/\b(was|had)\b/g, (word) => (word === 'was' ? 'is' : 'has'));
  return {
    plan: `The Secret ${secret} ${now}: it is restored${but} ${from}.${rest}`,
    done: `The Secret ${secret} ${what}. It was restored${but} ${from}.`,
  };
}
