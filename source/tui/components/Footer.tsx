// The keys that work now. Always the last two lines.
import {Box} from 'ink';
import {cells} from '../keys/graphemes.ts';
import {useTheme} from '../theme.ts';
import {isNarrow} from '../layout.ts';
import {useLayout} from '../use-window-size.ts';
import {oneLine} from './Plain.tsx';
import {Rule} from './Rule.tsx';
import {Text} from './Text.tsx';

/** Such as `{keys: 'esc', does: 'back'}`. */
export interface Hint {
  readonly keys: string;
  readonly does: string;
}

/** Where there is no room, the last keys on the left are left out; those on the right stay. */
export function Footer({
  keys,
  right = [{keys: 'ctrl-c', does: 'quit'}],
}: {
  readonly keys: readonly Hint[];
  readonly right?: readonly Hint[];
}) {
  const {width} = useLayout();
  const gap = isNarrow(width) ? 2 : 3;
  const room = width - 1 - widthOf(right, gap) - gap;
  return (
    <Box flexDirection="column" width={width}>
      <Rule />
      <Box paddingLeft={1} justifyContent="space-between">
        <Hints of={fitting(keys, room, gap)} gap={gap} />
        <Hints of={right} gap={gap} />
      </Box>
    </Box>
  );
}

function Hints({of, gap}: {readonly of: readonly Hint[]; readonly gap: number}) {
  const {accent} = useTheme();
  return (
    <Box gap={gap} flexShrink={0}>
      {of.map(({keys, does}) => (
        <Text key={keys + does} wrap="truncate">
          <Text color={accent}>{keys}</Text>
          <Text dimColor>{` ${oneLine(does)}`}</Text>
        </Text>
      ))}
    </Box>
  );
}

function widthOf(hints: readonly Hint[], gap: number): number {
  return hints.reduce((sum, {keys, does}) => sum + cells(keys) + 1 + cells(oneLine(does)) + gap, -gap);
}

function fitting(hints: readonly Hint[], room: number, gap: number): readonly Hint[] {
  const end = hints.findIndex((_, index) => widthOf(hints.slice(0, index + 1), gap) > room);
  return end < 0 ? hints : hints.slice(0, end);
}
