// The terminal's size, as it is now, and the layout that follows from it.
import {useStdout} from 'ink';
import {createContext, useCallback, useContext, useSyncExternalStore} from 'react';
import {layoutOf, type Layout} from './layout.ts';

/** The size as the terminal reports it: 0 and undefined are possible. Only for the root; screens use `useLayout`. */
export function useWindowSize(): {readonly columns: number | undefined; readonly rows: number | undefined} {
  // The stream that renderApp was given, of which Ink's type says less.
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

/** One layout for the whole app: a listener per component would be too many for one stream. */
export const LayoutContext = createContext<Layout>(layoutOf(undefined, undefined));

export function useLayout(): Layout {
  return useContext(LayoutContext);
}
