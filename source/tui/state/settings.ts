// The form with the settings of a release: it opens with what the release has, and is kept while a screen is shown that
// it leads to. Pure.
import type {Status} from '../../client/status.ts';
import type {Screen} from '../screens.ts';
import {formReducer, type Form} from '../screens/parameters/form.ts';
import {openSettings} from '../screens/settings/settings-state.ts';
import type {Action} from './actions.ts';

export interface SettingsFormState {
  /** Null: the settings of no release are being changed. */
  readonly settings: Form | null;
}

/** Screens that the form leads to; from these, Escape leads back to it. */
const otherScreens: readonly Screen['name'][] = ['scale', 'resize', 'upgrade', 'password'];

type Seen = SettingsFormState & {readonly screen: Screen; readonly status: Status | null};

export function nextSettings({settings, screen, status}: Seen, action: Action): Form | null {
  switch (action.type) {
    case 'show':
      return settingsBehind({settings, status}, action.screen);
    case 'form':
      return screen.name === 'settings' && settings ? formReducer(settings, action.action) : settings;
    case 'open':
    case 'target':
    case 'started':
      return null;
    default:
      return settings;
  }
}

/** The form that the next screen shows, or that Escape leads back to from it. */
function settingsBehind({settings, status}: Pick<Seen, 'settings' | 'status'>, next: Screen): Form | null {
  if (next.name !== 'settings') return otherScreens.includes(next.name) ? settings : null;
  const form = settings ?? (status?.parameters ? openSettings(status.parameters) : null);
  return form && next.at !== undefined ? formReducer(form, {type: 'to', row: next.at}) : form;
}
