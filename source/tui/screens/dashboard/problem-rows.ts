// What is wrong with a release or dangerous about it, in the rows there are; what has no room is counted. Pure.
import type {Status} from '../../../client/questions/status.ts';
import type {Sign} from '../../../core/signs.ts';
import {shownWarnings, underWay} from '../cause/cause-state.ts';
import {ranks, type StatusRow} from './row.ts';
import {wrapped} from '../shared/wrap.ts';

const maxCauseRows = 3;

/** How many rows it takes at least to mention each problem. */
export function problemCount(status: Status): number {
  return (status.cause ? 1 : 0) + underWay(status.operation, '').length + shownWarnings(status).length;
}

/** The cause and the warnings, in `room` rows together; warnings that do not fit are counted. */
export function problemRows(
  status: Status,
  width: number,
  room: number,
): {readonly cause: StatusRow[]; readonly warnings: StatusRow[]} {
  const {cause, state} = status;
  const sign: Sign = state === 'broken' || state === 'stuck' ? 'failed' : 'warning';
  const warnings = [
    ...underWay(status.operation, '; g goes on with it'),
    ...shownWarnings(status).map(({message}) => message),
  ].map((text): StatusRow => ({rank: ranks.stays, sign: 'warning', text}));
  const causeText = cause ? `${cause.code}  ${cause.message}` : '';
  const left = Math.max(1, Math.min(maxCauseRows, room - Math.min(warnings.length, 1)));
  const lines = cause ? wrapped(causeText, width - 6) : [];
  const causeRows = lines.slice(0, left).map((text, at): StatusRow => {
    const isCut = at === left - 1 && lines.length > left;
    const said = isCut ? lines.slice(at).join(' ') : text;
    return at === 0 ? {rank: ranks.stays, sign, text: said} : {rank: ranks.stays, text: `  ${said}`};
  });
  const forWarnings = Math.max(0, room - causeRows.length);
  if (warnings.length <= forWarnings) return {cause: causeRows, warnings};
  const shown = warnings.slice(0, Math.max(0, forWarnings - 1));
  const hidden = warnings.length - shown.length;
  const more =
    `${hidden}${shown.length > 0 || cause ? ' more' : ''} ${hidden === 1 ? 'warning' : 'warnings'}: i shows ` +
    `${hidden === 1 ? 'it' : 'them'}`;
  // If one row is all there is, it holds both the cause and the number of warnings.
  if (forWarnings === 0)
    return {cause: causeRows.map((row) => ({...row, text: `${cause?.code} · ${more}`})), warnings: []};
  return {cause: causeRows, warnings: [...shown, {rank: ranks.stays, sign: 'warning', text: more}]};
}
