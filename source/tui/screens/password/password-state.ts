// Choosing whose password to change: the state of the screen, its request, its entry in the menu. Pure.
import type {Status} from '../../../client/questions/status.ts';
import type {RequestOf, PasswordRole} from '../../../commands/operation.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';
import {metricsUser} from '../../../parameters/identifiers.ts';

export interface PasswordState {
  readonly name: 'password';
  readonly role: PasswordRole;
}

/** Null: plain helm made the release, so it is not ours. */
export function passwordEntry({parameters}: Status): ScreenEntry<PasswordState> | null {
  return parameters && {key: 'p', label: 'new password', does: {show: {name: 'password', role: 'app'}}};
}

/** The password is generated: to set one of their own, people use the command, with a file or standard input. */
export function passwordAsked({role}: PasswordState): RequestOf<'rotate-password'> {
  return {kind: 'rotate-password', role};
}

/** Identifies what a plan is for: with another key the plan is void. */
export function passwordKeyOf({role}: PasswordState): string {
  return `password ${role}`;
}

/** The roles, each with a description of who uses its password. */
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
