// A switchover, as a command or a screen asks for it.
import {renderForScript} from '../commands/command-line.ts';
import type {SwitchoverRequest} from '../operations/switchover.ts';
import {accessOf} from './cluster-flags.ts';
import {mustExist} from './existing-release.ts';
import {timeoutOf, type ReleaseSession, type Settings} from './settings.ts';

/** @throws UserError RELEASE_NOT_FOUND, FORBIDDEN */
export async function switchoverRequest(
  settings: Settings,
  {target, ports}: ReleaseSession,
  to: string | null,
  how: Pick<SwitchoverRequest, 'dryRun' | 'confirm'>,
): Promise<SwitchoverRequest> {
  return {
    ...how,
    operation: 'switchover',
    to,
    before: mustExist(await ports.look()),
    timeoutMs: timeoutOf(settings.options),
    command: renderForScript({kind: 'switchover', ...target, to}, accessOf(settings)),
  };
}
