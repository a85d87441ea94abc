// The request to bring a release of chart 10 to the chart of today, before it is adopted.
import {readRecorded} from '../../cluster/releases.ts';
import {renderForScript} from '../../commands/command-line.ts';
import type {RequestOf, OperationOf} from '../../commands/operation.ts';
import {memoryAsked} from '../../observation/pods/memory-asked.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {RenewRequest} from '../../operations/adoption/renew-chart.ts';
import {lacksMemoryLimit, refusalAfterRenewal} from '../../plan/adoption.ts';
import {isRenewing, isToRenew, renewalRefusal} from '../../plan/before-chart-11.ts';
import {steeredRefusal} from '../../plan/steered-adoption.ts';
import type {AskMemory} from './adopt-request.ts';
import {translateApiError} from '../adapters/api-errors.ts';
import {accessOf, chartFlags} from '../cluster-flags.ts';
import {findChart} from './install-request.ts';
import type {Session} from '../session.ts';
import {timeoutOf, type Settings} from '../settings.ts';

type How = Pick<RenewRequest, 'dryRun'> &
  Partial<Pick<RenewRequest, 'confirm'>> & {readonly askMemory?: AskMemory | null};

/** Null: it is of a newer chart already, or helm has no record of it. @throws UserError as the chart is found */
export async function renewRequest(
  settings: Settings,
  {target, ports, connection, helmProgram}: Session,
  given: OperationOf<'adopt'>,
  {dryRun, confirm = null, askMemory = null}: How,
): Promise<RenewRequest | null> {
  const newest = (await translateApiError(readRecorded(connection.api, target)))?.revisions.at(-1);
  if (newest === undefined || (newest.status === 'deployed' && !newest.chartVersion.startsWith('10.'))) return null;
  const before = await ports.look();
  if (!isToRenew(before)) return null;
  const asked = await withMemory(before, withRecorded(before, given), askMemory);
  const chart = await findChart(settings, helmProgram);
  return {
    before,
    chart,
    dryRun,
    confirm,
    asked,
    lacking: ({hasMemoryLimit, values}) => {
      // What was begun is ended: until then its pod may have no StatefulSet.
      const refusal = isRenewing(before) ? null : refusalAfterRenewal(before, values);
      return refusal ?? (hasMemoryLimit || asked.sizes.memory !== undefined ? null : lacksMemoryLimit(before, asked));
    },
    timeoutMs: timeoutOf(settings.options),
    command: renderForScript({...asked, ...target}, accessOf(settings), chartFlags(settings, chart.source)),
  };
}

/** What is asked for now; what it does not name is taken from the interrupted run before this one. */
function withRecorded(
  {operation}: Snapshot,
  {sizes, readReplicas, restartsLater}: RequestOf<'adopt'>,
): RequestOf<'adopt'> {
  const recorded = operation?.adopts;
  return {
    kind: 'adopt',
    sizes: {...recorded?.sizes, ...sizes},
    readReplicas: readReplicas ?? recorded?.readReplicas ?? null,
    restartsLater,
  };
}

/** What prevents it comes first: then nobody is asked. */
async function withMemory(
  before: Snapshot,
  asked: RequestOf<'adopt'>,
  askMemory: AskMemory | null,
): Promise<RequestOf<'adopt'>> {
  const lacking = memoryAsked(before);
  if (askMemory === null || lacking === null || asked.sizes.memory !== undefined) return asked;
  if (steeredRefusal(before) ?? renewalRefusal(before)) return asked;
  return {...asked, sizes: {...asked.sizes, memory: await askMemory(lacking)}};
}
