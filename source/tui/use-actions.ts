// What keys do besides showing another screen: start operations, change the cluster, end the screens.
import type {App} from './app-state.ts';
import type {RequestOf, Operation} from '../commands/operation.ts';
import type {Client, Work} from '../client/types.ts';
import type {Result} from '../plan/progress.ts';
import {operationOf, passwordIn} from './requests.ts';
import {adoptProposed} from './screens/adopt/adopt-state.ts';
import {dashboardActions, type DashboardActions} from './screens/dashboard/dashboard-actions.ts';
import type {LeaveAnswer} from './screens/operation/LeaveQuestion.tsx';
import {kindOf, operationScreen} from './screens/operation/operation-state.ts';
import {useWork} from './screens/operation/use-work.ts';
import {endShown} from './screens/top/use-activity.ts';
import type {Screen} from './screens.ts';
import type {Action} from './state/actions.ts';

export interface Actions extends DashboardActions {
  /** Begins the operation that the screen shows. */
  readonly start: () => void;
  /** Begins an operation that removes nothing, without asking. */
  readonly begin: (asked: RequestOf<'backup'>) => void;
  /** Repeats the last operation, with the same request. */
  readonly again: () => void;
  /** Removes what the last install made. */
  readonly undo: () => void;
  /** Handles the answer to the question whether to leave or to stop. */
  readonly answer: (given: LeaveAnswer) => void;
  /** Carries out what a remedy proposed. */
  readonly run: (operation: Operation) => void;
  /** Makes the file the kubeconfig from now on. */
  readonly readFrom: (path: string) => void;
  readonly openSandbox: () => void;
  /** Ends the session that the screen asks about. */
  readonly endSession: () => Promise<void>;
  readonly quit: () => void;
}

/**
 * The screen that shows an operation before it is done: one that goes back, risks data or restarts. Null: no screen.
 */
function screenOf(proposed: Operation): Screen | null {
  switch (proposed.kind) {
    case 'rollback':
      return {name: 'rollback', revision: proposed.revision};
    case 'failover':
      return {name: 'failover', to: proposed.to, nodeIsOff: proposed.nodeIsOff};
    case 'adopt':
      return adoptProposed(proposed);
    default:
      return null;
  }
}

/** The same work; `onEnd` is called with its result. */
function noting({steps, stop}: Work, onEnd: (result: Result) => void): Work {
  const noted = async function* () {
    const result = yield* steps;
    onEnd(result);
    return result;
  };
  return {steps: noted(), stop};
}

interface Given {
  readonly app: App;
  readonly dispatch: (action: Action) => void;
  readonly client: Client;
  readonly onCopy: (text: string) => void;
  readonly quit: () => void;
}

export function useActions({app, dispatch, client, onCopy, quit}: Given): Actions {
  const {start, again, stop} = useWork(dispatch);
  const {target, operation} = app;
  const undo = () =>
    start('uninstall', () =>
      client.start({
        kind: 'uninstall',
        ...target,
        deleteData: operation?.undo === 'release and data',
        dumpTo: null,
      }),
    );
  const answer = (given: LeaveAnswer) => {
    if (given === 'stay') dispatch({type: 'show', screen: operationScreen});
    else if (given === 'undo') stop(undo);
    else if (given === 'stop') stop();
    else {
      // The exit summary is made first, because it says what was going on when the operator left.
      quit();
      stop();
    }
  };
  const run = (proposed: Operation) => {
    const screen = screenOf(proposed);
    if (screen) dispatch({type: 'show', screen});
    else start('recover', () => client.run(proposed));
  };
  const startShown = () => {
    const desired = operationOf(app);
    const password = desired?.kind === 'install' ? passwordIn(app.form) : null;
    if (!desired) return;
    let planned = app.planned?.plan ?? null;
    // Once it has begun, it is this operation itself that changes the release.
    const onEnd = ({outcome}: Result) => void (planned = outcome === 'refused' ? planned : null);
    start(kindOf(desired), () => noting(client.start(desired, password, planned), onEnd));
  };
  const reopen = (sandbox: boolean) => {
    dispatch({type: 'target', target: {context: ''}});
    dispatch({type: 'open', context: null, sandbox});
  };
  return {
    ...dashboardActions(app, client, dispatch, onCopy),
    start: startShown,
    begin: (asked) => {
      const desired = {...target, ...asked};
      start(kindOf(desired), () => client.start(desired));
    },
    again,
    undo,
    answer,
    run,
    readFrom: (path) => {
      client.useKubeconfig(path);
      reopen(false);
    },
    openSandbox: () => reopen(true),
    endSession: () => endShown(app, client, dispatch),
    quit,
  };
}
