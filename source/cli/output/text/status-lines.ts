// The state of a release as lines.
import type {Status} from '../../../client/questions/status.ts';
import {render} from '../../../commands/command-line.ts';
import {warningsBeside} from '../../../core/cause.ts';
import {toTheSecond} from '../../../core/time.ts';
import {backupText} from '../../../observation/text/backup-text.ts';
import {keptText} from '../../../observation/role/kept-volumes.ts';
import {plainly} from '../../../observation/text/plain-text.ts';
import {roleMoveText} from '../../../observation/role/role-moves.ts';
import {formatBytes} from '../../../parameters/quantity.ts';
import {endpointLines} from './endpoint-lines.ts';
import {broughtTexts, indented, madeText} from './origin-lines.ts';
import {causeLines} from './text-reporter.ts';
import {lookOf, painter} from '../../../core/signs.ts';

/** `now`: milliseconds since the epoch, by the cluster's clock. `reach` makes a command reach the same cluster. */
export function statusLines(told: Status, now: number, reach: (command: string) => string): string[] {
  const status = plainly(told);
  const paint = painter(lookOf(process.env, process.stdout.isTTY === true, process.argv.includes('--no-color')));
  const signOf = {
    ready: 'done',
    progressing: 'running',
    degraded: 'warning',
    broken: 'failed',
    stuck: 'failed',
  } as const;
  const sizes = status.claims.map(({capacityBytes, requestedBytes}) => capacityBytes ?? requestedBytes ?? 0);
  const readyPods = status.pods.filter(({ready}) => ready).length;
  const desiredPods = status.writer.wanted + status.readers.wanted;
  const about = [
    status.context,
    `chart ${status.chartVersion}`,
    `PostgreSQL ${status.postgresVersion ?? '?'}`,
    ...(status.revision > 0 ? [`revision ${status.revision}`] : []),
  ];
  const distinctSizes = [...new Set(sizes.map(formatBytes))].join(', ');
  const spare =
    `${status.spareClaims.length} that no reader uses ` +
    `(scale --read-replicas ${status.readers.wanted} --delete-volumes)`;
  return [
    `${paint.sign(signOf[status.state])} ${paint.bold(`${status.name} in ${status.namespace}`)} is ${status.state}` +
      paint.dim(`   ${about.join(` ${paint.dot} `)}`),
    ...(status.state === 'ready'
      ? []
      : status.tracks.map(({track, state, text}) => `  ${paint.sign(state)} ${track.padEnd(10)} ${text}`)),
    ...operationLines(status.operation),
    ...foreignLines(status, reach),
    ...steeringLines(status),
    ...(status.cause ? ['', ...causeLines(status.cause, paint)] : []),
    ...endpointLines({...status, release: status.name}, paint, reach),
    '',
    `  pods     ${readyPods} of ${desiredPods} ready`,
    ...status.pods.map(
      ({name, role, node, ready, restarts}) =>
        `           ${paint.sign(ready ? 'done' : 'waiting')} ${name}  ${role} on ` +
        `${node ?? 'no node yet'}${restarts > 0 ? `, ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}` : ''}`,
    ),
    `  volumes  ${status.claims.length}${sizes.length > 0 ? ` x ${distinctSizes}` : ''}` +
      `${status.spareClaims.length > 0 ? `, and ${spare}` : ''}`,
    ...status.roleMoves.slice(-1).map((move) => `  role     ${toTheSecond(move.at)} ${roleMoveText(move)}`),
    ...keptLines(status, reach),
    ...(status.backup ? [`  backup   ${backupText(status.backup, now)}`] : []),
    ...warningsBeside(status.cause ? [status.cause] : [], status.warnings).map(
      ({message}) => `${paint.sign('warning')} ${message}`,
    ),
  ];
}

/** The volumes of earlier writers. The commands that open and remove them are long, and doctor shows them. */
function keptLines({keptVolumes = [], name, namespace}: Status, reach: (command: string) => string): string[] {
  if (keptVolumes.length === 0) return [];
  const what = keptVolumes.length === 1 ? 'it' : 'them';
  const doctor = reach(render({kind: 'doctor', release: name, namespace, context: null}));
  return [
    ...keptVolumes.map((kept) => `  kept     ${keptText(kept)}`),
    `           how to look into ${what}, and to remove ${what}: ${doctor}`,
  ];
}

/** About a release that is not ours: what it is, and what an adoption would bring. */
function foreignLines(status: Status, reach: (command: string) => string): string[] {
  const {managedBy, steeredBy, name, namespace, state, endpoints, memoryAsked = null} = status;
  if (managedBy === 'pg-helm-install') return [];
  const origin = {...status, madeBy: managedBy, memoryAsked};
  return [
    `  ${madeText(origin)}`,
    ...(state === 'ready' && endpoints?.writer.proven !== true
      ? indented(['its pods are ready; whether its database answers a query was not asked'])
      : []),
    ...(steeredBy === null ? indented(broughtTexts(origin, {release: name, namespace}, reach)) : []),
  ];
}

/** About a release of ours that somebody else applies. */
function steeringLines({managedBy, steeredBy, steeredFrom}: Status): string[] {
  if (managedBy !== 'pg-helm-install' || steeredBy === null) return [];
  const from = steeredFrom === undefined ? '' : ` (${steeredFrom})`;
  return [`  steered  by ${steeredBy}${from}: a change is written as files, with --to`];
}

function restOfMove(kind: string): string {
  return kind === 'switchover' ? ', and with it the resize ends' : ", and moves the writer's role in the end";
}

function operationLines(operation: Status['operation']): string[] {
  if (!operation) return [];
  const {kind, holder, alive, startedAt, renewedAt, movesRole} = operation;
  const who = holder.split('/')[0] || 'nobody now';
  const how = alive
    ? `${who} is at it since ${toTheSecond(startedAt)}`
    : `begun at ${toTheSecond(startedAt)} and interrupted at ${toTheSecond(renewedAt)}: recover goes on` +
      (movesRole ? restOfMove(kind) : '');
  return [`  ${kind.padEnd(8)} ${how}`];
}
