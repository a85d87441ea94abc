// A thin line across; never longer than the layout is wide, so that a narrowed terminal keeps no pieces of it.
import {Box} from 'ink';
import {useTheme} from '../theme.ts';
import {useLayout} from '../use-window-size.ts';
import {Text} from './Text.tsx';

export function Rule() {
  const {rule} = useTheme();
  const {width} = useLayout();
  return (
    <Box aria-hidden paddingLeft={1}>
      <Text dimColor wrap="truncate">
        {rule.repeat(width - 1)}
      </Text>
    </Box>
  );
}
