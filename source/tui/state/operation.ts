// The operation that was started last, updated by its progress. Pure.
import type {Result} from '../../operations/progress.ts';
import {openOperation, withProgress, type Operation} from '../screens/operation/operation-state.ts';
import type {Action} from './actions.ts';

/**
 * The operation after an action; null: none was begun yet. `planned` is the preview from which an install is started.
 */
export function nextOperation(
  {operation, planned}: {readonly operation: Operation | null; readonly planned: Result | null},
  action: Action,
): Operation | null {
  if (action.type === 'started') return openOperation(action.kind, action.began, planned);
  if (!operation) return null;
  switch (action.type) {
    case 'progress':
      return withProgress(operation, action.steps);
    case 'stopping':
      return {...operation, stopping: true};
    case 'ended':
      return {...operation, result: action.result};
    default:
      return operation;
  }
}
