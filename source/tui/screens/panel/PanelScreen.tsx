// A text about a release: how to connect, logs, values, history.
import {Box} from 'ink';
import {useState} from 'react';
import {Plain} from '../../components/Plain.tsx';
import {Waiting} from '../../components/Waiting.tsx';
import {useClipboard} from '../../clipboard.ts';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {Frame} from '../shared/Frame.tsx';
import {Lines} from '../shared/Lines.tsx';
import {dashboard} from '../dashboard/dashboard-state.ts';
import type {PanelState} from './panel-state.ts';
import {wrapped} from '../shared/wrap.ts';

/**
 * A connection string is there to be copied, and the end of a log line is what matters: both are wrapped and never cut.
 */
function fitted(panel: PanelState['panel'], text: string, width: number): string[] {
  if (panel === 'connect') return wrapped(text, width, '           ');
  if (panel !== 'logs') return [text];
  const [indent = ''] = /^ */.exec(text) ?? [];
  return wrapped(text.trimStart(), width - indent.length, '    ').map((line) => indent + line);
}

const titles: Readonly<Record<PanelState['panel'], string>> = {
  connect: 'How to connect',
  logs: 'The last log lines',
  values: 'The values as helm has them',
  history: 'Revisions',
};

export function PanelScreen({
  app,
  screen,
  dispatch,
}: {
  readonly app: App;
  readonly screen: PanelState;
  readonly dispatch: (action: Action) => void;
}) {
  const {panel, top} = screen;
  const theme = useTheme();
  const {body, width} = useLayout();
  const isLow = body < 8;
  const copy = useClipboard();
  const [copied, setCopied] = useState<string | null>(null);
  useKeys(({name, text}) => {
    const chosen = text !== undefined && /^\d$/.test(text) ? app.panelTexts[(Number(text) + 9) % 10] : undefined;
    if (chosen !== undefined) {
      copy(chosen);
      setCopied(text ?? null);
    } else if (name === 'escape' || text === 'q') dispatch({type: 'show', screen: dashboard});
    else return false;
    return true;
  });
  return (
    <Frame
      app={app}
      keys={[
        ...(app.panelTexts.length > 0 ? [{keys: '0-9', does: 'copy'}] : []),
        {keys: theme.upDown, does: 'scroll'},
        {keys: 'esc', does: 'back'},
      ]}
    >
      <Box paddingLeft={3} height={1} flexShrink={0}>
        <Plain bold>
          {copied === null
            ? titles[panel]
            : isLow
              ? `${copied} copied`
              : `${copied} was sent to your terminal's clipboard, without the password`}
        </Plain>
      </Box>
      {!isLow && <Box height={1} flexShrink={0} />}
      {app.panelLines ? (
        <Lines
          lines={app.panelLines.flatMap((text) => fitted(panel, text, width - 4)).map((text) => ({text}))}
          rows={body - (isLow ? 1 : 2)}
          top={top}
          onScroll={(to) => dispatch({type: 'show', screen: {...screen, top: to}})}
        />
      ) : (
        <Waiting>Asking the cluster</Waiting>
      )}
    </Frame>
  );
}
