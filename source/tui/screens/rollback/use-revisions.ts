// Asks which revisions one can go back to.
import {useEffect} from 'react';
import type {App} from '../../app-state.ts';
import type {Client} from '../../../client/types.ts';
import type {Ask} from '../../use-asking.ts';

export function useRevisions({screen, target, revisions}: App, client: Client, ask: Ask): void {
  const looksBack = screen.name === 'rollback' && revisions === null;
  useEffect(() => {
    if (!looksBack) return;
    return ask(async (dispatch) => dispatch({type: 'revisions', revisions: await client.earlierRevisions(target)}));
  }, [looksBack, target, client, ask]);
}
