// What is known of an operation while it works: its tracks with their times, what was said, how it ended. Pure.
import type {AskedOf, OperationKind as CommandKind} from '../../../commands/operation.ts';
import type {Progress, Result} from '../../../operations/progress.ts';

export interface OperationState {
  readonly name: 'operation';
  /** Whether to leave or to stop, with the answer that is focused first. */
  readonly asks: 'stay' | 'leave' | null;
  readonly below: 'events' | 'logs' | 'nothing';
}

export const operationScreen: OperationState = {name: 'operation', asks: null, below: 'events'};

/** `recover`: whatever a remedy proposed, or what was begun before. */
export type OperationKind =
  | 'install'
  | 'scale'
  | 'resize'
  | 'upgrade'
  | 'rollback'
  | 'restart'
  | 'rotate-password'
  | 'switchover'
  | 'backup'
  | 'verify'
  | 'restore'
  | 'adopt'
  | 'failover'
  | 'uninstall'
  | 'recover';

/** What is done with a backup is told apart; what is not begun from a screen of its own is gone on with. */
export function kindOf(operation: AskedOf<CommandKind>): OperationKind {
  if (operation.kind === 'backup') return operation.action === 'run' ? 'backup' : operation.action;
  return operation.kind === 'set' ? 'recover' : operation.kind;
}

/** Times in milliseconds since the epoch; null until it happened. */
export type SeenTrack = Extract<Progress, {type: 'track'}> & {
  readonly began: number | null;
  readonly ended: number | null;
};

export interface Operation {
  readonly kind: OperationKind;
  /** Milliseconds since the epoch. */
  readonly began: number;
  readonly tracks: readonly SeenTrack[];
  readonly log: readonly Extract<Progress, {type: 'log'}>[];
  /** It was asked to end. */
  readonly stopping: boolean;
  /** What undoing would take: null where it would take what was there before. */
  readonly undo: 'release' | 'release and data' | null;
  readonly result: Result | null;
}

const maxLogLines = 200;

/** `planned`: the preview from which an install was started. */
export function openOperation(kind: OperationKind, began: number, planned: Result | null): Operation {
  const undo = kind === 'install' ? undoOf(planned) : null;
  return {kind, began, tracks: [], log: [], stopping: false, undo, result: null};
}

export function withProgress(operation: Operation, steps: readonly Progress[]): Operation {
  const tracks = new Map(operation.tracks.map((track) => [track.track, track]));
  const log = [...operation.log];
  for (const step of steps) {
    if (step.type === 'track')
      tracks.set(step.track, timed(step, tracks.get(step.track), latestEnd([...tracks.values()], operation.began)));
    if (step.type === 'log') log.push(step);
  }
  return {...operation, tracks: [...tracks.values()], log: log.slice(-maxLogLines)};
}

/** Before the first track is seen it checks and plans: nothing is changed. */
export function hasBegun({tracks}: Pick<Operation, 'tracks'>): boolean {
  return tracks.length > 0;
}

/** Whether the cluster brings it to its end without us: helm has said all, and only the waiting is left. */
export function needsUs({kind, tracks}: Operation): boolean {
  return kind !== 'install' || tracks.find(({track}) => track === 'release')?.state !== 'done';
}

/** Milliseconds that a track took until now; null when it was done before we came, or has not begun. */
export function tookMs({began, ended}: SeenTrack, now: number): number | null {
  return began === null ? null : Math.max(0, (ended ?? now) - began);
}

/** `endBefore`: of the track that ended last, or when the operation began. */
function timed(step: Extract<Progress, {type: 'track'}>, before: SeenTrack | undefined, endBefore: number): SeenTrack {
  const begunBefore = before?.began ?? null;
  if (step.state === 'waiting' || step.state === 'skipped') return {...step, began: begunBefore, ended: null};
  const at = Date.parse(step.time);
  if (step.state === 'running') return {...step, began: begunBefore ?? at, ended: null};
  // A track that goes from waiting to done in one step began when the one before it ended; what is done when it is
  // seen first was done before.
  const began = begunBefore ?? (before ? endBefore : null);
  return {...step, began, ended: began === null ? null : (before?.ended ?? at)};
}

function latestEnd(tracks: readonly SeenTrack[], operationBegan: number): number {
  return Math.max(operationBegan, ...tracks.map(({ended}) => ended ?? 0));
}

/** Only what the plan says is made may be undone: a Secret or a volume from before stays. */
function undoOf(planned: Result | null): Operation['undo'] {
  const consequences = planned?.plan?.consequences ?? [];
  const makes = (kind: string) =>
    consequences.some(({code, object}) => code === 'CREATE' && object.startsWith(`${kind}/`));
  if (!makes('StatefulSet') || consequences.some(({code}) => code === 'NO_CHANGE')) return null;
  const isAllNew = makes('Secret') && !consequences.some(({code}) => code === 'DATA_KEPT');
  return isAllNew ? 'release and data' : 'release';
}
