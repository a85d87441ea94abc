// A rotation of passwords as the Secret shows it: what is begun, and what others must not do meanwhile.
import {cause, type Cause} from '../core/cause.ts';
import {releaseRef} from '../commands/operation.ts';
import {propose} from '../commands/command-line.ts';
import {nextKey, passwordKeysOf, previousKey} from '../chart/secret-keys.ts';
import {objectNames} from '../chart/names.ts';
import {toTheSecond} from '../core/time.ts';
import {listed, object} from './checks/messages.ts';
import type {PasswordOf, Snapshot} from './snapshot.ts';

export const passwordsOf: readonly PasswordOf[] = ['user', 'admin', 'replication', 'metrics'];

interface Rotation {
  /** Passwords whose new value the database may take already, while clients are still told the earlier one. */
  readonly next: readonly PasswordOf[];
  /** Passwords whose new value clients are told, while the earlier one is not proven to be refused yet. */
  readonly previous: readonly PasswordOf[];
}

export function rotationIn({secret, target}: Pick<Snapshot, 'secret' | 'target'>): Rotation {
  const [keys, named] = [secret?.keys ?? [], passwordKeysOf(target)];
  return {
    next: passwordsOf.filter((one) => keys.includes(nextKey(named[one]))),
    previous: passwordsOf.filter((one) => keys.includes(previousKey(named[one]))),
  };
}

/** Whether nobody knows which password the database takes: the one that clients are told, or the next one. */
export function isBetweenPasswords(snapshot: Pick<Snapshot, 'secret' | 'target'>): boolean {
  return rotationIn(snapshot).next.length > 0;
}

/** Nobody carries the rotation on. Until then nothing else may begin: it could start pods with the wrong password. */
export function rotationPauses({secret, target, operation}: Pick<Snapshot, 'secret' | 'target' | 'operation'>): Cause {
  const {next, previous} = rotationIn({secret, target});
  const name = objectNames(target).secret;
  const since = secret?.rotation ? ` at ${toTheSecond(secret.rotation)}` : '';
  const where =
    next.length > 0
      ? `The database may take the new ones already, which the Secret ${name} has under ` +
        `${listed(next.map((one) => nextKey(passwordKeysOf(target)[one])))}.`
      : previous.length > 0
        ? 'The Secret has the new ones; whether the earlier ones are refused everywhere was not proven yet.'
        : 'It may have come to its end, which was not recorded.';
  return cause(
    'RELEASE_LOCKED',
    `A rotation of passwords of ${target.release} was begun${since} and not finished. ${where}`,
    {
      object: object('Secret', target, name),
      firstSeen: secret?.rotation ?? operation?.startedAt ?? null,
      remedies: [propose('Finish it: no password is lost', {kind: 'recover', ...releaseRef(target)})],
    },
  );
}
