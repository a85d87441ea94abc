// The view of each screen.
import type {ReactNode} from 'react';
import type {App} from './app-state.ts';
import type {Screen} from './screens.ts';
import {BackupsScreen} from './screens/backups/BackupsScreen.tsx';
import {BlockedScreen} from './screens/blocked/BlockedScreen.tsx';
import {CauseScreen} from './screens/cause/CauseScreen.tsx';
import {DashboardScreen} from './screens/dashboard/DashboardScreen.tsx';
import {EndedScreen} from './screens/ended/EndedScreen.tsx';
import {FailoverScreen} from './screens/failover/FailoverScreen.tsx';
import {HomeScreen} from './screens/home/HomeScreen.tsx';
import {OpeningScreen} from './screens/opening/OpeningScreen.tsx';
import {OperationScreen} from './screens/operation/OperationScreen.tsx';
import {PanelScreen} from './screens/panel/PanelScreen.tsx';
import {ParametersScreen} from './screens/parameters/ParametersScreen.tsx';
import {PasswordScreen} from './screens/password/PasswordScreen.tsx';
import {PreviewScreen} from './screens/preview/PreviewScreen.tsx';
import {ResizeScreen} from './screens/resize/ResizeScreen.tsx';
import {RestartScreen} from './screens/restart/RestartScreen.tsx';
import {RestoreScreen} from './screens/restore/RestoreScreen.tsx';
import {RollbackScreen} from './screens/rollback/RollbackScreen.tsx';
import {ScaleScreen} from './screens/scale/ScaleScreen.tsx';
import {AdoptScreen} from './screens/adopt/AdoptScreen.tsx';
import {SwitchoverScreen} from './screens/switchover/SwitchoverScreen.tsx';
import {SettingsScreen} from './screens/settings/SettingsScreen.tsx';
import {TargetScreen} from './screens/target/TargetScreen.tsx';
import {TopScreen} from './screens/top/TopScreen.tsx';
import {UninstallScreen} from './screens/uninstall/UninstallScreen.tsx';
import {UpgradeScreen} from './screens/upgrade/UpgradeScreen.tsx';
import type {Action} from './state/actions.ts';
import type {Actions} from './use-actions.ts';

interface ViewProps {
  readonly app: App;
  readonly dispatch: (action: Action) => void;
  readonly actions: Actions;
  /** How long to wait for an operation, in milliseconds. */
  readonly timeoutMs: number;
  /** Counts the choices that were made by key in the form: see FormLine. */
  readonly chosen: number;
  readonly onChoose: () => void;
}

type Views = {
  readonly [Name in Screen['name']]: (screen: Extract<Screen, {name: Name}>, props: ViewProps) => ReactNode;
};

const views: Views = {
  opening: (screen, {app}) => <OpeningScreen {...{app, screen}} />,
  blocked: (screen, {app, dispatch, actions}) => (
    <BlockedScreen
      {...{app, screen, dispatch}}
      onKubeconfig={actions.readFrom}
      onSandbox={actions.openSandbox}
      onQuit={actions.quit}
    />
  ),
  home: (_screen, {app, dispatch, actions}) => <HomeScreen {...{app, dispatch}} onQuit={actions.quit} />,
  target: ({row}, {app, dispatch}) => <TargetScreen {...{app, row, dispatch}} />,
  parameters: (_screen, {app, dispatch, chosen, onChoose}) => (
    <ParametersScreen {...{app, dispatch, chosen, onChoose}} />
  ),
  preview: (_screen, {app, dispatch, actions}) => <PreviewScreen {...{app, dispatch}} onStart={actions.start} />,
  operation: (screen, {app, dispatch, actions, timeoutMs}) =>
    app.operation && (
      <OperationScreen {...{app, screen, dispatch, timeoutMs}} operation={app.operation} onAnswer={actions.answer} />
    ),
  ended: (_screen, {app, dispatch, actions}) =>
    app.operation && (
      <EndedScreen
        {...{app, dispatch}}
        operation={app.operation}
        onAgain={actions.again}
        onUndo={actions.undo}
        onQuit={actions.quit}
      />
    ),
  dashboard: (screen, {app, dispatch, actions}) => (
    <DashboardScreen
      {...{app, screen, dispatch}}
      onReveal={() => void actions.reveal()}
      onCopy={() => void actions.copyWriter()}
      onRun={actions.run}
      onQuit={actions.quit}
    />
  ),
  panel: (screen, {app, dispatch}) => <PanelScreen {...{app, screen, dispatch}} />,
  top: (screen, {app, dispatch, actions}) => (
    <TopScreen {...{app, screen, dispatch}} onEnd={() => void actions.endSession()} />
  ),
  cause: (_screen, {app, dispatch}) => <CauseScreen {...{app, dispatch}} />,
  scale: (screen, {app, dispatch, actions}) => <ScaleScreen {...{app, screen, dispatch}} onStart={actions.start} />,
  upgrade: (screen, {app, dispatch, actions}) => <UpgradeScreen {...{app, screen, dispatch}} onStart={actions.start} />,
  resize: (screen, {app, dispatch, actions}) => <ResizeScreen {...{app, screen, dispatch}} onStart={actions.start} />,
  settings: (_screen, {app, dispatch, actions, chosen, onChoose}) => (
    <SettingsScreen {...{app, dispatch, chosen, onChoose}} onStart={actions.start} />
  ),
  rollback: ({revision}, {app, dispatch, actions}) => (
    <RollbackScreen {...{app, revision, dispatch}} onStart={actions.start} />
  ),
  restart: (_screen, {app, dispatch, actions}) => <RestartScreen {...{app, dispatch}} onStart={actions.start} />,
  password: (screen, {app, dispatch, actions}) => (
    <PasswordScreen {...{app, screen, dispatch}} onStart={actions.start} />
  ),
  adopt: (screen, {app, dispatch, actions}) => <AdoptScreen {...{app, screen, dispatch}} onStart={actions.start} />,
  switchover: (screen, {app, dispatch, actions}) => (
    <SwitchoverScreen {...{app, screen, dispatch}} onStart={actions.start} />
  ),
  backups: (screen, {app, dispatch, actions}) => <BackupsScreen {...{app, screen, dispatch}} onBegin={actions.begin} />,
  restore: (screen, {app, dispatch, actions}) => <RestoreScreen {...{app, screen, dispatch}} onStart={actions.start} />,
  failover: (screen, {app, dispatch, actions}) => (
    <FailoverScreen {...{app, screen, dispatch}} onStart={actions.start} />
  ),
  uninstall: (screen, {app, dispatch, actions}) => (
    <UninstallScreen {...{app, screen, dispatch}} onStart={actions.start} />
  ),
};

/** The screen that the app is on. */
export function viewOf(props: ViewProps): ReactNode {
  const {screen} = props.app;
  // TypeScript cannot see that the name of a screen finds the view for exactly that screen.
  const view = views[screen.name] as (screen: Screen, props: ViewProps) => ReactNode;
  return view(screen, props);
}
