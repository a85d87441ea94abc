// What is left to say when the screens are left. Pure.
import type {Status} from '../client/status.ts';
import type {Result} from '../operations/progress.ts';
import type {App} from './app-state.ts';
import {showsRelease} from './screens.ts';
import {hasBegun, needsUs} from './screens/operation/operation-state.ts';

export interface Farewell {
  /** The release that one was looking at. */
  readonly status: Status | null;
  /** How the last operation ended, where that is what one has seen last. */
  readonly result: Result | null;
  /** An operation that was left while it worked. */
  readonly left: {
    readonly kind: string;
    readonly release: string;
    readonly namespace: string;
    readonly goesOn: 'here' | 'in the cluster' | 'from the start';
  } | null;
  /** Where it is not the current one of the kubeconfig: commands have to name it. */
  readonly context: string | null;
}

export function farewellOf({
  screen,
  operation,
  target,
  status,
  current,
}: Pick<App, 'screen' | 'operation' | 'target' | 'status' | 'current'>): Farewell {
  const nothing: Farewell = {
    status: null,
    result: null,
    left: null,
    context: target.context !== current && target.context !== '' ? target.context : null,
  };
  if (screen.name === 'operation' && operation) {
    const goesOn = !hasBegun(operation) ? 'from the start' : needsUs(operation) ? 'here' : 'in the cluster';
    return {...nothing, left: {kind: operation.kind, release: target.release, namespace: target.namespace, goesOn}};
  }
  if (screen.name === 'ended') return {...nothing, result: operation?.result ?? null};
  // After a list, or a form that was given up, nothing has to be kept.
  return showsRelease(screen) ? {...nothing, status} : nothing;
}
