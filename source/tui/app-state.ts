// Where the wizard is and what it knows. All changes go through here; screens draw, and the keys of a screen say what
// happened.
import type {Cause} from '../core/cause.ts';
import type {ReleaseRow, Status} from '../client/status.ts';
import type {Progress, Result} from '../operations/progress.ts';
import type {Answers} from '../parameters/answers.ts';
import type {Values} from '../chart/tree.ts';
import type {EarlierRevision, Opened, Surveyed, Versions} from './client-types.ts';
import {formReducer, openForm, type Form, type FormAction} from './screens/parameters/form.ts';
import {openOperation, withProgress, type Operation, type OperationKind} from './screens/operation/operation-state.ts';
import {dashboard} from './screens/dashboard/dashboard-state.ts';
import {firstView, planKeyOf, type PlanView, type Screen} from './screens.ts';
import type {Target} from './state/place.ts';

export interface App {
  readonly screen: Screen;
  readonly contexts: readonly string[];
  /** Of the kubeconfig. */
  readonly current: string | null;
  readonly opened: Opened | null;
  /** The only namespace whose releases were looked for, because not all may be listed; null: all of them. */
  readonly listedIn: string | null;
  readonly target: Target;
  /** That was given when the screens were opened; null: that of the context is meant. */
  readonly givenNamespace: string | null;
  readonly surveyed: Surveyed | null;
  readonly form: Form;
  /** What the preview shows; null while it is being made. */
  readonly planned: Result | null;
  /** Counts what was asked to be planned: an answer to an older question is dropped. */
  readonly asked: number;
  readonly planning: boolean;
  readonly view: PlanView;
  /** What the planned chart says by itself; null until it is asked for. */
  readonly chartValues: Values | null;
  /** To choose from; null until they are asked for. */
  readonly versions: Versions | null;
  /** That one can go back to, newest first; null until they are asked for. */
  readonly revisions: readonly EarlierRevision[] | null;
  readonly operation: Operation | null;
  readonly status: Status | null;
  /** The release was looked for and is not there. */
  readonly isGone: boolean;
  /** The cluster does not answer any more: what is shown is from before. */
  readonly lost: string | null;
  readonly panelLines: readonly string[] | null;
  /** What of them can be copied, by its number. */
  readonly panelTexts: readonly string[];
}

export type Action =
  | {readonly type: 'contexts'; readonly names: readonly string[]; readonly current: string | null}
  | {readonly type: 'open'; readonly context: string | null; readonly sandbox?: boolean}
  | {readonly type: 'opened'; readonly opened: Opened}
  | {readonly type: 'trouble'; readonly cause: Cause}
  /** Of the one namespace that was named. */
  | {readonly type: 'found'; readonly namespace: string; readonly releases: readonly ReleaseRow[] | null}
  | {readonly type: 'show'; readonly screen: Screen}
  | {readonly type: 'target'; readonly target: Partial<Target>}
  | {readonly type: 'surveyed'; readonly surveyed: Surveyed}
  | {readonly type: 'form'; readonly action: FormAction}
  | {readonly type: 'planning'}
  /** What was planned is to be changed. */
  | {readonly type: 'edit'}
  | {readonly type: 'view'; readonly view: PlanView}
  | {readonly type: 'chart values'; readonly values: Values}
  | {readonly type: 'versions'; readonly versions: Versions}
  | {readonly type: 'revisions'; readonly revisions: readonly EarlierRevision[]}
  | {readonly type: 'planned'; readonly asked: number; readonly result: Result}
  | {readonly type: 'started'; readonly kind: OperationKind; readonly began: number}
  | {readonly type: 'progress'; readonly steps: readonly Progress[]}
  | {readonly type: 'stopping'}
  | {readonly type: 'ended'; readonly result: Result}
  | {readonly type: 'status'; readonly status: Status | null}
  | {readonly type: 'lost'; readonly text: string}
  | {readonly type: 'panel'; readonly lines: readonly string[]; readonly texts?: readonly string[]}
  /** For the dashboard; of no use anywhere else. */
  | {readonly type: 'note'; readonly revealed: string | null; readonly note: string | null}
  | {readonly type: 'releases'; readonly releases: readonly ReleaseRow[]};

/** No plan yet, or none any more. */
const unplanned = {planned: null, planning: false, view: firstView, chartValues: null} as const;
/** What is known of one release and is wrong for another one. */
const nothingKnown = {
  ...unplanned,
  surveyed: null,
  versions: null,
  revisions: null,
  status: null,
  isGone: false,
  lost: null,
  panelLines: null,
  panelTexts: [],
} as const;

export function openApp(given: {
  readonly answers: Answers;
  readonly target: Partial<Target>;
  readonly password: string | null;
}): App {
  return {
    ...nothingKnown,
    screen: {name: 'opening', context: given.target.context ?? null},
    contexts: [],
    current: null,
    opened: null,
    listedIn: null,
    target: {context: '', namespace: '', release: '', ...given.target},
    givenNamespace: given.target.namespace || null,
    form: openForm(given.answers, given.password),
    asked: 0,
    operation: null,
  };
}

