// Making a reader the writer: the state of its screen, what it asks for, its entry in the menu. Pure.
import type {Status} from '../../../client/questions/status.ts';
import type {RequestOf} from '../../../commands/operation.ts';
import {formatBytes} from '../../../parameters/quantity.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface SwitchoverState {
  readonly name: 'switchover';
  /** The pod of the reader that becomes the writer. */
  readonly to: string;
}

/** An existing reader, and how close it is to the writer. */
interface ReaderRow {
  readonly pod: string;
  readonly text: string;
}

/** Null: the release has no reader, or plain helm made it and it is not ours. */
export function switchoverEntry(status: Status): ScreenEntry<SwitchoverState> | null {
  const [closest] = [...readersOf(status)].sort((a, b) => lagOf(status, a.pod) - lagOf(status, b.pod));
  if (!status.parameters || !closest) return null;
  return {key: 'o', label: 'promote', does: {show: {name: 'switchover', to: closest.pod}}};
}

export function switchoverAsked({to}: SwitchoverState): RequestOf<'switchover'> {
  return {kind: 'switchover', to};
}

/** A plan is for one reader: with another one it is void. */
export function switchoverKeyOf({to}: SwitchoverState): string {
  return `switchover ${to}`;
}

export function readersOf(status: Status | null): readonly ReaderRow[] {
  return (status?.pods ?? [])
    .filter(({role}) => role === 'reader')
    .map(({name, node}) => {
      const state = status === null ? '' : behind(status, name);
      return {pod: name, text: `on ${node ?? 'no node yet'}, ${state}`};
    });
}

/** Only the writer knows who streams: before it has answered, nobody does. */
function behind({replication, endpoints}: Status, name: string): string {
  const stream = replication.find(({pod}) => pod === name);
  if (stream?.state !== 'streaming') return endpoints?.writer.proven === true ? 'does not stream' : 'not looked at yet';
  if (stream.lagBytes === null) return 'behind by an unknown amount';
  return stream.lagBytes === 0 ? 'has all of it' : `${formatBytes(stream.lagBytes)} behind`;
}

function lagOf({replication}: Status, name: string): number {
  const stream = replication.find(({pod}) => pod === name);
  return stream?.state === 'streaming' ? (stream.lagBytes ?? Infinity) : Infinity;
}
