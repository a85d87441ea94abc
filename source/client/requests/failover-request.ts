// The request for a failover, as a command or a screen makes it.
import {renderForScript} from '../../commands/command-line.ts';
import type {OperationOf} from '../../commands/operation.ts';
import {isPlanRead, type FailoverRequest} from '../../operations/role/failover.ts';
import {startAskingWriter, type AskingOfWriter} from '../../operations/role/failover-evidence.ts';
import {accessOf} from '../cluster-flags.ts';
import {requireRelease} from '../questions/existing-release.ts';
import {timeoutOf, type ReleaseSession, type Settings} from '../settings.ts';

/** @throws UserError RELEASE_NOT_FOUND, FORBIDDEN */
export async function failoverRequest(
  settings: Settings,
  {target, ports}: ReleaseSession,
  {to, nodeIsOff}: Pick<OperationOf<'failover'>, 'to' | 'nodeIsOff'>,
  how: Pick<FailoverRequest, 'dryRun' | 'confirm' | 'askedAt'>,
): Promise<FailoverRequest> {
  let asking: AskingOfWriter | null = null;
  const before = requireRelease(
    await ports.look({
      mayLackWriter: true,
      onRead(read) {
        asking = startAskingWriter(read, ports, isPlanRead(how));
      },
    }),
  );
  return {
    ...how,
    operation: 'failover',
    to,
    nodeIsOff,
    before,
    asking,
    timeoutMs: timeoutOf(settings.options),
    command: renderForScript({kind: 'failover', ...target, to, nodeIsOff}, accessOf(settings)),
  };
}
