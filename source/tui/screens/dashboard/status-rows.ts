// What the dashboard says of a release, in the rows there are. Pure.
import type {Status} from '../../../client/questions/status.ts';
import {keptText} from '../../../observation/role/kept-volumes.ts';
import {roleMoveText} from '../../../observation/role/role-moves.ts';
import {backupText} from '../../../observation/text/backup-text.ts';
import type {Parameters} from '../../../parameters/parameters.ts';
import {longEndpoints, shortEndpoints} from './endpoint-rows.ts';
import {podLines} from './pod-lines.ts';
import {fitted, ranks, type StatusRow, type Seen} from './row.ts';
import {trendOf} from './trends.ts';
import {problemRows} from './problem-rows.ts';
import {isNarrow} from '../../layout.ts';

/** With fewer rows than this, an endpoint gets one row instead of two. */
const fewRows = 8;
const blank: StatusRow = {rank: ranks.blank, text: ''};

/** At most as many rows as there is room for. They show what is dangerous, or at least how much of it there is. */
export function statusRows(status: Status, seen: Seen): StatusRow[] {
  const isShort = seen.rows < fewRows;
  const endpoints = isShort ? shortEndpoints(status, seen) : longEndpoints(status, seen);
  const password: StatusRow[] =
    seen.revealed === null ? [] : [{rank: ranks.stays, label: 'password', text: seen.revealed}];
  const staying = [...endpoints, ...password].filter(({rank}) => rank === ranks.stays).length;
  const {cause, warnings} = problemRows(status, seen.width, Math.max(1, seen.rows - staying));
  const pods = podRows(status);
  const about = [
    ...endpoints,
    ...userRows(status),
    ...(isShort ? [] : password),
    blank,
    countRow(status, 0),
    ...pods,
    ...restRows(status, seen),
    ...backupRows(status, seen.now),
    ...moveRows(status),
    ...keptRows(status),
  ];
  const rows = isShort
    ? [...password, ...cause, ...warnings, ...about]
    : [...cause, ...(cause.length > 0 ? [blank] : []), ...about, ...warnings];
  const shown = fitted(rows, seen.rows);
  const listed = shown.filter((row) => pods.includes(row)).length;
  return shown.map((row) => (row.label === 'pods' && listed > 0 ? countRow(status, pods.length - listed) : row));
}

function userRows({credentials}: Status): StatusRow[] {
  if (!credentials) return [];
  return [
    {rank: ranks.user, label: 'user', text: `${credentials.username} · database ${credentials.database}`},
    {rank: ranks.user, label: 'secret', text: `${credentials.secret} · key ${credentials.passwordKey}`},
  ];
}

function countRow({pods, writer, readers}: Status, unlisted: number): StatusRow {
  const ready = `${pods.filter((pod) => pod.ready).length} of ${writer.wanted + readers.wanted} ready`;
  return {rank: ranks.pods, label: 'pods', text: unlisted === 0 ? ready : `${ready}, ${unlisted} not listed here`};
}

/** Pods that are well are dropped before those that are not. */
function podRows(status: Status): StatusRow[] {
  const isWell = ({name, ready, role}: Status['pods'][number]) =>
    ready && (role === 'writer' || status.replication.some(({pod, state}) => pod === name && state === 'streaming'));
  const {pods} = status;
  return podLines(status).map((text, at) => ({
    rank: pods[at] && isWell(pods[at]) ? ranks.pod : ranks.sickPod,
    label: '',
    text,
  }));
}

function restRows(
  {claims, spareClaims, storageSize, revision, chartVersion, parameters, state, managedBy, steeredBy}: Status,
  seen: Seen,
): StatusRow[] {
  const fullest = fullestOf(claims);
  const used = seen.moments.map(({used}) => used);
  const growth = trendOf(seen, used, true);
  const by = steeredBy === null ? '' : ` by ${steeredBy}`;
  const image = parameters && !isNarrow(seen.width) ? ` · image ${parameters.images.tag}` : '';
  return [
    {
      rank: ranks.volumes,
      label: 'volumes',
      text:
        disksText(claims.length, storageSize, parameters) +
        (fullest === null ? '' : `, fullest ${fullest} %${growth}`) +
        `${spareClaims.length > 0 ? ` · ${spareClaims.length} spare` : ''}`,
    },
    {
      rank: ranks.release,
      label: 'release',
      text: `revision ${revision}${by} · chart ${chartVersion ?? '?'}${image} · ${state}${originText(managedBy)}`,
    },
  ];
}

function originText(managedBy: Status['managedBy']): string {
  return managedBy !== 'pg-helm-install' ? ' · not made by pg-helm-install' : '';
}

/** `3 × 20Gi`, or `1 × 20Gi + 2 × 50Gi` where the readers have their own. */
function disksText(count: number, size: string | null, parameters: Parameters | null): string {
  const own = parameters?.readers?.storageSize;
  return own === undefined || count < 2 ? `${count} × ${size ?? '?'}` : `1 × ${size ?? '?'} + ${count - 1} × ${own}`;
}

function backupRows({backup}: Status, now: number): StatusRow[] {
  return backup === null ? [] : [{rank: ranks.volumes, label: 'backup', text: backupText(backup, now)}];
}

/** The last move of the writer's role. */
function moveRows({roleMoves}: Status): StatusRow[] {
  return roleMoves.slice(-1).map((move) => ({
    rank: ranks.volumes,
    label: 'role',
    text: `${move.at.slice(0, 16).replace('T', ' ')} ${roleMoveText(move)}`,
  }));
}

/** Volumes of earlier writers: they cost something, and may hold rows that the new writer lacks. */
function keptRows({keptVolumes = []}: Status): StatusRow[] {
  return keptVolumes.map((kept) => ({rank: ranks.volumes, label: 'kept', text: keptText(kept)}));
}

/** How full the fullest volume is, in percent; null where none is known. */
function fullestOf(claims: Status['claims']): number | null {
  const known = claims.flatMap(({usedBytes, capacityBytes}) =>
    usedBytes === null || !capacityBytes ? [] : [(100 * usedBytes) / capacityBytes],
  );
  return known.length === 0 ? null : Math.round(Math.max(...known));
}
