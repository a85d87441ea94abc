// Asks the registries which images and charts there are.
import {useEffect} from 'react';
import type {App} from '../../app-state.ts';
import type {Client} from '../../../client/types.ts';
import type {Ask} from '../../use-asking.ts';

export function useVersions({screen, target, versions}: App, client: Client, ask: Ask): void {
  const offers = screen.name === 'upgrade' && versions === null;
  useEffect(() => {
    if (!offers) return;
    return ask(async (dispatch, signal) =>
      dispatch({type: 'versions', versions: await client.versions(target, signal)}),
    );
  }, [offers, target, client, ask]);
}
