// An entry in the menu of a release. The screen that it opens defines it; the dashboard lists them all.

export interface MenuEntry<Does> {
  readonly key: string;
  readonly label: string;
  readonly does: Does;
}

/** An entry that opens a screen, with the state that the screen has at first. */
export type ScreenEntry<State> = MenuEntry<{readonly show: State}>;
