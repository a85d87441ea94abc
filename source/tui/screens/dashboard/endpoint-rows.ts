// Where a release answers, and whether that is proven: several rows for each endpoint where there is room, else one.
// Pure.
import {postgresPort} from '../../../chart/names.ts';
import type {Status} from '../../../client/questions/status.ts';
import type {Endpoint} from '../../../observation/endpoints.ts';
import type {Sign} from '../../../core/signs.ts';
import {rough} from './pod-lines.ts';
import {walRates} from './moments.ts';
import {ranks, type StatusRow, type Seen} from './row.ts';
import {showsTrends, trendOf} from './trends.ts';
import {isNarrow} from '../../layout.ts';

export function shortEndpoints({endpoints, readers}: Status, {width, isAsking}: Seen): StatusRow[] {
  if (!endpoints) return [];
  return [endpoints.writer, endpoints.reader].map((endpoint) => {
    const text =
      endpoint.role === 'reader' && readers.wanted === 0
        ? 'no reader yet'
        : (outside(endpoint) ?? inside(endpoint, width));
    return {rank: ranks.stays, sign: signOf(endpoint, isAsking), text: `${endpoint.role}  ${text}`};
  });
}

export function longEndpoints(status: Status, seen: Seen): StatusRow[] {
  const {width, now, isAsking, isReadAloud} = seen;
  const {endpoints, readers, postgresVersion} = status;
  if (!endpoints) return [];
  const lag = endpoints.reader.maxLagBytes;
  const more = {
    writer: [postgresVersion ?? '', writesText(seen)].filter(Boolean).join(' · '),
    reader:
      readers.wanted === 0
        ? ''
        : `${endpoints.reader.streaming} streaming${lag === null ? '' : ` · lag ${rough(lag)}${lagLine(seen)}`}`,
  };
  return [endpoints.writer, endpoints.reader].flatMap((endpoint): StatusRow[] => {
    const {role, proven, provenAt, latencyMs} = endpoint;
    const isEmpty = role === 'reader' && readers.wanted === 0;
    const age = provenAt ? Math.max(0, Math.round((now - Date.parse(provenAt)) / 1000)) : 0;
    const proof = [...(isReadAloud ? ['proven'] : [`proven ${age} s ago`, `${latencyMs ?? '?'} ms`]), more[role]]
      .filter(Boolean)
      .join(' · ');
    const unproven = isEmpty
      ? 'no reader: nothing answers there yet'
      : isAsking
        ? 'asking the database'
        : 'not proven yet';
    const out = outside(endpoint);
    return [
      {rank: ranks.stays, label: role, text: out ?? inside(endpoint, width)},
      ...(out !== null && !isNarrow(width) ? [{rank: ranks.inside, label: '', text: inside(endpoint, width)}] : []),
      {rank: ranks.proof, label: '', sign: signOf(endpoint, isAsking), text: proven ? proof : unproven, dim: true},
    ];
  });
}

/** Empty until there are two answers, and for a screen reader, because nothing that changes by itself is read aloud. */
function writesText(seen: Seen): string {
  const rates = walRates(seen.moments);
  const now = rates.at(-1) ?? null;
  return now === null || !showsTrends(seen) ? '' : `${rough(Math.round(now))}/s of WAL${trendOf(seen, rates)}`;
}

function lagLine(seen: Seen): string {
  const lags = seen.moments.map(({lagBytes}) => lagBytes);
  return trendOf(seen, lags);
}

function signOf({proven, role}: Endpoint, isAsking: boolean): Sign {
  return proven ? 'done' : role === 'reader' || isAsking ? 'waiting' : 'warning';
}

function outside({host, port}: Endpoint): string | null {
  return host === null ? null : `${host}:${port}`;
}

function inside({internalHost}: Endpoint, width: number): string {
  const [name = ''] = internalHost.split('.');
  return isNarrow(width)
    ? `${name}:${postgresPort}`
    : `${internalHost.replace(/\.svc\.cluster\.local$/, '')}:${postgresPort} (inside)`;
}
