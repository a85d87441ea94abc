// New passwords as they are chosen: the state of its screen, what it asks for, its entry in the menu. Pure.
import type {Status} from '../../../client/status.ts';
import type {AskedOf, PasswordRole} from '../../../commands/operation.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';
import {metricsUser} from '../../../parameters/identifiers.ts';

export interface PasswordState {
  readonly name: 'password';
  readonly role: PasswordRole;
}

/** Null: helm installed it, not we. */
export function passwordEntry({parameters}: Status): ScreenEntry<PasswordState> | null {
  return parameters && {key: 'p', label: 'new password', does: {show: {name: 'password', role: 'app'}}};
}

/** One is made up: a person who has one of their own gives it to the command, from a file or standard input. */
export function passwordAsked({role}: PasswordState): AskedOf<'rotate-password'> {
  return {kind: 'rotate-password', role};
}

/** A plan is for one key: with another one it is void. */
export function passwordKeyOf({role}: PasswordState): string {
  return `password ${role}`;
}

/** Each with whose password it is. */
export function rolesOf(status: Status | null): readonly {readonly role: PasswordRole; readonly whose: string}[] {
  return [
    {role: 'app', whose: `${status?.parameters?.username ?? 'the user'}, as whom applications log in`},
    {role: 'admin', whose: 'postgres, the superuser'},
    {role: 'replication', whose: 'repl_user, with which readers stream'},
    ...(status?.parameters && status.parameters.metrics !== 'off'
      ? [{role: 'metrics' as const, whose: `${metricsUser}, as whom the exporters log in`}]
      : []),
    {role: 'all', whose: 'each of them'},
  ];
}
