// The request to bring a release of chart 10 to the chart of today, before it is adopted.
import {readRecorded} from '../cluster/releases.ts';
import {renderForScript} from '../commands/command-line.ts';
import type {OperationOf} from '../commands/operation.ts';
import type {RenewRequest} from '../operations/renew-chart.ts';
import {lacksMemoryLimit} from '../plan/adoption.ts';
import {isToRenew} from '../plan/before-chart-11.ts';
import {translateApiError} from './adapters/api-errors.ts';
import {accessOf, chartFlags} from './cluster-flags.ts';
import {findChart} from './install-request.ts';
import type {Session} from './session.ts';
import {timeoutOf, type Settings} from './settings.ts';

/** Null: it is of a newer chart already, or helm has no record of it. @throws UserError as the chart is found */
export async function renewRequest(
  settings: Settings,
  {target, ports, connection, helmProgram}: Session,
  asked: OperationOf<'adopt'>,
  {dryRun, confirm = null}: Pick<RenewRequest, 'dryRun'> & Partial<Pick<RenewRequest, 'confirm'>>,
): Promise<RenewRequest | null> {
  const newest = (await translateApiError(readRecorded(connection.api, target)))?.revisions.at(-1);
  if (newest === undefined || (newest.status === 'deployed' && !newest.chartVersion.startsWith('10.'))) return null;
  const before = await ports.look();
  if (!isToRenew(before)) return null;
  const chart = await findChart(settings, helmProgram);
  return {
    ...{before, chart, dryRun, confirm},
    restartsLater: asked.restartsLater,
    lacking: ({hasMemoryLimit}) =>
      hasMemoryLimit || asked.sizes.memory !== undefined ? null : lacksMemoryLimit(before, asked),
    timeoutMs: timeoutOf(settings.options),
    command: renderForScript({...asked, ...target}, accessOf(settings), chartFlags(settings, chart.source)),
  };
}
