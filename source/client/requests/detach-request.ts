// The request to take a database out of the release of an application, as a command makes it.
import {objectNames} from '../../chart/names.ts';
import {renderForScript} from '../../commands/command-line.ts';
import type {OperationOf} from '../../commands/operation.ts';
import type {DetachRequest} from '../../operations/adoption/detach.ts';
import type {Ports} from '../../operations/ports/index.ts';
import {createAdapters} from '../adapters/index.ts';
import {accessOf, chartFlags} from '../cluster-flags.ts';
import {helmOnce} from '../helm-once.ts';
import {findChart} from './install-request.ts';
import type {Session} from '../session.ts';
import {timeoutOf, type Settings} from '../settings.ts';

/** `ports` are of the release that the database becomes. @throws UserError as the chart is found */
export async function detachRequest(
  settings: Settings,
  {target, ports: portsOfParent, connection, helmProgram}: Session,
  asked: OperationOf<'adopt'>,
  how: Pick<DetachRequest, 'dryRun' | 'confirm'>,
): Promise<{readonly request: DetachRequest; readonly ports: Ports}> {
  const {context, namespace} = target;
  const [seen, chart] = await Promise.all([portsOfParent.subChart(target.release), findChart(settings, helmProgram)]);
  const release = seen?.release ?? objectNames(target).writer;
  const ports = createAdapters(connection, helmOnce(settings).commands, {
    context,
    namespace,
    release,
    fullname: release,
  });
  const request: DetachRequest = {
    ...how,
    parent: target,
    seen,
    chart,
    timeoutMs: timeoutOf(settings.options),
    command: renderForScript({...asked, ...target}, accessOf(settings), chartFlags(settings, chart.source)),
  };
  return {request, ports};
}
