// What stays in the terminal's history when the screens are left: at most 12 lines. Pure.
import {operationNoun} from '../../../commands/operation-words.ts';
import {isGoodEnd} from '../../../core/outcome.ts';
import {objectNames, ownNames} from '../../../chart/names.ts';
import {secretKeys} from '../../../chart/secret-keys.ts';
import type {Status} from '../../../client/questions/status.ts';
import {reachOf} from '../../../client/reachable-commands.ts';
import {plain} from '../../../observation/text/plain-text.ts';
import type {Result} from '../../../plan/progress.ts';
import type {ExitSummary} from '../../../tui/exit-summary.ts';
import {ledgerLines} from '../../../plan/ledger-text.ts';
import {render} from '../../../commands/command-line.ts';
import {endpointLines, readPassword, statusCommand} from './endpoint-lines.ts';
import type {Painter} from '../../../core/signs.ts';

const maxLines = 12;

/** `reach` makes a command reach the same cluster. */
export function exitSummaryLines(
  {status, result, left, context}: ExitSummary,
  paint: Painter,
  reach: (command: string) => string,
): string[] {
  const named = reachOf({options: {}}, context) ?? String;
  const lines = left ? leftLines(left) : result ? resultLines(result, paint) : status ? statusLines(status, paint) : [];
  return lines.slice(0, maxLines).map((line) =>
    plain(line)
      .replaceAll('\n', ' ')
      .replace(/(?:pg-helm-install|kubectl) .*/, (command) => reach(named(command))),
  );
}

function statusLines(status: Status, paint: Painter): string[] {
  // Inside the cluster the short name is enough, and the line fits into 80 columns.
  const lines = endpointLines({...status, release: status.name}, paint).map((line) =>
    line.replace('.svc.cluster.local', ''),
  );
  return [`${status.name} in ${status.namespace} is ${status.state}.`, ...lines];
}

function leftLines({kind, release, namespace, goesOn}: NonNullable<ExitSummary['left']>): string[] {
  const place = `${release} in ${namespace}`;
  const work = kind === 'recover' ? 'work on' : `${operationNoun(kind)} of`;
  if (goesOn === 'from the start') return [`The ${work} ${place} was left before it changed anything.`];
  const {secret} = objectNames(ownNames(release));
  return [
    goesOn === 'here'
      ? `The ${work} ${place} pauses. It goes on with:`
      : `${place} goes on starting in the cluster. See how far it is with:`,
    goesOn === 'here'
      ? `  ${render({kind: 'recover', release, namespace, context: null})}`
      : `  ${statusCommand(release, namespace, true)}`,
    ...(kind === 'uninstall'
      ? []
      : [
          '',
          `  secret    ${secret}, key ${secretKeys.user}`,
          `  password  ${readPassword(namespace, secret, secretKeys.user)}`,
        ]),
    ...(goesOn === 'here' ? [`  status    ${statusCommand(release, namespace)}`] : []),
  ];
}

function resultLines(
  {operation, outcome, release, namespace, cause, files, ledger = []}: Result,
  paint: Painter,
): string[] {
  const good = isGoodEnd({outcome, files});
  const head = good
    ? `${paint.sign('done')} ${release} in ${namespace}: ${operation} done.`
    : `${paint.sign('failed')} ${release} in ${namespace}: ${operation} ${outcome}${cause ? `, ${cause.code}` : ''}.`;
  const kept = ledgerLines(ledger);
  const remedies = (cause?.remedies ?? [])
    .slice(0, 3)
    .flatMap(({title, command}) => [`  ${paint.dot} ${title}`, ...(command ? [`    ${command}`] : [])]);
  const more = kept.length > 9 ? [...kept.slice(0, 8), `  and ${kept.length - 8} more`] : kept;
  const status = good || release === null ? [] : [`  status    ${statusCommand(release, namespace)}`];
  return [
    head,
    ...(cause ? [`  ${cause.message}`, ...cause.evidence.slice(0, 1).map((line) => `  ${line}`), ...remedies] : []),
    ...(files ?? []).map(({path}) => `  ${path}`),
    ...more,
    ...status,
  ];
}
