// The pods of a release, a line each: where it runs, how full its volume is, how far a reader is behind. Pure.
import type {Status} from '../../../client/status.ts';
import {shortNames} from '../shared/short-names.ts';

/** In columns that line up. */
export function podLines({name: release, pods, claims, replication, endpoints}: Status): string[] {
  // Only the writer knows who streams: before it has answered, nobody does.
  const nobody = endpoints?.writer.proven === true ? 'does not stream' : 'not looked at yet';
  const rows = pods.map(({name, node, ready, restarts, role}) => {
    const claim = claims.find((one) => one.name === `data-${name}`);
    const stream = replication.find(({pod}) => pod === name);
    const used =
      claim?.usedBytes === undefined || claim.usedBytes === null
        ? ''
        : `${rough(claim.usedBytes)} of ${claim.capacityBytes === null ? '?' : rough(claim.capacityBytes)}`;
    const behind =
      role === 'writer'
        ? ''
        : !stream
          ? nobody
          : stream.state !== 'streaming'
            ? stream.state
            : stream.lagBytes
              ? `lag ${rough(stream.lagBytes)}`
              : 'lag 0 B';
    return [
      shortNames(name, release),
      node ?? 'no node yet',
      ready ? 'ready' : 'not ready',
      used,
      behind,
      restarts > 0 ? `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}` : '',
    ];
  });
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .flatMap((cell, column) => (widths[column] === 0 ? [] : [cell.padEnd(widths[column] ?? 0)]))
      .join('  ')
      .trimEnd(),
  );
}

/** Such as `2.4 GiB`. */
export function rough(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const number = bytes / 1024 ** power;
  return `${Number.isInteger(number) || number >= 100 ? Math.round(number) : number.toFixed(1)} ${units[power]}`;
}
