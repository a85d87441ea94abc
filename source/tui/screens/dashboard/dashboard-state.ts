// The state of the dashboard's screen. Pure.

export interface DashboardState {
  readonly name: 'dashboard';
  /** The password, while it is shown. */
  readonly revealed: string | null;
  /** What was done last, in a sentence. */
  readonly note: string | null;
}

export const dashboard: DashboardState = {name: 'dashboard', revealed: null, note: null};
