// The operation that was started last, updated by its progress. Pure.
import type {Result} from '../../plan/progress.ts';
import {openOperation, withProgress, type RunningOperation} from '../screens/operation/operation-state.ts';
import {fieldOf} from '../../parameters/fields.ts';
import type {Form} from '../screens/parameters/form.ts';
import {editedKeys} from '../screens/settings/settings-state.ts';
import type {Screen} from '../screens.ts';
import type {Action} from './actions.ts';

interface Seen {
  readonly operation: RunningOperation | null;
  /** The preview from which an install is started. */
  readonly planned: Result | null;
  /** The form from which a `set` is started. */
  readonly settings: Form | null;
  readonly screen: Screen;
}

/** The operation after an action; null: none was begun yet. */
export function nextOperation({operation, planned, settings, screen}: Seen, action: Action): RunningOperation | null {
  if (action.type === 'started') {
    // Run again from another screen, it is what it was.
    const isOfForm = screen.name === 'settings' && settings;
    const labels = isOfForm ? editedKeys(settings).map((key) => fieldOf(key).label) : (operation?.settings ?? []);
    return openOperation(action.kind, action.began, planned, action.kind === 'set' ? labels : []);
  }
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
