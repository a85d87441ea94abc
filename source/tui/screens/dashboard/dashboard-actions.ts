// What the dashboard does without another screen: showing the password, and copying the writer's psql line.
import type {App} from '../../app-state.ts';
import type {Client} from '../../../client/types.ts';
import type {Action} from '../../state/actions.ts';

export interface DashboardActions {
  /** Shows the password, or hides it again. */
  readonly reveal: () => Promise<void>;
  /** Puts the writer's psql line on the clipboard. */
  readonly copyWriter: () => Promise<void>;
}

export function dashboardActions(
  {screen, target}: App,
  client: Client,
  dispatch: (action: Action) => void,
  onCopy: (text: string) => void,
): DashboardActions {
  return {
    reveal: async () => {
      if (screen.name !== 'dashboard') return;
      if (screen.revealed !== null) return dispatch({type: 'note', revealed: null, note: null});
      const password = await client.password(target).catch(() => null);
      dispatch({
        type: 'note',
        revealed: password,
        note: password === null ? 'The password cannot be read: you may not read the Secret.' : null,
      });
    },
    copyWriter: async () => {
      const strings = await client.connectionStrings(target, 'writer').catch(() => null);
      if (strings) onCopy(strings.psql);
      dispatch({
        type: 'note',
        revealed: null,
        note: strings
          ? "The writer's psql line was sent to your terminal's clipboard; n shows it."
          : 'There is nothing to copy yet.',
      });
    },
  };
}
