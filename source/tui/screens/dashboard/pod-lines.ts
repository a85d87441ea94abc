// The pods of a release, a line each: where it runs, how full its volume is, how far a reader is behind. Pure.
import {claimOfPod} from '../../../chart/names.ts';
import type {Status} from '../../../client/questions/status.ts';
import {shortNames} from '../shared/short-names.ts';

type Pod = Status['pods'][number];

/** The lines, in columns that line up. */
export function podLines(status: Status): string[] {
  const rows = status.pods.map((pod) => [
    shortNames(pod.name, status.name),
    pod.node ?? 'no node yet',
    pod.ready ? 'ready' : 'not ready',
    usedOf(pod, status),
    lagOf(pod, status),
    pod.restarts > 0 ? `${pod.restarts} ${pod.restarts === 1 ? 'restart' : 'restarts'}` : '',
  ]);
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .flatMap((cell, column) => (widths[column] === 0 ? [] : [cell.padEnd(widths[column] ?? 0)]))
      .join('  ')
      .trimEnd(),
  );
}

/** How full the pod's volume is; empty where that is not known. */
function usedOf({name}: Pod, {claims, naming}: Status): string {
  const claim = claims.find((one) => one.name === claimOfPod(naming, name));
  if (claim?.usedBytes === undefined || claim.usedBytes === null) return '';
  return `disk ${rough(claim.usedBytes)} of ${claim.capacityBytes === null ? '?' : rough(claim.capacityBytes)}`;
}

/** How far a reader is behind the writer. */
function lagOf({name, role}: Pod, {replication, endpoints}: Status): string {
  if (role === 'writer') return '';
  const stream = replication.find(({pod}) => pod === name);
  // Only the writer knows who streams: before it has answered, nobody does.
  if (!stream) return endpoints?.writer.proven === true ? 'does not stream' : 'not looked at yet';
  if (stream.state !== 'streaming') return stream.state;
  return stream.lagBytes ? `lag ${rough(stream.lagBytes)}` : 'lag 0 B';
}

/** Such as `2.4 GiB`. */
export function rough(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const number = bytes / 1024 ** power;
  return `${Number.isInteger(number) || number >= 100 ? Math.round(number) : number.toFixed(1)} ${units[power]}`;
}
