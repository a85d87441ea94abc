// The state of the dashboard's screen. Pure.

import type {Gap} from '../../../observation/text/gap-plot.ts';

export interface DashboardState {
  readonly name: 'dashboard';
  /** The password, while it is shown. */
  readonly revealed: string | null;
  /** What was done last, in a sentence. */
  readonly note: string | null;
  /** For how long writes were out in the operation that has just ended; null: it did not touch the writer. */
  readonly plot: WritesPlot | null;
}

export interface WritesPlot {
  readonly gap: Gap;
  readonly durationMs: number;
}

export const dashboard: DashboardState = {name: 'dashboard', revealed: null, note: null, plot: null};
