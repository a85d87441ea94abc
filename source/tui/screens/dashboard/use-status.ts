// Follows the state of a release for as long as one of its screens is shown.
import {useEffect} from 'react';
import type {App} from '../../app-state.ts';
import type {Client} from '../../../client/types.ts';
import {showsRelease} from '../../screens.ts';
import type {Ask} from '../../use-asking.ts';

export function useStatus({screen, target}: App, client: Client, ask: Ask): void {
  const follows = showsRelease(screen);
  useEffect(() => {
    if (!follows) return;
    const stop = new AbortController();
    const forget = ask(async (dispatch) => {
      for await (const seen of client.follow(target, stop.signal)) {
        if (stop.signal.aborted) return;
        dispatch(seen !== null && 'lost' in seen ? {type: 'lost', text: seen.lost} : {type: 'status', status: seen});
      }
    });
    return () => {
      stop.abort();
      forget();
    };
  }, [follows, target, client, ask]);
}
