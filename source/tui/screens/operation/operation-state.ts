// What is known about an operation while it works: its tracks with their times, its log, and how it ended. Pure.
import type {OperationKind, RequestOf} from '../../../commands/operation.ts';
import type {Progress, Result} from '../../../plan/progress.ts';

export interface OperationState {
  readonly name: 'operation';
  /** The question whether to leave or stop, by the answer that has the focus first; null: it is not asked. */
  readonly asks: 'stay' | 'leave' | null;
  readonly below: 'events' | 'logs' | 'nothing';
}

export const operationScreen: OperationState = {name: 'operation', asks: null, below: 'events'};

/** `recover`: what a remedy proposed, or an earlier operation that goes on. */
export type RunningKind =
  | 'install'
  | 'scale'
  | 'resize'
  | 'upgrade'
  | 'set'
  | 'rollback'
  | 'restart'
  | 'rotate-password'
  | 'switchover'
  | 'backup'
  | 'verify'
  | 'restore'
  | 'adopt'
  | 'detach'
  | 'failover'
  | 'uninstall'
  | 'recover';

/** Actions on backups are told apart. */
export function kindOf(operation: RequestOf<OperationKind>): RunningKind {
  if (operation.kind === 'backup') return operation.action === 'run' ? 'backup' : operation.action;
  return operation.kind === 'adopt' && operation.detach ? 'detach' : operation.kind;
}

/** Times in milliseconds since the epoch; null until it happened. */
export type SeenTrack = Extract<Progress, {type: 'track'}> & {
  readonly began: number | null;
  readonly ended: number | null;
};

export interface RunningOperation {
  readonly kind: RunningKind;
  /** The labels of the settings that a `set` changes. */
  readonly settings: readonly string[];
  /** Milliseconds since the epoch. */
  readonly began: number;
  readonly tracks: readonly SeenTrack[];
  readonly log: readonly Extract<Progress, {type: 'log'}>[];
  /** The operation was asked to end. */
  readonly stopping: boolean;
  /** What undoing would remove; null where it would remove what was there before. */
  readonly undo: 'release' | 'release and data' | null;
  readonly result: Result | null;
}

const maxLogLines = 200;

/** `planned`: the preview from which an install was started. */
export function openOperation(
  kind: RunningKind,
  began: number,
  planned: Result | null,
  settings: readonly string[] = [],
): RunningOperation {
  const undo = kind === 'install' ? undoOf(planned) : null;
  return {kind, settings, began, tracks: [], log: [], stopping: false, undo, result: null};
}

export function withProgress(operation: RunningOperation, steps: readonly Progress[]): RunningOperation {
  const tracks = new Map(operation.tracks.map((track) => [track.track, track]));
  const log = [...operation.log];
  for (const step of steps) {
    if (step.type === 'track')
      tracks.set(step.track, timed(step, tracks.get(step.track), latestEnd([...tracks.values()], operation.began)));
    if (step.type === 'log') log.push(step);
  }
  return {...operation, tracks: [...tracks.values()], log: log.slice(-maxLogLines)};
}

/** Whether something may have been changed: before its first track, an operation only checks and plans. */
export function hasStarted({tracks}: Pick<RunningOperation, 'tracks'>): boolean {
  return tracks.length > 0;
}

/** Whether the operation needs this program; if not, helm has done its part and the cluster finishes alone. */
export function needsUs({kind, tracks}: RunningOperation): boolean {
  return kind !== 'install' || tracks.find(({track}) => track === 'release')?.state !== 'done';
}

/** Milliseconds that a track has taken so far; null when it was done before we looked, or has not begun. */
export function tookMs({began, ended}: SeenTrack, now: number): number | null {
  return began === null ? null : Math.max(0, (ended ?? now) - began);
}

/** `endBefore`: when the track that ended last did so, or when the operation began. */
function timed(step: Extract<Progress, {type: 'track'}>, before: SeenTrack | undefined, endBefore: number): SeenTrack {
  const begunBefore = before?.began ?? null;
  if (step.state === 'waiting' || step.state === 'skipped') return {...step, began: begunBefore, ended: null};
  const at = Date.parse(step.time);
  if (step.state === 'running') return {...step, began: begunBefore ?? at, ended: null};
  // A track that goes from waiting to done in one step began when the one before it ended. A track that is already done
  // when it is first seen was done before.
  const began = begunBefore ?? (before ? endBefore : null);
  return {...step, began, ended: began === null ? null : (before?.ended ?? at)};
}

function latestEnd(tracks: readonly SeenTrack[], operationBegan: number): number {
  return Math.max(operationBegan, ...tracks.map(({ended}) => ended ?? 0));
}

/** Undoing may remove only what the plan creates: a Secret or a volume from before stays. */
function undoOf(planned: Result | null): RunningOperation['undo'] {
  const consequences = planned?.plan?.consequences ?? [];
  const makes = (kind: string) =>
    consequences.some(({code, object}) => code === 'CREATE' && object.startsWith(`${kind}/`));
  if (!makes('StatefulSet') || consequences.some(({code}) => code === 'NO_CHANGE')) return null;
  const isAllNew = makes('Secret') && !consequences.some(({code}) => code === 'DATA_KEPT');
  return isAllNew ? 'release and data' : 'release';
}
