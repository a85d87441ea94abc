// Asks what is on the volume of the backups. A pod looks there, so it takes some seconds.
import {useEffect} from 'react';
import {UserError} from '../../../core/cause.ts';
import type {Client} from '../../../client/types.ts';
import type {App} from '../../app-state.ts';
import type {Ask} from '../../use-asking.ts';
import type {SeenBackups} from './backups-state.ts';

export function useBackups({screen, target, backups}: App, client: Client, ask: Ask): void {
  const looks = screen.name === 'backups' && backups === null;
  useEffect(() => {
    if (!looks) return;
    return ask(async (dispatch, signal) =>
      dispatch({type: 'backups', backups: await client.backups(target, signal).catch(causeOf)}),
    );
  }, [looks, target, client, ask]);
}

/** A volume that cannot be read is not treated as trouble with the cluster, because the release has other screens. */
function causeOf(error: unknown): SeenBackups {
  if (error instanceof UserError) return {cause: error.reason};
  throw error;
}
