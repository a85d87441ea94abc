// What is left to say when the screens are left. Pure.
import type {Farewell} from '../../lines/farewell-lines.ts';
import type {App} from './app-state.ts';
import {hasBegun, needsUs} from './operation/operation-state.ts';

export type {Farewell};

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
  // Of a list, or of a form that was given up, nothing has to be kept.
  return ['dashboard', 'panel', 'cause', 'scale', 'resize', 'upgrade', 'rollback', 'restart', 'uninstall'].includes(
    screen.name,
  )
    ? {...nothing, status}
    : nothing;
}
