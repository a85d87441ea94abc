// What would be done, and how it is looked at. Pure.
import type {Values} from '../../chart/tree.ts';
import type {Result} from '../../operations/progress.ts';
import {firstView, planKeyOf, type PlanView, type Screen} from '../screens.ts';
import type {Action} from './actions.ts';

export interface PlanState {
  /** What the preview shows; null while it is being made. */
  readonly planned: Result | null;
  /** Counts what was asked to be planned: an answer to an older question is dropped. */
  readonly asked: number;
  readonly planning: boolean;
  readonly view: PlanView;
  /** What the planned chart says by itself; null until it is asked for. */
  readonly chartValues: Values | null;
}

/** No plan yet, or none any more. */
const unplanned = {planned: null, planning: false, view: firstView, chartValues: null} as const;

export const noPlan: PlanState = {...unplanned, asked: 0};

/** What an action changes of it. What is typed into the form makes it void too: see `voided`. */
export function planChanges(
  {asked, screen}: PlanState & {readonly screen: Screen},
  action: Action,
): Partial<PlanState> {
  switch (action.type) {
    case 'open':
      return unplanned;
    case 'target':
    case 'edit':
      return voided(asked);
    case 'show':
      // The way back to the parameters too: until the next preview the cluster may be another one.
      return planKeyOf(screen) !== planKeyOf(action.screen) || action.screen.name === 'parameters' ? voided(asked) : {};
    case 'planning':
      return {...voided(asked), planning: true};
    case 'planned':
      return action.asked === asked ? {planned: action.result, planning: false} : {};
    case 'view':
      return {view: action.view};
    case 'chart values':
      return {chartValues: action.values};
    default:
      return {};
  }
}

/** Something else is wanted: what was planned is void, and so is an answer that is still to come. */
export function voided(asked: number): Partial<PlanState> {
  return {...unplanned, asked: asked + 1};
}
