// recover: goes on with what was interrupted, from what the release or the operation's Lease says was wanted.
import {randomBytes} from 'node:crypto';
import {cause, UserError} from '../cause.ts';
import {fromValues} from '../chart/values.ts';
import {commandLine} from '../helm/command-line.ts';
import {toTheSecond} from '../instant.ts';
import {ours} from '../observation/checks/words.ts';
import {isChange} from '../observation/snapshot.ts';
import {change} from '../operations/change.ts';
import {install} from '../operations/install.ts';
import {heldIn, ownershipRefusal} from '../operations/ownership.ts';
import {uninstall} from '../operations/uninstall.ts';
import {answersFrom} from '../parameters/resolve.ts';
import {chartGiven} from './change-release.ts';
import type {Run} from './command.ts';
import {ask, mayAsk} from './confirm.ts';
import {drive} from './drive.ts';
import {findChart} from './install.ts';
import {notFound, openSession, timeoutOf} from './session.ts';

export const runRecover: Run = async (invocation) => {
  mayAsk(invocation);
  const timeoutMs = timeoutOf(invocation.options);
  const session = await openSession(invocation);
  const {target, world} = session;
  const seen = await world.look();
  const {operation, release} = seen;
  const record = (revision: number) => world.record(revision);
  const foreign = await ownershipRefusal(heldIn(seen), record, chartGiven(invocation));
  if (foreign) throw new UserError(foreign);
  const newest = release.revisions.at(-1);
  const parameters = (release.values ? fromValues(release.values) : null) ?? operation?.wanted?.parameters ?? null;
  const command = commandLine('pg-helm-install', [
    'recover',
    target.release,
    '--context',
    target.context,
    '--namespace',
    target.namespace,
    '--yes',
  ]);
  const confirm = async (what: string) => {
    if (invocation.options['yes'] !== true) {
      const by = operation
        ? `begun by ${operation.holder.split('/')[0] || 'somebody'} at ${toTheSecond(operation.startedAt)}`
        : 'begun by another helm';
      invocation.stdout.write(
        newest
          ? `Revision ${newest.revision} is ${newest.status} since ${newest.updatedAt === null ? 'unknown' : toTheSecond(newest.updatedAt)}, ${by}.\n`
          : `An operation was ${by}.\n`,
      );
    }
    return ask(invocation, what);
  };

  if (operation?.kind === 'uninstall') {
    // Whoever asked for a dump first does not want it removed without one.
    const dumpTo = operation.dumpTo ?? null;
    const question = `Go on with removing ${target.release}? Its data stays${dumpTo === null ? '' : `, and it is dumped to ${dumpTo} first`}.`;
    const request = {deleteData: false, dumpTo, dryRun: false, timeoutMs, command, confirm: () => confirm(question)};
    return drive(invocation, uninstall(request, world, invocation.signal));
  }
  if (!newest && !operation) throw notFound(target);
  if (newest && operation?.wanted && isChange(operation.kind)) {
    const {kind, wanted} = operation;
    return drive(
      invocation,
      change(
        {
          operation: 'recover',
          kind,
          parameters: wanted.parameters,
          ...(wanted.description === undefined ? {} : {description: wanted.description}),
          chart: await findChart(invocation, session.helmProgram, wanted.chart),
          // Data goes only where somebody names it anew.
          deleteVolumes: false,
          dryRun: false,
          timeoutMs,
          command,
          before: null,
          confirm:
            invocation.options['yes'] === true
              ? null
              : () => confirm(`Go on with the ${kind} of ${target.release} in ${target.namespace}?`),
        },
        world,
        invocation.signal,
      ),
    );
  }
  if (!parameters) {
    throw new UserError(
      cause('NOT_OURS', `What is wanted of ${target.release} is not known: no release says so, and no operation.`, {
        remedies: [{title: 'Install it, with the parameters that are wanted', command: ours('install', target)}],
      }),
    );
  }
  const wantedChart = operation?.wanted?.chart;
  const version = newest?.chartVersion || wantedChart?.version;
  const chart = await findChart(invocation, session.helmProgram, {
    ...(wantedChart ? {source: wantedChart.source} : {}),
    ...(version ? {version} : {}),
  });
  return drive(
    invocation,
    install(
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
      world,
      invocation.signal,
    ),
  );
};
