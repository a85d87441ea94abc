// Where the wizard is and what it knows. Every change goes through this reducer: screens only draw, and a screen's keys
// only say what happened.
import type {Answers} from '../parameters/answers.ts';
import {formReducer, openForm, type Form} from './screens/parameters/form.ts';
import type {RunningOperation} from './screens/operation/operation-state.ts';
import type {Screen} from './screens.ts';
import type {Action} from './state/actions.ts';
import {nextOperation} from './state/operation.ts';
import {openPlace, placeChanges, type Opening, type ClusterChoice} from './state/place.ts';
import {noPlan, planChanges, voided, type PlanState} from './state/plan.ts';
import {nothingKnown, releaseChanges, type ReleaseScreenState} from './state/release.ts';
import {nextScreen} from './state/screen.ts';
import {isFromSettings, nextSettings, type SettingsFormState} from './state/settings.ts';
import type {ShownTarget} from './state/target.ts';

export type {Action} from './state/actions.ts';

export interface App extends ClusterChoice, PlanState, ReleaseScreenState, SettingsFormState {
  readonly screen: Screen;
  readonly form: Form;
  readonly operation: RunningOperation | null;
}

/** What is given when the screens are opened. */
export interface GivenAnswers extends Opening {
  readonly answers: Answers;
  readonly target: Partial<ShownTarget>;
  readonly password: string | null;
}

export function openApp(given: GivenAnswers): App {
  return {
    ...openPlace(given.target, given),
    ...noPlan,
    ...nothingKnown,
    screen: {name: 'opening', context: given.target.context ?? null},
    form: openForm(given.answers, given.password),
    settings: null,
    fromSettings: false,
    operation: null,
  };
}

/**
 * Each part says what the action changes in it. All parts see the state before the action, never each other's changes.
 */
export function appReducer(app: App, action: Action): App {
  const isOfInstall = action.type === 'form' && app.screen.name !== 'settings';
  const form = isOfInstall ? formReducer(app.form, action.action) : app.form;
  const settings = nextSettings(app, action);
  const isRetyped = form.texts !== app.form.texts || settings?.texts !== app.settings?.texts;
  return {
    ...app,
    ...placeChanges(app, action),
    ...planChanges(app, action),
    // A plan is void once the form that it was made for says something else.
    ...(isRetyped ? voided(app.asked) : {}),
    ...releaseChanges(app, action),
    screen: nextScreen(app, action),
    form,
    settings,
    fromSettings: isFromSettings(app, action),
    operation: nextOperation(app, action),
  };
}
