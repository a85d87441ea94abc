// The form with the settings of a release. It opens with what the release has, and what was typed is kept, also while
// other screens are shown, until it is done or another release is shown. Pure.
import {isGoodEnd} from '../../core/outcome.ts';
import type {Status} from '../../client/questions/status.ts';
import type {RunningOperation} from '../screens/operation/operation-state.ts';
import type {Screen} from '../screens.ts';
import {formReducer, type Form} from '../screens/parameters/form.ts';
import {openSettings, settingsOf} from '../screens/settings/settings-state.ts';
import type {Action} from './actions.ts';
import type {ShownTarget} from './target.ts';

export interface SettingsFormState {
  /** Null: the settings of no release are being changed. */
  readonly settings: Form | null;
  /** The screen was opened from the settings, and Escape leads back there. */
  readonly fromSettings: boolean;
}

type Seen = Pick<SettingsFormState, 'settings'> & {
  readonly screen: Screen;
  readonly status: Status | null;
  readonly target: ShownTarget;
  readonly operation: RunningOperation | null;
};

export function nextSettings(seen: Seen, action: Action): Form | null {
  const {settings} = seen;
  switch (action.type) {
    case 'show':
      return action.screen.name === 'settings' ? formToShow(seen, action.screen.at) : settings;
    case 'form':
    case 'status':
      return settings && edited(seen, settings, action);
    case 'open':
    case 'target':
      return isElsewhere(seen.target, action) ? null : settings;
    case 'ended':
      return isGoodEnd(action.result) && endsSettings(seen.operation) ? null : settings;
    default:
      return settings;
  }
}

/** Whether Escape leads back to the settings: a screen that shows itself again was opened from where it was before. */
export function isFromSettings(
  seen: {readonly screen: Screen; readonly fromSettings: boolean},
  action: Action,
): boolean {
  if (action.type !== 'show' || action.screen.name === seen.screen.name) return seen.fromSettings;
  return seen.screen.name === 'settings';
}

/** By what was typed, or by what the release has become meanwhile. */
function edited({screen}: Seen, form: Form, action: Extract<Action, {type: 'form' | 'status'}>): Form {
  if (action.type === 'form') return screen.name === 'settings' ? formReducer(form, action.action) : form;
  const parameters = action.status?.parameters;
  return parameters ? settingsOf(form, parameters) : form;
}

function formToShow({settings, status}: Seen, at: string | undefined): Form | null {
  const form = settings ?? (status?.parameters ? openSettings(status.parameters) : null);
  return form && at !== undefined ? formReducer(form, {type: 'to', row: at}) : form;
}

/** Whether what is shown from now on is another release, or another cluster. */
function isElsewhere(target: ShownTarget, action: Extract<Action, {type: 'open' | 'target'}>): boolean {
  if (action.type === 'open') return action.sandbox === true || (action.context ?? target.context) !== target.context;
  const {context, namespace, release} = {...target, ...action.target};
  return context !== target.context || namespace !== target.namespace || release !== target.release;
}

function endsSettings(operation: RunningOperation | null): boolean {
  return operation?.kind === 'set' || operation?.kind === 'uninstall';
}
