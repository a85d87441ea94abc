// The Secret with the passwords of a release is gone, or lacks some of them.
import {cause, type Cause, type Remedy} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {managedByUs} from '../../chart/own-marks.ts';
import {objectNames} from '../../chart/names.ts';
import {secretKeysOf} from '../../chart/secret-keys.ts';
import {isOfInstaller} from '../../chart/naming-values.ts';
import {at} from '../../chart/tree.ts';
import {isNeverMade} from '../no-database-yet.ts';
import {missingKeys} from '../checks/collisions.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {listed, object} from '../checks/messages.ts';
import {viewOf} from '../release-view.ts';
import {isDatabaseRunning} from '../pods/pod-template.ts';
import type {Snapshot, Target} from '../snapshot.ts';
import {newPasswords} from './new-password.ts';
import type {FoundCause} from './rule.ts';

/**
 * Certain: nobody but the pods has the passwords, and no endpoint can be proven without them. No step may act either: a
 * pod that goes takes its copy with it.
 */
export function secretMalformed(snapshot: Snapshot): FoundCause | null {
  const missing = missingPasswords(snapshot);
  if (missing.length === 0) return null;
  const {secret, target} = snapshot;
  const {secret: name} = objectNames(target);
  const what =
    secret === null ? `The Secret ${name} is gone` : `The Secret ${name} has nothing under ${listed(missing)}`;
  const runs = snapshot.pods.some(isDatabaseRunning);
  const username = at(snapshot.release.values, ['auth', 'username']);
  const known = runs && typeof username === 'string' && !missing.includes(secretKeysOf(target).admin) ? username : null;
  const message = runs
    ? `${what}. The database still runs with its passwords, and the files that its pods mount are the last copies: ` +
      `${copies(secret === null)}`
    : `${what}, and no pod of the database runs that would still have a copy.`;
  return {
    certain: true,
    endsOperation: true,
    cause: cause('SECRET_MALFORMED', message, {
      object: object('Secret', target, name),
      evidence: [secret === null ? `secrets "${name}" not found` : `keys: ${secret.keys.join(', ') || 'none'}`],
      remedies: [
        ...(runs ? [recovery(target)] : []),
        ...(isNeverMade(snapshot) ? [recreation(target)] : []),
        ...byHand(target, secret === null, missing),
        ...(known === null ? [] : newPasswords(target, known, missing)),
      ],
    }),
  };
}

/**
 * Keys that the Secret of a release of ours lacks or has empty. None where it may not be read, or where the release has
 * its passwords elsewhere.
 */
export function missingPasswords(snapshot: Snapshot): readonly string[] {
  const {release, target, unreadable, secret} = snapshot;
  const {newest} = viewOf(snapshot);
  if (!newest || newest.status === 'uninstalled' || newest.status === 'uninstalling') return [];
  if (unreadable.includes('secrets')) return [];
  if (!isOfInstaller(release.values, target)) return [];
  return missingKeys(secret?.keys ?? [], target);
}

interface LostPasswords {
  readonly isGone: boolean;
  /** Keys of the Secret, as below. */
  readonly lost: readonly string[];
  /** The other missing keys, whose values were found and proven by a login. */
  readonly saved: {readonly keys: readonly string[]; readonly isWritten: boolean};
  /** The application's user, where the Secret has the administrator's password and the database takes it. */
  readonly newFor: string | null;
  /** What was found in the pods, one line each. */
  readonly found: readonly string[];
}

/** The cause when some passwords could not be restored. */
export function passwordsLost(target: Target, {isGone, lost, saved, newFor, found}: LostPasswords): Cause {
  const {secret} = objectNames(target);
  const what = isGone ? `The Secret ${secret} is gone` : `The Secret ${secret} has nothing under ${listed(lost)}`;
  return cause(
    'SECRET_MALFORMED',
    `${what}, and no pod of the database has a copy of ${listed(lost)} that a login proves. No new password is ` +
      `made up: the database would not take it. ${savedSentence(saved)}`,
    {
      object: object('Secret', target, secret),
      evidence: found,
      remedies: [
        ...(saved.keys.length > 0 && !saved.isWritten ? [recovery(target)] : []),
        ...byHand(target, isGone, lost),
        ...(newFor === null ? [] : newPasswords(target, newFor, lost)),
      ],
    },
  );
}

function savedSentence({keys, isWritten}: LostPasswords['saved']): string {
  const verb = keys.length === 1 ? 'was' : 'were';
  if (isWritten) return `${listed(keys)} ${verb} found, and ${verb} written.`;
  return `${keys.length > 0 ? `${listed(keys)} can be restored. ` : ''}Nothing was changed.`;
}

export function recovery(target: Target): Remedy {
  return propose('Restore it from the files of the pods, each proven by a login', {
    kind: 'recover',
    ...releaseRef(target),
  });
}

/** Safe, because no database exists yet that the earlier passwords would belong to. */
function recreation(target: Target): Remedy {
  return propose('Go on with the install: no database was made yet, so that new passwords are made up', {
    kind: 'recover',
    ...releaseRef(target),
  });
}

function copies(isGone: boolean): string {
  return isGone ? 'they go with the pods.' : 'the kubelet takes such a file away within about a minute.';
}

function byHand(target: Target, isGone: boolean, missing: readonly string[]): readonly Remedy[] {
  const {secret} = objectNames(target);
  const all = [...new Set(Object.values(secretKeysOf(target)))];
  const fromFiles = all.map((key) => `--from-file=${key}`);
  const put: Remedy = isGone
    ? {
        title:
          `Where the passwords are kept elsewhere: put each into a file of the name of its key (${listed(all)}, ` +
          'without a line end), and make the Secret of them',
        // Without the label, the Secret would not be deleted together with the data.
        command:
          `${kubectlHere(target, 'create', 'secret', 'generic', secret, ...fromFiles)} && ` +
          kubectlHere(target, 'label', 'secret', secret, `${managedByUs.key}=${managedByUs.value}`),
      }
    : {
        title: `Where the passwords are kept elsewhere: put ${listed(missing)} back, in base64`,
        command: kubectlHere(target, 'edit', 'secret', secret),
      };
  return [put];
}
