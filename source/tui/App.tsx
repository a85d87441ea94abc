// The wizard and the dashboard: one reducer, one screen at a time, and the effects that ask the client.
import {useApp} from 'ink';
import {useEffect, useReducer, useRef, useState} from 'react';
import type {Answers} from '../parameters/answers.ts';
import {ClipboardContext} from './clipboard.ts';
import type {Client} from './client-types.ts';
import {useKeys} from './keys/keyboard.tsx';
import {appReducer, openApp} from './app-state.ts';
import {CauseScreen} from './screens/cause/CauseScreen.tsx';
import {DashboardScreen} from './screens/dashboard/DashboardScreen.tsx';
import {EndedScreen} from './screens/ended/EndedScreen.tsx';
import {farewellOf} from './farewell.ts';
import {answersOf} from './screens/parameters/form.ts';
import {HomeScreen} from './screens/home/HomeScreen.tsx';
import type {Answer} from './screens/operation/LeaveQuestion.tsx';
import {OpeningScreen} from './screens/opening/OpeningScreen.tsx';
import {OperationScreen} from './screens/operation/OperationScreen.tsx';
import {PanelScreen} from './screens/panel/PanelScreen.tsx';
import {ParametersScreen} from './screens/parameters/ParametersScreen.tsx';
import {PreviewScreen} from './screens/preview/PreviewScreen.tsx';
import {rollbackOf, RunContext} from './screens/shared/remedies.ts';
import {ResizeScreen} from './screens/resize/ResizeScreen.tsx';
import {RestartScreen} from './screens/restart/RestartScreen.tsx';
import {RollbackScreen} from './screens/rollback/RollbackScreen.tsx';
import {ScaleScreen} from './screens/scale/ScaleScreen.tsx';
import {TargetScreen} from './screens/target/TargetScreen.tsx';
import {TroubleScreen} from './screens/trouble/TroubleScreen.tsx';
import {UninstallScreen} from './screens/uninstall/UninstallScreen.tsx';
import {UpgradeScreen} from './screens/upgrade/UpgradeScreen.tsx';
import {scaleRequestOf} from './screens/scale/scale-state.ts';
import {uninstallRequestOf} from './screens/uninstall/uninstall-state.ts';
import {upgradeRequestOf} from './screens/upgrade/upgrade-state.ts';
import type {Target} from './state/target.ts';
import {changeRequestOf, useClient} from './use-client.ts';
import {useWork} from './screens/operation/use-work.ts';

export interface AppProps {
  readonly client: Client;
  readonly given: {readonly answers: Answers; readonly target: Partial<Target>; readonly password: string | null};
  /** Puts a text on the terminal's clipboard. */
  readonly onCopy: (text: string) => void;
}

