// The terminal's size, as it is now, and the layout that follows from it.
import {useStdout} from 'ink';
import {createContext, useCallback, useContext, useSyncExternalStore} from 'react';
import {layoutOf, type Layout} from './layout.ts';

/** As the terminal says it: 0 and undefined are possible. For the root; screens use `useLayout`. */
export function useWindowSize(): {readonly columns: number | undefined; readonly rows: number | undefined} {
  // What renderApp was given; Ink's type says less of it.
  const stdout = useStdout().stdout as NodeJS.WriteStream;
  const subscribe = useCallback(
    (changed: () => void) => {
      stdout.on('resize', changed);
      return () => void stdout.off('resize', changed);
    },
    [stdout],
  );
  const columns = useSyncExternalStore(subscribe, () => stdout.columns);
  const rows = useSyncExternalStore(subscribe, () => stdout.rows);
  return {columns, rows};
}

/** One for the whole app: a listener for each component would be too many for a stream. */
export const LayoutContext = createContext<Layout>(layoutOf(undefined, undefined));

export function useLayout(): Layout {
  return useContext(LayoutContext);
}
