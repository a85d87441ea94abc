// The file that a last dump goes to, and what is wrong with it.
import {Box} from 'ink';
import type {ReactNode} from 'react';
import {Plain} from '../../components/Plain.tsx';
import {TextField} from '../../components/text-field/TextField.tsx';
import {useTheme} from '../../theme.ts';
import {useLayout} from '../../use-window-size.ts';
import {wrapped} from '../shared/wrap.ts';

interface Props {
  /** The file; empty: no dump. */
  readonly dumpTo: string;
  /** Whether the field takes the keys. */
  readonly isTyped: boolean;
  readonly onTake: (typed: string) => void;
  /** Called on Escape: what was typed is discarded. */
  readonly onLeave: () => void;
}

export function DumpField({dumpTo, isTyped, onTake, onLeave}: Props) {
  const {width} = useLayout();
  return (
    <Box gap={1} flexShrink={0}>
      <Box flexShrink={0}>
        <Plain>Last dump to:</Plain>
      </Box>
      {isTyped ? (
        <TextField
          initial={dumpTo}
          width={Math.max(12, width - 20)}
          placeholder="no dump; a file such as orders.sql"
          onSubmit={onTake}
          onLeave={(key, typed) => (key === 'escape' ? onLeave() : onTake(typed))}
        />
      ) : (
        <Plain dimColor={dumpTo === ''}>
          {dumpTo === '' ? 'no dump' : `${dumpTo}, first; without it nothing is removed`}
        </Plain>
      )}
    </Box>
  );
}

/** The field, and below it why the file that was typed cannot be used. */
export function DumpProblem({problem, children}: {readonly problem: string; readonly children: ReactNode}) {
  const theme = useTheme();
  const {body, width} = useLayout();
  return (
    <Box flexDirection="column" paddingLeft={3} flexShrink={0}>
      {children}
      {wrapped(`${theme.signs.warning.text} ${problem}`, width - 4)
        .slice(0, body - (body < 8 ? 1 : 2))
        .map((text) => (
          <Plain key={text} color="yellow">
            {text}
          </Plain>
        ))}
    </Box>
  );
}
