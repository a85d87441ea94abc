// Asks what there is in the cluster to choose from, for the screens with fields that depend on it.
import {useEffect} from 'react';
import type {App} from '../../app-state.ts';
import type {Client} from '../../../client/types.ts';
import type {Ask} from '../../use-asking.ts';

export function useSurvey({screen, target, surveyed}: App, client: Client, ask: Ask): void {
  const surveys = ['parameters', 'settings', 'scale', 'resize'].includes(screen.name) && surveyed === null;
  useEffect(() => {
    if (!surveys) return;
    return ask(async (dispatch) => dispatch({type: 'surveyed', surveyed: await client.survey(target)}));
  }, [surveys, target, client, ask]);
}
