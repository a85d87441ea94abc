// Names of views of the same thing, one of them shown.
import {Box} from 'ink';
import {useKeys} from '../keys/keyboard.tsx';
import {useTheme} from '../theme.ts';
import {Text} from './Text.tsx';

interface TabsProps<Name extends string> {
  readonly names: readonly Name[];
  readonly shown: Name;
  readonly active?: boolean;
  readonly onChange: (name: Name) => void;
}

/** Left, right, tab and shift-tab move through the names, in a circle. */
export function Tabs<Name extends string>({names, shown, active = true, onChange}: TabsProps<Name>) {
  const theme = useTheme();
  useKeys(
    ({name}) => {
      const by = name === 'right' || name === 'tab' ? 1 : name === 'left' || name === 'shift-tab' ? -1 : 0;
      const next = names[(names.indexOf(shown) + by + names.length) % names.length];
      if (by === 0 || next === undefined) return false;
      onChange(next);
      return true;
    },
    {active},
  );
  return (
    <Box gap={2} paddingLeft={1} aria-role="tablist">
      {names.map((name) => {
        const isShown = name === shown;
        return (
          <Box key={name} aria-role="tab" aria-state={{selected: isShown}}>
            {isShown ? (
              <Text bold underline color={theme.accent}>
                {theme.colour ? name : `[${name}]`}
              </Text>
            ) : (
              <Text dimColor>{name}</Text>
            )}
          </Box>
        );
      })}
    </Box>
  );
}
