// Asks what an uninstall would remove and leave, again whenever the request changes.
import {useEffect} from 'react';
import type {App} from '../../app-state.ts';
import type {Client} from '../../../client/types.ts';
import type {Ask} from '../../use-asking.ts';
import {uninstallAsked} from './uninstall-state.ts';

export function useRemovalPlan({screen, target, asked, planned}: App, client: Client, ask: Ask): void {
  const removes = screen.name === 'uninstall' && planned === null;
  const deleteData = screen.name === 'uninstall' && screen.deleteData;
  const dumpTo = screen.name === 'uninstall' ? screen.dumpTo : '';
  useEffect(() => {
    if (!removes) return;
    const operation = {...target, ...uninstallAsked({deleteData, dumpTo})};
    return ask(async (dispatch, signal) =>
      dispatch({type: 'planned', asked, result: await client.plan(operation, signal)}),
    );
  }, [removes, deleteData, dumpTo, target, asked, client, ask]);
}
