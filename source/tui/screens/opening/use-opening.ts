// Asks the cluster for the first time, and before that starts the sandbox where that is the cluster.
import {useEffect} from 'react';
import type {App} from '../../app-state.ts';
import type {Client} from '../../../client/types.ts';
import type {Ask} from '../../use-asking.ts';

export function useOpening({screen}: App, client: Client, ask: Ask): void {
  const opening = screen.name === 'opening' ? (screen.context ?? '') : null;
  const startsSandbox = screen.name === 'opening' && screen.sandbox === true;
  useEffect(() => {
    if (opening === null) return;
    return ask(async (dispatch) => {
      if (startsSandbox) await client.useSandbox();
      dispatch({type: 'contexts', ...(await client.contexts().catch(() => ({names: [], current: null})))});
      dispatch({type: 'opened', opened: await client.open(opening || null)});
    });
  }, [opening, startsSandbox, client, ask]);
}
