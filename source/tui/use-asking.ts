// Asks the client, and forgets the answer when nobody waits for it any more.
import {useCallback, useState} from 'react';
import {UserError} from '../core/cause.ts';
import type {Action} from './app-state.ts';

/** Gives back how to forget. What is no trouble of the cluster is a bug of ours, and ends the screens. */
export function useAsking(
  dispatch: (action: Action) => void,
): (ask: (dispatch: (action: Action) => void) => Promise<void>) => () => void {
  const fail = useFailure(dispatch);
  return useCallback(
    (ask) => {
      let wanted = true;
      const whileWanted = (action: Action) => {
        if (wanted) dispatch(action);
      };
      ask(whileWanted).catch((error: unknown) => {
        if (wanted) fail(error);
      });
      return () => {
        wanted = false;
      };
    },
    [dispatch, fail],
  );
}

export function useFailure(dispatch: (action: Action) => void): (error: unknown) => void {
  const [bug, setBug] = useState<{readonly error: unknown} | null>(null);
  if (bug) throw bug.error;
  return useCallback(
    (error) => (error instanceof UserError ? dispatch({type: 'trouble', cause: error.reason}) : setBug({error})),
    [dispatch],
  );
}
