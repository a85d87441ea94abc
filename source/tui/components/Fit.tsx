// Hides the app while the terminal is too small for it; nothing of its state is lost.
import {Box} from 'ink';
import type {ReactNode} from 'react';
import {useKeys} from '../keys/keyboard.tsx';
import {smallest} from '../layout.ts';
import {useLayout} from '../use-window-size.ts';
import {Text} from './Text.tsx';

export function Fit({children}: {readonly children: ReactNode}) {
  const {isTooSmall} = useLayout();
  // Keys that nobody can see the effect of are swallowed, except the one to leave.
  useKeys(({name}) => name !== 'ctrl-c', {active: isTooSmall});
  return (
    <>
      {isTooSmall && <Text wrap="truncate">{`Needs ${smallest.columns}×${smallest.rows}: enlarge the window.`}</Text>}
      <Box flexDirection="column" display={isTooSmall ? 'none' : 'flex'}>
        {children}
      </Box>
    </>
  );
}
