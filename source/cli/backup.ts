// backup: makes one now, lists what there is, proves one, and makes a new release from one.
import {begin} from '../client/requests/begin.ts';
import {listedBackups, assertValidBackupRequest} from '../client/requests/backup-request.ts';
import {backupActions} from '../commands/operation.ts';
import {badInput} from '../core/cause.ts';
import {clock} from '../core/time.ts';
import {backupLines} from '../observation/text/backup-lines.ts';
import type {Invocation, Run} from './command.ts';
import {confirmPlan, assertConfirmable} from './confirm.ts';
import {operationOf} from './operation-of.ts';
import {runToEnd} from './run-to-end.ts';
import {openSession} from './session.ts';

export const runBackup: Run = async (invocation) => {
  const {words, options, signal} = invocation;
  if (words[0] === 'list') return list(invocation);
  const operation = operationOf('backup', invocation);
  const {action, as} = operation;
  assertValidBackupRequest(operation);
  // Only a restore is asked about, because it makes a release: making and proving a backup takes nothing away.
  if (action === 'restore') assertConfirmable(invocation);
  const session = await openSession(invocation);
  const {release, namespace, context} = session.target;
  const question = `Restore it as ${as ?? ''}, a new release beside ${release}, in ${namespace} on ${context}?`;
  const steps = begin({...operation, ...session.target}, invocation, session, {
    dryRun: options['dryRun'] === true,
    password: null,
    signal,
    confirm: action === 'restore' ? confirmPlan(invocation, question) : null,
  });
  return runToEnd(invocation, steps);
};

async function list(invocation: Invocation): Promise<number> {
  if (invocation.words.length > 1)
    throw badInput(`list shows all backups. Use one of ${backupActions.join(', ')} or list.`);
  const session = await openSession(invocation);
  const listing = await listedBackups(session, invocation.signal);
  const {release, namespace} = session.target;
  invocation.reporter.answer({release, namespace, ...listing}, () => backupLines(listing, clock.now()));
  return 0;
}
