// The wizard and the dashboard: one reducer, one screen at a time, and the effects that ask the client.
import {useApp} from 'ink';
import {useEffect, useReducer, useRef, useState} from 'react';
import {appReducer, openApp, type App as AppState, type GivenAnswers} from './app-state.ts';
import type {Client} from '../client/types.ts';
import {ClipboardContext} from './clipboard.ts';
import {exitSummaryOf} from './exit-summary.ts';
import {useKeys} from './keys/keyboard.tsx';
import {RunContext} from './screens/shared/remedies.ts';
import {useActions} from './use-actions.ts';
import {useClient} from './use-client.ts';
import {viewOf} from './views.tsx';

export interface AppProps {
  readonly client: Client;
  readonly given: GivenAnswers;
  /** Puts a text on the terminal's clipboard. */
  readonly onCopy: (text: string) => void;
}

export function App({client, given, onCopy}: AppProps) {
  const [app, dispatch] = useReducer(appReducer, given, openApp);
  const [chosen, setChosen] = useState(0);
  useClient(app, dispatch, client);
  const quit = useQuit(app);
  const actions = useActions({app, dispatch, client, onCopy, quit});
  useKeys(({name}) => {
    if (name !== 'ctrl-c') return false;
    quit();
    return true;
  });
  const {timeoutMs} = client;
  const onChoose = () => setChosen(chosen + 1);
  return (
    <ClipboardContext.Provider value={onCopy}>
      <RunContext.Provider value={app.readOnly ? null : actions.run}>
        {viewOf({app, dispatch, actions, timeoutMs, chosen, onChoose})}
      </RunContext.Provider>
    </ClipboardContext.Provider>
  );
}

/** Ends the screens, with an exit summary by the state that was rendered last. */
function useQuit(app: AppState): () => void {
  const {exit} = useApp();
  const latest = useRef(app);
  useEffect(() => {
    latest.current = app;
  });
  // waitUntilExit resolves with the value that exit is given.
  return () => exit(exitSummaryOf(latest.current));
}
