// Asks what follows from what is wanted: at once of an install, with Enter of a change.
import {useEffect, useEffectEvent} from 'react';
import type {App} from '../../app-state.ts';
import type {Client} from '../../../client/types.ts';
import {installOf, operationOf, passwordIn} from '../../requests.ts';
import type {Ask} from '../../use-asking.ts';

/** For the preview. */
export function useInstallPlan({screen, target, form, asked, planned}: App, client: Client, ask: Ask): void {
  const plans = screen.name === 'preview' && planned === null;
  useEffect(() => {
    if (!plans) return;
    const result = () => client.plan(installOf({target, form}), passwordIn(form));
    return ask(async (dispatch) => dispatch({type: 'planned', asked, result: await result()}));
  }, [plans, target, form, asked, client, ask]);
}

/** Asked for with Enter; what is typed afterwards makes the answer void, and is asked for with another Enter. */
export function useChangePlan(app: App, client: Client, ask: Ask): void {
  const {planning, asked} = app;
  const operation = useEffectEvent(() => operationOf(app));
  useEffect(() => {
    if (!planning) return;
    return ask(async (dispatch) => {
      const desired = operation();
      if (desired) dispatch({type: 'planned', asked, result: await client.plan(desired)});
    });
  }, [planning, asked, client, ask]);
}

/** The chart's own values, where the values of a plan are shown without those. */
export function useChartValues({target, view, chartValues, planned}: App, client: Client, ask: Ask): void {
  const compares = planned?.plan !== undefined && view.tab === 'values' && view.differs && chartValues === null;
  const version = planned?.chartVersion ?? null;
  useEffect(() => {
    if (!compares) return;
    return ask(async (dispatch) => dispatch({type: 'chart values', values: await client.chartValues(target, version)}));
  }, [compares, target, version, client, ask]);
}
