// PGHI_READ_ONLY: with it set, an operator looks at databases and cannot change anything, not even by mistake.
import {cause, UserError} from './cause.ts';

const variable = 'PGHI_READ_ONLY';

/** Set to anything but `0`, `false`, `no` or nothing. */
export function isReadOnly(environment: Readonly<Record<string, string | undefined>>): boolean {
  return !['', '0', 'false', 'no'].includes((environment[variable] ?? '').trim().toLowerCase());
}

/**
 * @param what what would change something, such as `install`
 * @throws UserError READ_ONLY
 */
export function assertNotReadOnly(environment: Readonly<Record<string, string | undefined>>, what: string): void {
  if (!isReadOnly(environment)) return;
  throw new UserError(
    cause('READ_ONLY', `${variable} is set, and ${what} changes something. Nothing was changed.`, {
      remedies: [
        {title: 'See what it would do: add --dry-run, where the command has it'},
        {title: 'Or allow changes in this shell', command: `unset ${variable}`},
      ],
    }),
  );
}
