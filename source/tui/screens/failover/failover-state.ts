// Replacing a lost writer by a reader: the state of its screen, what it asks for, its entry in the menu. Pure.
import type {Status} from '../../../client/questions/status.ts';
import type {RequestOf} from '../../../commands/operation.ts';
import type {ScreenEntry} from '../shared/menu-entry.ts';

export interface FailoverState {
  readonly name: 'failover';
  /** The pod of the reader that becomes the writer; null: the one with the most WAL. */
  readonly to: string | null;
  /** Somebody has made sure that the writer's machine is off. */
  readonly nodeIsOff: boolean;
}

/** Null: the writer serves, the release has no reader, or plain helm made it and it is not ours. */
export function failoverEntry(status: Status): ScreenEntry<FailoverState> | null {
  if (!status.parameters || !isWriterAway(status) || candidatesOf(status).length === 0) return null;
  return {key: 'o', label: 'replace the writer', does: {show: {name: 'failover', to: null, nodeIsOff: false}}};
}

export function failoverAsked({to, nodeIsOff}: FailoverState): RequestOf<'failover'> {
  return {kind: 'failover', to, nodeIsOff};
}

/** A plan is for one reader, and for what somebody says of the node. */
export function failoverKeyOf({to, nodeIsOff}: FailoverState): string {
  return `failover ${to ?? ''} ${nodeIsOff}`;
}

/** The writer's pod is not ready, and no proof reached it. */
function isWriterAway({pods, endpoints}: Status): boolean {
  const writer = pods.find(({role}) => role === 'writer');
  return endpoints?.writer.proven !== true && writer?.ready !== true;
}

/** The readers that could take the role, and where they run. */
export function candidatesOf(status: Status | null): readonly {readonly pod: string; readonly text: string}[] {
  return (status?.pods ?? [])
    .filter(({role}) => role === 'reader')
    .map(({name, node, ready}) => ({pod: name, text: `on ${node ?? 'no node yet'}${ready ? '' : ', not ready'}`}));
}
