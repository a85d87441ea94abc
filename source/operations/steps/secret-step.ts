// The Secret with the passwords: new ones for a new database; for an existing one, only passwords that it has proven.
import {UserError, cause} from '../../core/cause.ts';
import {claimNames, objectNames} from '../../chart/names.ts';
import {missingKeys} from '../../observation/checks/collisions.ts';
import {object} from '../../observation/checks/messages.ts';
import {isNeverMade} from '../../observation/no-database-yet.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Step} from '../converge.ts';
import {forgetIdentifier} from '../remember-identifier.ts';
import {
  isEmpty,
  lostCause,
  recoverPasswords,
  writeRecovered,
  type RecoveredPasswords,
} from '../passwords/recovered-passwords.ts';
import type {DatabasePort} from '../ports/database.ts';
import type {Scope} from '../ports/index.ts';
import type {Passwords, SecretPort} from '../ports/secret.ts';

export interface DesiredSecret {
  readonly username: string;
  /** New passwords, for a database that was never made. */
  readonly fresh: () => Passwords;
  /** What was found and proven at the beginning; null once it is written, and where nothing was missing. */
  recovered: RecoveredPasswords | null;
  /** Whether the new passwords replace those that are there; false once they have. */
  replaces: boolean;
  /** Whether the Secret remembers a database that no longer exists; false once that is forgotten. */
  forgets?: boolean;
}

interface Desired {
  readonly readReplicaCount: number;
  readonly secret: DesiredSecret;
}

export const secret: Step<Desired> = {
  name: 'secret',
  heals: 'SECRET_MALFORMED',
  done: (snapshot, {secret: {recovered, replaces, forgets}}) =>
    isWhole(snapshot) && recovered === null && !replaces && forgets !== true,
  async run(ports, {secret: desired, readReplicaCount}, snapshot) {
    if (desired.forgets === true) {
      await forgetIdentifier(ports);
      desired.forgets = false;
      if (isWhole(snapshot) && !desired.replaces) return null;
    }
    if (isMade(snapshot, readReplicaCount)) return restore(ports, desired, snapshot);
    await ports.writePasswords(desired.fresh(), {replace: snapshot.secret !== null});
    desired.replaces = false;
    return null;
  },
};

function isWhole({secret: found, target}: Snapshot): boolean {
  return missingKeys(found?.keys ?? [], target).length === 0;
}

/** Whether there may be a database, which keeps the passwords that it was made with, whatever the Secret says. */
function isMade(snapshot: Snapshot, readers: number): boolean {
  if (isNeverMade(snapshot)) return false;
  const {release, statefulSets, pods, claims, target} = snapshot;
  const taken = claimNames(target, readers);
  return (
    release.revisions.length > 0 ||
    statefulSets.length > 0 ||
    pods.length > 0 ||
    claims.some(({metadata}) => taken.includes(metadata.name))
  );
}

/** @throws UserError where the database would not take what could be written */
async function restore(
  ports: SecretPort & DatabasePort & Scope,
  desired: DesiredSecret,
  snapshot: Snapshot,
): Promise<string | null> {
  const {target} = snapshot;
  if (desired.replaces)
    throw new UserError(
      cause(
        'RELEASE_LOCKED',
        `Somebody made ${target.release} meanwhile, with another password than the one given. Its Secret was ` +
          'left as it is.',
        {
          object: object('Secret', target, objectNames(target).secret),
          remedies: [{title: 'Run the same command again: it starts from what is there now', again: true}],
        },
      ),
    );
  const recovered = desired.recovered ?? (await recoverPasswords(ports, {username: desired.username, replaces: false}));
  const note = isEmpty(recovered) ? null : await writeRecovered(ports, recovered);
  const lost = lostCause(target, recovered, {isWritten: true});
  if (lost) throw new UserError(lost);
  desired.recovered = null;
  return note;
}
