// Asks the cluster for the first time; where that is wanted, fetches helm or starts the sandbox before.
import {useEffect} from 'react';
import type {App} from '../../app-state.ts';
import type {Client} from '../../../client/types.ts';
import type {Ask} from '../../use-asking.ts';

export function useOpening({screen}: App, client: Client, ask: Ask): void {
  const opening = screen.name === 'opening' ? (screen.context ?? '') : null;
  const startsSandbox = screen.name === 'opening' && screen.sandbox === true;
  const fetchesHelm = screen.name === 'opening' && screen.helm === true;
  useEffect(() => {
    if (opening === null) return;
    const stop = new AbortController();
    const forget = ask(async (dispatch) => {
      const onDoing = (text: string) => dispatch({type: 'opening', doing: text});
      if (fetchesHelm) await client.fetchHelm(onDoing, stop.signal);
      if (startsSandbox) await client.useSandbox(onDoing);
      dispatch({type: 'contexts', ...(await client.contexts().catch(() => ({names: [], current: null})))});
      dispatch({type: 'opened', opened: await client.open(opening || null)});
    });
    return () => {
      forget();
      stop.abort();
    };
  }, [opening, startsSandbox, fetchesHelm, client, ask]);
}
