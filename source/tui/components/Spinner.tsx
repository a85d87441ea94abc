// Something is at work. All spinners turn together on one interval, which runs only while one of them is mounted.
import {useIsScreenReaderEnabled} from 'ink';
import {useSyncExternalStore} from 'react';
import {useTheme} from '../theme.ts';
import {Text} from './Text.tsx';

/** Milliseconds per frame. */
const spinnerPace = 80;

const mounted = new Set<() => void>();
let interval: NodeJS.Timeout | undefined;
let step = 0;

function turn(changed: () => void): () => void {
  mounted.add(changed);
  interval ??= setInterval(() => {
    step += 1;
    for (const notify of mounted) notify();
  }, spinnerPace).unref();
  return () => {
    mounted.delete(changed);
    if (mounted.size > 0) return;
    clearInterval(interval);
    interval = undefined;
  };
}

const stand = () => () => {};

/** Shows a still sign where nothing may move: for a screen reader, and on a terminal that cannot move its cursor. */
export function Spinner() {
  const {animated, spinner, signs, accent} = useTheme();
  const isReadAloud = useIsScreenReaderEnabled();
  const turns = animated && !isReadAloud;
  const at = useSyncExternalStore(turns ? turn : stand, () => (turns ? step : 0));
  return (
    <Text aria-hidden color={accent}>
      {turns ? spinner[at % spinner.length] : signs.running.text}
    </Text>
  );
}
