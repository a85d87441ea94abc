// recover: goes on with what was interrupted, from what the release or the operation's Lease says was wanted.
import {randomBytes} from 'node:crypto';
import {cause, UserError} from '../core/cause.ts';
import {releaseRef} from '../commands/operation.ts';
import {renderForScript, template} from '../commands/command-line.ts';
import {fromValues} from '../chart/values.ts';
import {toTheSecond} from '../core/time.ts';
import {saidByReaders} from '../observation/causes/reader-below-writer.ts';
import {isChange, type OperationRecord, type Snapshot} from '../observation/snapshot.ts';
import {change} from '../operations/change.ts';
import {install} from '../operations/install.ts';
import {heldIn, ownershipRefusal} from '../operations/ownership.ts';
import type {Progress, Result} from '../operations/progress.ts';
import {restoreSecretFirst, type RestoreRequest} from '../operations/restore-secret.ts';
import {uninstall} from '../operations/uninstall.ts';
import {watchRelease} from '../operations/watch.ts';
import type {Parameters} from '../parameters/parameters.ts';
import {answersFrom} from '../parameters/resolve.ts';
import {chartGiven} from './change-request.ts';
import {accessOf, defaultChart} from './cluster-flags.ts';
import {notFound} from './existing-release.ts';
import {findChart} from './install-request.ts';
import {timeoutOf, type ReleaseSession, type Settings} from './settings.ts';

export interface RecoverOptions {
  /** Restores and goes on only where it says so; null: nobody is asked. `facts`: what was begun, one line. */
  readonly ask: ((question: string, facts: string | null) => Promise<boolean>) | null;
  readonly signal: AbortSignal;
}

/** @throws UserError RELEASE_NOT_FOUND, NOT_OURS, FORBIDDEN, and as the chart is found */
export async function* recover(
  settings: Settings,
  session: ReleaseSession,
  {ask, signal}: RecoverOptions,
): AsyncGenerator<Progress, Result> {
  const timeoutMs = timeoutOf(settings.options);
  const {target, ports} = session;
  const before = await ports.look();
  const {operation, release} = before;
  const record = (revision: number) => ports.record(revision);
  const foreign = await ownershipRefusal(heldIn(before), record, chartGiven(settings));
  if (foreign) throw new UserError(foreign);
  const newest = release.revisions.at(-1);
  const parameters = (release.values ? fromValues(release.values) : null) ?? operation?.wanted?.parameters ?? null;
  const command = renderForScript({kind: 'recover', ...target}, accessOf(settings));
  const confirm = async (question: string) => ask === null || ask(question, factsOf(before));
  const afterSecret = (rest: RestoreRequest['rest']) =>
    restoreSecretFirst(
      {
        before,
        confirm: async (sentence) => ask === null || ask(`${sentence} Restore it?`, null),
        rest,
        limits: {deadline: ports.now() + timeoutMs, signal},
      },
      ports,
    );

  if (operation?.kind === 'uninstall') {
    // Whoever asked for a dump first does not want it removed without one.
    const dumpTo = operation.dumpTo ?? null;
    const question =
      `Go on with removing ${target.release}? Its data ` +
      `stays${dumpTo === null ? '' : `, and it is dumped to ${dumpTo} first`}.`;
    const request = {deleteData: false, dumpTo, dryRun: false, timeoutMs, command, confirm: () => confirm(question)};
    return yield* afterSecret(async () => uninstall(request, ports, signal));
  }
  if (!newest && !operation) throw notFound(target);
  const begun = operation && isChange(operation.kind) ? operation : withoutOperation(before, parameters);
  if (newest && begun?.wanted && isChange(begun.kind)) {
    const {kind, wanted} = begun;
    return yield* afterSecret(async () =>
      change(
        {
          operation: 'recover',
          kind,
          parameters: wanted.parameters,
          ...(wanted.description === undefined ? {} : {description: wanted.description}),
          ...(wanted.rollbackTo === undefined ? {} : {rollbackTo: wanted.rollbackTo}),
          chart: await findChart(settings, session.helmProgram, wanted.chart),
          // Data goes only where somebody names it anew.
          deleteVolumes: false,
          dryRun: false,
          timeoutMs,
          command,
          before: null,
          confirm:
            ask === null ? null : () => confirm(`Go on with the ${kind} of ${target.release} in ${target.namespace}?`),
        },
        ports,
        signal,
      ),
    );
  }
  if (!parameters) {
    throw new UserError(
      cause('NOT_OURS', `What is wanted of ${target.release} is not known: no release says so, and no operation.`, {
        remedies: [
          {
            title: 'Install it, with the parameters that are wanted',
            command: template('install', releaseRef(target), ''),
          },
        ],
      }),
    );
  }
  return yield* afterSecret(async (isRestored) => {
    // The Secret was all that was missing: what is left is to prove it, which takes no chart.
    if (isRestored && newest?.status === 'deployed' && !operation)
      return watchRelease(ports, ports.now() + timeoutMs, signal);
    const wantedChart = operation?.wanted?.chart;
    const version = newest?.chartVersion || wantedChart?.version;
    const chart = await findChart(settings, session.helmProgram, {
      ...(wantedChart ? {source: wantedChart.source} : {}),
      ...(version ? {version} : {}),
    });
    return install(
      {
        operation: 'recover',
        answers: newest ? {} : answersFrom(parameters),
        chart,
        password: null,
        requireEncryption: false,
        dryRun: false,
        timeoutMs,
        random: (count) => randomBytes(count),
        confirm: () => confirm(`Go on with ${target.release} in ${target.namespace}?`),
        commandFor: () => command,
        onResolved: async () => undefined,
      },
      ports,
      signal,
    );
  });
}

/**
 * Where nobody left word of what was begun: readers that do not start below what their writer had are brought up by a
 * change to what the release has already. Null: an install goes on from there.
 */
function withoutOperation(
  snapshot: Snapshot,
  parameters: Parameters | null,
): Pick<OperationRecord, 'kind' | 'wanted'> | null {
  const newest = snapshot.release.revisions.at(-1);
  if (newest?.status !== 'deployed' || !parameters || Object.keys(saidByReaders(snapshot)).length === 0) return null;
  return {kind: 'set', wanted: {parameters, chart: {source: defaultChart.source, version: newest.chartVersion}}};
}

/** What is seen of the operation that was interrupted. */
function factsOf({operation, release}: Snapshot): string {
  const newest = release.revisions.at(-1);
  const by = operation
    ? `begun by ${operation.holder.split('/')[0] || 'somebody'} at ${toTheSecond(operation.startedAt)}`
    : 'begun by another helm';
  if (!newest) return `An operation was ${by}.`;
  const since = newest.updatedAt === null ? 'unknown' : toTheSecond(newest.updatedAt);
  return `Revision ${newest.revision} is ${newest.status} since ${since}, ${by}.`;
}