export function App({client, given, onCopy}: AppProps) {
  const {exit} = useApp();
  const [app, dispatch] = useReducer(appReducer, given, openApp);
  const [chosen, setChosen] = useState(0);
  useClient(app, dispatch, client);
  const {start, again, stop} = useWork(dispatch);
  const latest = useRef(app);
  useEffect(() => {
    latest.current = app;
  });
  // What is given is what waitUntilExit resolves with.
  const quit = () => exit(farewellOf(latest.current));
  useKeys(({name}) => {
    if (name !== 'ctrl-c') return false;
    quit();
    return true;
  });
  const {screen, operation, target, form, status} = app;
  const undo = () =>
    start('uninstall', () =>
      client.uninstall(target, {deleteData: operation?.undo === 'release and data', dumpTo: null}),
    );
  const answer = (given: Answer) => {
    if (given === 'stay') dispatch({type: 'show', screen: {name: 'operation', asks: null, below: 'events'}});
    else if (given === 'undo') stop(undo);
    else if (given === 'stop') stop();
    else {
      // First the farewell: it says what was going on when one left.
      quit();
      stop();
    }
  };
  const reveal = async () => {
    if (screen.name !== 'dashboard') return;
    if (screen.revealed !== null) return dispatch({type: 'note', revealed: null, note: null});
    const password = await client.password(target).catch(() => null);
    dispatch({
      type: 'note',
      revealed: password,
      note: password === null ? 'The password cannot be read: you may not read the Secret.' : null,
    });
  };
  const copyWriter = async () => {
    const strings = await client.connectionStrings(target, 'writer').catch(() => null);
    if (strings) onCopy(strings.psql);
    dispatch({
      type: 'note',
      revealed: null,
      note: strings ? "The writer's psql line was sent to your terminal's clipboard." : 'There is nothing to copy yet.',
    });
  };
  const readFrom = (path: string) => {
    client.useKubeconfig(path);
    dispatch({type: 'target', target: {context: ''}});
    dispatch({type: 'open', context: null});
  };
  const openSandbox = () => {
    dispatch({type: 'target', target: {context: ''}});
    dispatch({type: 'open', context: null, sandbox: true});
  };
  const run = (command: string) => {
    const back = rollbackOf(command);
    if (back) dispatch({type: 'show', screen: {name: 'rollback', revision: back.revision}});
    else start('recover', () => client.run(command));
  };
  const draw = () => {
    switch (screen.name) {
      case 'opening':
        return <OpeningScreen app={app} isSandbox={screen.sandbox === true} />;
      case 'trouble':
        return (
          <TroubleScreen
            app={app}
            screen={screen}
            dispatch={dispatch}
            onKubeconfig={readFrom}
            onSandbox={openSandbox}
            onQuit={quit}
          />
        );
      case 'home':
        return <HomeScreen app={app} dispatch={dispatch} onQuit={quit} />;
      case 'target':
        return <TargetScreen app={app} row={screen.row} dispatch={dispatch} />;
      case 'parameters':
        return (
          <ParametersScreen app={app} dispatch={dispatch} chosen={chosen} onChoose={() => setChosen(chosen + 1)} />
        );
      case 'preview': {
        const request = {target, answers: answersOf(form), password: form.texts.password || null};
        return (
          <PreviewScreen
            app={app}
            dispatch={dispatch}
            onStart={() => start('install', () => client.install(request))}
          />
        );
      }
      case 'operation':
        return (
          operation && (
            <OperationScreen
              app={app}
              screen={screen}
              operation={operation}
              timeoutMs={client.timeoutMs}
              dispatch={dispatch}
              onAnswer={answer}
            />
          )
        );
      case 'ended':
        return (
          operation && (
            <EndedScreen
              app={app}
              operation={operation}
              dispatch={dispatch}
              onAgain={again}
              onUndo={undo}
              onQuit={quit}
            />
          )
        );
      case 'dashboard':
        return (
          <DashboardScreen
            app={app}
            screen={screen}
            dispatch={dispatch}
            onQuit={quit}
            onReveal={() => void reveal()}
            onCopy={() => void copyWriter()}
            onRun={run}
          />
        );
      case 'panel':
        return <PanelScreen app={app} screen={screen} dispatch={dispatch} />;
      case 'cause':
        return <CauseScreen app={app} dispatch={dispatch} />;
      case 'scale':
        return (
          <ScaleScreen
            app={app}
            screen={screen}
            dispatch={dispatch}
            onStart={() => start('scale', () => client.scale(target, scaleRequestOf(screen)))}
          />
        );
      case 'upgrade': {
        const request = upgradeRequestOf(screen, status);
        return (
          <UpgradeScreen
            app={app}
            screen={screen}
            dispatch={dispatch}
            onStart={() => start('upgrade', () => client.upgrade(target, request))}
          />
        );
      }
      case 'resize':
      case 'rollback':
      case 'restart': {
        const request = changeRequestOf(screen, status, app.revisions);
        const onStart = () => request && start(request.kind, () => client.change(target, request));
        if (screen.name === 'resize')
          return <ResizeScreen app={app} screen={screen} dispatch={dispatch} onStart={onStart} />;
        return screen.name === 'restart' ? (
          <RestartScreen app={app} dispatch={dispatch} onStart={onStart} />
        ) : (
          <RollbackScreen app={app} revision={screen.revision} dispatch={dispatch} onStart={onStart} />
        );
      }
      case 'uninstall':
        return (
          <UninstallScreen
            app={app}
            screen={screen}
            dispatch={dispatch}
            onStart={() => start('uninstall', () => client.uninstall(target, uninstallRequestOf(screen)))}
          />
        );
    }
  };
  return (
    <ClipboardContext.Provider value={onCopy}>
      <RunContext.Provider value={run}>{draw()}</RunContext.Provider>
    </ClipboardContext.Provider>
  );
}
