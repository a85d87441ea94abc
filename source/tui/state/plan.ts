// The plan of what would be done, and how it is looked at. Pure.
import type {Values} from '../../chart/tree.ts';
import type {Result} from '../../plan/progress.ts';
import {firstView, planKeyOf, type PlanView, type Screen} from '../screens.ts';
import type {Action} from './actions.ts';

export interface PlanState {
  /** The plan that is shown; null while it is being made. */
  readonly planned: Result | null;
  /** Counts the requests for a plan, so that the answer to an older one is dropped. */
  readonly asked: number;
  readonly planning: boolean;
  readonly view: PlanView;
  /** The planned chart's own values; null until they are asked for. */
  readonly chartValues: Values | null;
}

/** No plan yet, or none any more. */
const unplanned = {planned: null, planning: false, view: firstView, chartValues: null} as const;

export const noPlan: PlanState = {...unplanned, asked: 0};

/** What an action changes in the plan. Typing into the form makes the plan void too: see `voided`. */
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
      // Also on the way back to a form: before the next preview another cluster may be chosen.
      return planKeyOf(screen) !== planKeyOf(action.screen) || isForm(action.screen) ? voided(asked) : {};
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

function isForm({name}: Screen): boolean {
  return name === 'parameters' || name === 'settings';
}

/** Makes the plan void, and an answer that is still to come, because something else is wanted. */
export function voided(asked: number): Partial<PlanState> {
  return {...unplanned, asked: asked + 1};
}
