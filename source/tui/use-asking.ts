// Asks the client, and forgets the answer when nobody waits for it any more.
import {useCallback, useState} from 'react';
import {UserError} from '../core/cause.ts';
import type {Action} from './state/actions.ts';

/** Asks a question and dispatches its answer; returns a function that aborts the question and drops its answer. */
export type Ask = (question: (dispatch: (action: Action) => void, signal: AbortSignal) => Promise<void>) => () => void;

/** An error that is not trouble with the cluster is a bug of ours, and ends the screens. */
export function useAsking(dispatch: (action: Action) => void): Ask {
  const fail = useFailure(dispatch);
  return useCallback(
    (question) => {
      const left = new AbortController();
      const whileAwaited = (action: Action) => {
        if (!left.signal.aborted) dispatch(action);
      };
      question(whileAwaited, left.signal).catch((error: unknown) => {
        if (!left.signal.aborted) fail(error);
      });
      return () => left.abort();
    },
    [dispatch, fail],
  );
}

export function useFailure(dispatch: (action: Action) => void): (error: unknown) => void {
  const [bug, setBug] = useState<{readonly error: unknown} | null>(null);
  if (bug) throw bug.error;
  return useCallback(
    (error) => (error instanceof UserError ? dispatch({type: 'blocked', cause: error.reason}) : setBug({error})),
    [dispatch],
  );
}
