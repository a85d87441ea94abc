// The request for a rotation of passwords, as a command or a screen makes it.
import {randomBytes} from 'node:crypto';
import {renderForScript} from '../../commands/command-line.ts';
import type {PasswordRole} from '../../commands/operation.ts';
import {badInput} from '../../core/cause.ts';
import type {RotationRequest} from '../../operations/passwords/rotate-passwords.ts';
import {accessOf} from '../cluster-flags.ts';
import {requireRelease} from '../questions/existing-release.ts';
import {timeoutOf, type ReleaseSession, type Settings} from '../settings.ts';

const whyGenerated = {
  all: 'several roles get one each',
  replication: 'only the readers use it',
  metrics: 'only the exporters use it',
} as const;

/**
 * A given password can only be that of one role, and the readers' is not for anybody to know.
 * @throws UserError BAD_INPUT
 */
export function assertTakesPassword(role: PasswordRole): void {
  if (role === 'app' || role === 'admin') return;
  throw badInput(
    `--role ${role} takes no password: ${whyGenerated[role]}, ` +
      'and it is generated. A password can be given with --role app and --role admin.',
  );
}

/**
 * Clients differ in how they prepare characters beyond ASCII, so a login could fail with the right password.
 * @throws UserError BAD_INPUT, whose message does not hold the password
 */
export function assertAscii(password: string): void {
  if (/^[\x20-\x7e]*$/.test(password)) return;
  throw badInput(
    'The new password has characters that not all clients write in the same way. Use letters without accents, ' +
      'digits, blanks and the signs of ASCII.',
  );
}

/** @throws UserError BAD_INPUT, RELEASE_NOT_FOUND, FORBIDDEN */
export async function rotationRequest(
  settings: Settings,
  {target, ports}: ReleaseSession,
  {role, password}: {readonly role: PasswordRole; readonly password: string | null},
  how: Pick<RotationRequest, 'dryRun' | 'confirm'>,
): Promise<RotationRequest> {
  if (password !== null) {
    assertTakesPassword(role);
    assertAscii(password);
  }
  return {
    ...how,
    operation: 'rotate-password',
    role,
    password,
    random: (count) => randomBytes(count),
    before: requireRelease(await ports.look()),
    timeoutMs: timeoutOf(settings.options),
    command: renderForScript(
      {kind: 'rotate-password', ...target, role},
      accessOf(settings),
      password === null ? [] : ['--password-stdin'],
    ),
  };
}
