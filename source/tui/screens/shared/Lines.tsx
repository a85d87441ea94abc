// A long text in the rows there are: up, down and page keys move through it.
import {Box} from 'ink';
import {Plain} from '../../components/Plain.tsx';
import {useKeys} from '../../keys/keyboard.tsx';
import type {KeyName} from '../../keys/key.ts';
import {useTheme, type StateColour} from '../../theme.ts';

export interface Line {
  readonly text: string;
  readonly dim?: boolean;
  readonly bold?: boolean;
  readonly color?: StateColour | 'cyan';
}

export interface LinesProps {
  readonly lines: readonly Line[];
  readonly rows: number;
  readonly top: number;
  readonly onScroll: (top: number) => void;
}

export function Lines({lines, rows, top, onScroll}: LinesProps) {
  const theme = useTheme();
  const isLong = lines.length > rows;
  const shown = Math.max(1, isLong ? rows - 1 : rows);
  const last = Math.max(0, lines.length - shown);
  const start = Math.min(top, last);
  const by: Partial<Record<KeyName, number>> = {
    up: -1,
    down: 1,
    'page-up': -shown,
    'page-down': shown,
    home: -lines.length,
    end: lines.length,
  };
  useKeys(
    ({name}) => {
      const step = by[name as KeyName];
      if (step === undefined) return false;
      onScroll(Math.max(0, Math.min(last, start + step)));
      return true;
    },
    {active: isLong},
  );
  return (
    <Box flexDirection="column" paddingLeft={3} flexShrink={0}>
      {lines.slice(start, start + shown).map(({text, dim, bold, color}, index) => (
        <Plain key={index} dimColor={dim ?? false} bold={bold ?? false} {...(color ? {color} : {})}>
          {text || ' '}
        </Plain>
      ))}
      {isLong && (
        <Plain
          dimColor
        >{`${start + 1}–${Math.min(lines.length, start + shown)} of ${lines.length}  ${theme.upDown}`}</Plain>
      )}
    </Box>
  );
}
