// Watches the writer's activity while its screen is shown, and ends sessions.
import {useEffect} from 'react';
import type {App} from '../../app-state.ts';
import type {Client} from '../../../client/types.ts';
import type {Action} from '../../state/actions.ts';
import type {Ask} from '../../use-asking.ts';

export function useActivity({screen, target}: App, client: Client, ask: Ask): void {
  const isShown = screen.name === 'top';
  useEffect(() => {
    if (!isShown) return;
    const stop = new AbortController();
    const forget = ask(async (dispatch) => {
      for await (const seen of client.activity(target, stop.signal)) {
        if (stop.signal.aborted) return;
        dispatch('lost' in seen ? {type: 'lost', text: seen.lost} : {type: 'activity', activity: seen});
      }
    });
    return () => {
      stop.abort();
      forget();
    };
  }, [isShown, target, client, ask]);
}

/** Ends what the screen asks about, and notes the result. */
export async function endShown(
  {screen, target}: App,
  client: Client,
  dispatch: (action: Action) => void,
): Promise<void> {
  if (screen.name !== 'top' || !screen.session || !screen.ends) return;
  const {session, ends} = screen;
  dispatch({type: 'show', screen: {...screen, session: null, ends: null}});
  const ended = await client.endSession(target, session, ends).catch(() => 'failed' as const);
  const texts = {
    asked:
      ends === 'query'
        ? `Session ${session.pid} was asked to cancel its query.`
        : `Session ${session.pid} was asked to end.`,
    gone: `Session ${session.pid} is no more.`,
    refused: `The server did not do it: session ${session.pid} goes on.`,
    failed: `The writer could not be asked: session ${session.pid} goes on.`,
  };
  dispatch({type: 'session', note: texts[ended]});
}