export function appReducer(app: App, action: Action): App {
  switch (action.type) {
    case 'contexts':
      return {
        ...app,
        contexts: action.names,
        current: action.current,
        target: {...app.target, context: app.target.context || (action.current ?? '')},
      };
    case 'open': {
      // A namespace that only was the default of the context goes with it.
      const namespace = app.target.namespace === app.opened?.defaultNamespace ? '' : app.target.namespace;
      const target = {...app.target, namespace, context: action.context ?? app.target.context};
      return {
        ...app,
        ...nothingKnown,
        screen: {name: 'opening', context: action.context, sandbox: action.sandbox === true},
        opened: null,
        listedIn: null,
        target,
      };
    }
    case 'opened': {
      const {opened} = action;
      const namespace = app.target.namespace || opened.defaultNamespace;
      const target = {...app.target, context: opened.context, namespace};
      return {...app, opened, target, screen: firstScreen(opened, target, app.target.namespace !== '')};
    }
    case 'trouble':
      return {...app, screen: {name: 'trouble', cause: action.cause, kubeconfig: false}};
    case 'found':
      return withFound(app, action.namespace, action.releases);
    case 'show':
      return shown(app, action.screen);
    case 'target':
      return {...app, ...nothingKnown, asked: app.asked + 1, target: {...app.target, ...action.target}};
    case 'surveyed':
      return {...app, surveyed: action.surveyed};
    case 'form': {
      const form = formReducer(app.form, action.action);
      const isSame = form.texts === app.form.texts;
      return {...app, form, ...(isSame ? {} : {...unplanned, asked: app.asked + 1})};
    }
    case 'planning':
      return {...app, ...unplanned, planning: true, asked: app.asked + 1};
    case 'edit':
      return {...app, ...unplanned, asked: app.asked + 1};
    case 'view':
      return {...app, view: action.view};
    case 'chart values':
      return {...app, chartValues: action.values};
    case 'versions':
      return {...app, versions: action.versions};
    case 'revisions':
      return {...app, revisions: action.revisions};
    case 'planned':
      return action.asked === app.asked ? {...app, planned: action.result, planning: false} : app;
    case 'started':
      return {
        ...app,
        screen: {name: 'operation', asks: null, below: 'events'},
        operation: openOperation(action.kind, action.began, app.planned),
        // What was seen before it would be shown for a moment afterwards as if it were so now.
        surveyed: null,
        status: null,
        panelLines: null,
      };
    case 'progress':
      return app.operation ? {...app, operation: withProgress(app.operation, action.steps)} : app;
    case 'stopping':
      return app.operation
        ? {
            ...app,
            operation: {...app.operation, stopping: true},
            screen: {name: 'operation', asks: null, below: 'events'},
          }
        : app;
    case 'ended':
      return withEnd(app, action.result);
    case 'status':
      return {...app, status: action.status, isGone: action.status === null, lost: null};
    case 'lost':
      return {...app, lost: action.text};
    case 'panel':
      return {...app, panelLines: action.lines, panelTexts: action.texts ?? []};
    case 'note':
      return app.screen.name === 'dashboard'
        ? {...app, screen: {...app.screen, revealed: action.revealed, note: action.note}}
        : app;
    case 'releases':
      return app.opened ? {...app, lost: null, opened: {...app.opened, releases: action.releases}} : app;
  }
}

/**
 * Some release there: home. None, or one was named: the wizard, where what was given is not asked again. Nobody may
 * look: which namespace.
 */
function firstScreen({releases}: Opened, {namespace, release}: App['target'], isNamespaceGiven: boolean): Screen {
  if (release !== '') return {name: 'target', row: namespace === '' ? 'namespace' : 'next'};
  if (releases === null) return {name: 'target', row: isNamespaceGiven ? 'release' : 'namespace'};
  return releases.length > 0 ? {name: 'home'} : {name: 'target', row: 'release'};
}

/** Some release in the only namespace that may be looked into: home. */
function withFound(app: App, namespace: string, releases: readonly ReleaseRow[] | null): App {
  const {opened, screen, target} = app;
  if (!opened || target.namespace !== namespace) return app;
  const isHome = releases !== null && releases.length > 0 && screen.name === 'target' && target.release === '';
  return {...app, opened: {...opened, releases}, listedIn: namespace, ...(isHome ? {screen: {name: 'home'}} : {})};
}

function shown(app: App, screen: Screen): App {
  const was = app.screen;
  const isSameText =
    was.name === screen.name &&
    (screen.name === 'panel' ||
      (screen.name === 'operation' && was.name === 'operation' && was.below === screen.below));
  // The way back to the parameters too: until the next preview the cluster may be another one.
  // Every change makes a revision.
  const revisions = screen.name === 'rollback' ? app.revisions : null;
  // What was lost was of one release.
  const lost = screen.name === 'home' ? null : app.lost;
  const isVoid = planKeyOf(was) !== planKeyOf(screen) || screen.name === 'parameters';
  return {
    ...app,
    screen,
    revisions,
    lost,
    panelLines: isSameText ? app.panelLines : null,
    ...(isVoid ? {...unplanned, asked: app.asked + 1} : {}),
  };
}

/** A good end is the dashboard; another one is shown with its cause first. */
function withEnd(app: App, result: Result): App {
  if (!app.operation) return app;
  const operation = {...app.operation, result};
  const good = result.outcome === 'succeeded' || result.outcome === 'unchanged';
  const gone = operation.kind === 'uninstall';
  return {
    ...app,
    operation,
    panelLines: null,
    status: gone && good ? null : app.status,
    screen: good && !gone ? dashboard : {name: 'ended'},
  };
}
