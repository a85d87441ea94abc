// Asks for the plan of what the operator wants: of an install at once, of a change when Enter is pressed.
import {useEffect, useEffectEvent} from 'react';
import type {App} from '../../app-state.ts';
import type {Client} from '../../../client/types.ts';
import {installOf, operationOf, passwordIn} from '../../requests.ts';
import type {Ask} from '../../use-asking.ts';

/** The plan of an install, for the preview. */
export function useInstallPlan({screen, target, form, asked, planned}: App, client: Client, ask: Ask): void {
  const plans = screen.name === 'preview' && planned === null;
  useEffect(() => {
    if (!plans) return;
    const result = (signal: AbortSignal) => client.plan(installOf({target, form}), signal, passwordIn(form));
    return ask(async (dispatch, signal) => dispatch({type: 'planned', asked, result: await result(signal)}));
  }, [plans, target, form, asked, client, ask]);
}

/** Asks for the plan when Enter is pressed. Typing makes the answer void, and the next Enter asks again. */
export function useChangePlan(app: App, client: Client, ask: Ask): void {
  const {planning, asked} = app;
  const operation = useEffectEvent(() => operationOf(app));
  useEffect(() => {
    if (!planning) return;
    return ask(async (dispatch, signal) => {
      const desired = operation();
      if (desired) dispatch({type: 'planned', asked, result: await client.plan(desired, signal)});
    });
  }, [planning, asked, client, ask]);
}

/** The chart's own values, where a plan shows only the values that differ from them. */
export function useChartValues({view, chartValues, planned}: App, client: Client, ask: Ask): void {
  const compares = planned?.plan !== undefined && view.tab === 'values' && view.differs && chartValues === null;
  const version = planned?.chartVersion ?? null;
  useEffect(() => {
    if (!compares) return;
    return ask(async (dispatch, signal) =>
      dispatch({type: 'chart values', values: await client.chartValues(version, signal)}),
    );
  }, [compares, version, client, ask]);
}
