// What the terminal still shows once the screens are left. Pure.
import type {Status} from '../client/questions/status.ts';
import type {Result} from '../plan/progress.ts';
import type {App} from './app-state.ts';
import {showsRelease} from './screens.ts';
import {hasStarted, needsUs} from './screens/operation/operation-state.ts';

export interface ExitSummary {
  /** The release that one was looking at. */
  readonly status: Status | null;
  /** The end of the last operation, if it was seen last. */
  readonly result: Result | null;
  /** An operation that was still working when the screens were left. */
  readonly left: {
    readonly kind: string;
    readonly release: string;
    readonly namespace: string;
    readonly goesOn: 'here' | 'in the cluster' | 'from the start';
  } | null;
  /** The context, where it is not the kubeconfig's current one, so that commands have to name it. */
  readonly context: string | null;
}

export function exitSummaryOf({
  screen,
  operation,
  target,
  status,
  current,
}: Pick<App, 'screen' | 'operation' | 'target' | 'status' | 'current'>): ExitSummary {
  const nothing: ExitSummary = {
    status: null,
    result: null,
    left: null,
    context: target.context !== current && target.context !== '' ? target.context : null,
  };
  if (screen.name === 'operation' && operation) {
    const goesOn = !hasStarted(operation) ? 'from the start' : needsUs(operation) ? 'here' : 'in the cluster';
    return {...nothing, left: {kind: operation.kind, release: target.release, namespace: target.namespace, goesOn}};
  }
  if (screen.name === 'ended') return {...nothing, result: operation?.result ?? null};
  // After a list, or a form that was given up, nothing has to be kept.
  return showsRelease(screen) ? {...nothing, status} : nothing;
}
