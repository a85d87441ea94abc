// What is left to say when the screens are left. Pure.
import type {Status} from '../../../inspect/status.ts';
import type {Result} from '../../../operations/progress.ts';
import type {App, Target} from './app-state.ts';
import {hasBegun, needsUs, type OperationKind} from './operation-state.ts';

export interface Farewell {
  /** The release that one was looking at. */
  readonly status: Status | null;
  /** How the last operation ended, where that is what one has seen last. */
  readonly result: Result | null;
  /** An operation that was left while it worked. */
  readonly left: {readonly kind: OperationKind; readonly target: Target; readonly goesOn: 'here' | 'in the cluster' | 'from the start'} | null;
}

export function farewellOf({screen, operation, target, status}: Pick<App, 'screen' | 'operation' | 'target' | 'status'>): Farewell {
  const nothing: Farewell = {status: null, result: null, left: null};
  if (screen.name === 'operation' && operation) {
    const goesOn = !hasBegun(operation) ? 'from the start' : needsUs(operation) ? 'here' : 'in the cluster';
    return {...nothing, left: {kind: operation.kind, target, goesOn}};
  }
  if (screen.name === 'ended') return {...nothing, result: operation?.result ?? null};
  // Of a list, or of a form that was given up, nothing has to be kept.
  return ['dashboard', 'panel', 'cause', 'scale', 'upgrade', 'uninstall'].includes(screen.name) ? {...nothing, status} : nothing;
}
