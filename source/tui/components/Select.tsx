// Selects one item of a list. A long list shows a window of rows around the chosen one.
import {Box} from 'ink';
import {useState} from 'react';
import {useKeys} from '../keys/keyboard.tsx';
import type {Key} from '../keys/key.ts';
import {windowOf} from '../layout.ts';
import {useTheme} from '../theme.ts';
import {oneLine} from './Plain.tsx';
import {Text} from './Text.tsx';

export interface Item {
  readonly key: string;
  readonly label: string;
  readonly hint?: string;
}

interface SelectProps {
  readonly items: readonly Item[];
  /** At most this many lines, 2 or more; a list that does not fit shows one's position in it on the last line. */
  readonly rows: number;
  readonly initial?: string;
  readonly active?: boolean;
  readonly onSelect: (key: string) => void;
  readonly onMove?: (key: string) => void;
}

/** The choice is kept by its key when the list changes; when that item is gone, its position is kept. */
export function Select({items, rows, initial, active = true, onSelect, onMove}: SelectProps) {
  const theme = useTheme();
  const [chosen, choose] = useState({key: initial ?? items[0]?.key ?? '', index: 0});
  const found = items.findIndex(({key}) => key === chosen.key);
  const index = found >= 0 ? found : Math.max(0, Math.min(chosen.index, items.length - 1));
  const isLong = items.length > rows;
  const {start, end} = windowOf(items.length, index, isLong ? rows - 1 : rows);

  useKeys(
    (key) => {
      const item = items[index];
      if (key.name === 'enter' && item) onSelect(item.key);
      const next = moved(key, index, items.length, Math.max(1, end - start));
      const target = next === null ? undefined : items[next];
      if (next !== null && target) {
        choose({key: target.key, index: next});
        if (next !== index) onMove?.(target.key);
      }
      return key.name === 'enter' || next !== null;
    },
    {active},
  );

  return (
    <Box flexDirection="column" aria-role="list">
      {items.slice(start, end).map(({key, label, hint}, offset) => {
        const isChosen = start + offset === index;
        return (
          <Box key={key} aria-role="listitem" aria-state={{selected: isChosen}}>
            <Text wrap="truncate-end">
              <Text
                {...(isChosen && active ? {color: theme.accent} : {})}
              >{`${isChosen && active ? theme.pointer : ' '} ${oneLine(label)}`}</Text>
              {hint && <Text dimColor>{` ${oneLine(hint)}`}</Text>}
            </Text>
          </Box>
        );
      })}
      {isLong && <Text dimColor>{`  ${index + 1} of ${items.length}`}</Text>}
    </Box>
  );
}

function moved({name}: Key, index: number, count: number, page: number): number | null {
  const steps: Partial<Record<Key['name'], number>> = {
    up: -1,
    down: 1,
    'page-up': -page,
    'page-down': page,
    home: -count,
    end: count,
  };
  const by = steps[name];
  return by === undefined ? null : Math.max(0, Math.min(count - 1, index + by));
}
