// What is wrong with a release, with its evidence and what can be done about it from here, and every warning in full.
import {Box} from 'ink';
import {useState} from 'react';
import {Plain} from '../../components/Plain.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import type {Action, App} from '../../app-state.ts';
import {CauseView} from '../shared/CauseView.tsx';
import {Frame} from '../shared/Frame.tsx';
import {Lines, type Line} from '../shared/Lines.tsx';
import {useRemedyKeys} from '../shared/remedies.ts';
import {dashboard} from '../dashboard/dashboard-state.ts';
import {otherWarnings, underWay} from './cause-state.ts';
import {wrapped} from '../shared/wrap.ts';

export function CauseScreen({app, dispatch}: {readonly app: App; readonly dispatch: (action: Action) => void}) {
  const theme = useTheme();
  const {body, width} = useLayout();
  const [top, setTop] = useState(0);
  const {status} = app;
  const cause = status?.cause ?? null;
  const remedyKeys = useRemedyKeys(cause ?? undefined, false);
  useKeys(({name, text}) => {
    if (name !== 'escape' && text !== 'q') return false;
    dispatch({type: 'show', screen: dashboard});
    return true;
  });
  const rows = body > 8 ? body - 1 : body;
  const said = [
    ...underWay(status?.operation ?? null, ''),
    ...(status ? otherWarnings(status) : []).map(({code, message}) => `${code}  ${message}`),
  ];
  const warnings = said.flatMap((text): Line[] =>
    wrapped(`${theme.signs.warning.text} ${text}`, Math.max(20, width - 4), '  ').map((line) => ({text: line})),
  );
  return (
    <Frame app={app} keys={[...remedyKeys, {keys: 'esc', does: 'back'}]}>
      {body > 8 && <Box height={1} flexShrink={0} />}
      {cause ? (
        <CauseView cause={cause} rows={rows} more={warnings} />
      ) : warnings.length > 0 ? (
        <Lines lines={warnings} rows={rows} top={top} onScroll={setTop} />
      ) : (
        <Box paddingLeft={3}>
          <Plain>Nothing is wrong any more.</Plain>
        </Box>
      )}
    </Frame>
  );
}
