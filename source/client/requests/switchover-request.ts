// The request for a switchover, as a command or a screen makes it.
import {renderForScript} from '../../commands/command-line.ts';
import type {RequestOf} from '../../commands/operation.ts';
import type {MoveRole} from '../../operations/change/move-role-after.ts';
import {switchover, type SwitchoverRequest} from '../../operations/role/switchover.ts';
import {accessOf} from '../cluster-flags.ts';
import {requireRelease} from '../questions/existing-release.ts';
import {timeoutOf, type ReleaseSession, type Settings} from '../settings.ts';

/** @throws UserError RELEASE_NOT_FOUND, FORBIDDEN */
export async function switchoverRequest(
  settings: Settings,
  {target, ports}: ReleaseSession,
  {to, awayFromNode}: RequestOf<'switchover'>,
  how: Pick<SwitchoverRequest, 'dryRun' | 'confirm'>,
): Promise<SwitchoverRequest> {
  const asked = {to, ...(awayFromNode === undefined ? {} : {awayFromNode})};
  return {
    ...how,
    operation: 'switchover',
    ...asked,
    before: requireRelease(await ports.look()),
    timeoutMs: timeoutOf(settings.options),
    command: renderForScript({kind: 'switchover', ...target, ...asked}, accessOf(settings)),
  };
}

/** Moves the role to the reader that is closest by then: the second half of a change. */
export function moveRoleOf(settings: Settings, session: ReleaseSession, signal: AbortSignal): MoveRole {
  return async function* (how) {
    const request = await switchoverRequest(settings, session, {kind: 'switchover', to: null}, how);
    return yield* switchover({...request, endsChange: true}, session.ports, signal);
  };
}
