// A rotation of passwords as the Secret shows it: what is begun, and what others must not do meanwhile.
import {cause, type Cause} from '../core/cause.ts';
import {releaseRef} from '../commands/operation.ts';
import {propose} from '../commands/command-line.ts';
import {nextKey, objectNames, passwordKeysOf, previousKey} from '../chart/names.ts';
import {toTheSecond} from '../core/time.ts';
import {listed, object} from './checks/messages.ts';
import type {PasswordOf, Snapshot} from './snapshot.ts';

export const passwordsOf: readonly PasswordOf[] = ['user', 'admin', 'replication', 'metrics'];

export interface Rotation {
  /** Those that the database may take already, while clients are told the earlier ones. */
  readonly next: readonly PasswordOf[];
  /** Those that clients are told, and whose earlier ones are not proven to be refused. */
  readonly previous: readonly PasswordOf[];
}

export function rotationIn({secret, target}: Pick<Snapshot, 'secret' | 'target'>): Rotation {
  const [keys, named] = [secret?.keys ?? [], passwordKeysOf(target)];
  return {
    next: passwordsOf.filter((one) => keys.includes(nextKey(named[one]))),
    previous: passwordsOf.filter((one) => keys.includes(previousKey(named[one]))),
  };
}

/** Whether what clients are told may be refused, and what is told next may be refused too: nobody knows which. */
export function isBetweenPasswords(snapshot: Pick<Snapshot, 'secret' | 'target'>): boolean {
  return rotationIn(snapshot).next.length > 0;
}

/** Nobody carries it on: until then nothing else is begun, which could start pods with the wrong password. */
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
