// The only reader of the terminal's input; with useKeys a screen says which keys it takes.
import {useStdin, useStdout} from 'ink';
import {createContext, useContext, useLayoutEffect, useMemo, useReducer, useRef, useState, type ReactNode} from 'react';
import type {Key} from './key.ts';
import {createKeyQueue, type KeyQueue} from './key-queue.ts';
import {createKeyParser, type Pending} from './parse-keys.ts';
import {bracketPastes} from './terminal-modes.ts';

/** How many milliseconds without input to wait for the rest of an unfinished sequence. */
const waitMs: Readonly<Record<Pending, number>> = {escape: 50, sequence: 500, paste: 1000};

const QueueContext = createContext<KeyQueue | null>(null);

/** Must stay mounted as long as the app. Errors that handlers throw go to `onError`. */
export function Keyboard({
  onError,
  children,
}: {
  readonly onError: (error: unknown) => void;
  readonly children: ReactNode;
}) {
  const {stdin, setRawMode, isRawModeSupported} = useStdin();
  const {stdout} = useStdout();
  const [queue] = useState(createKeyQueue);
  const [turn, redraw] = useReducer((count: number) => count + 1, 0);

  const report = useRef(onError);

  // Layout effects: their cleanups run even while the process exits, and those of children before those of their
  // parents.
  useLayoutEffect(() => {
    report.current = onError;
  });
  useLayoutEffect(() => queue.connect(redraw, (error) => report.current(error)), [queue]);
  useLayoutEffect(() => queue.drawn(turn), [queue, turn]);
  useLayoutEffect(() => {
    const parser = createKeyParser();
    let timer: NodeJS.Timeout | undefined;
    const onData = (chunk: string | Uint8Array) => {
      clearTimeout(timer);
      queue.push(parser.push(chunk));
      if (parser.pending) timer = setTimeout(() => queue.push(parser.flush()), waitMs[parser.pending]);
    };
    if (isRawModeSupported) setRawMode(true);
    const unbracket = bracketPastes(stdout);
    stdin.on('data', onData);
    return () => {
      clearTimeout(timer);
      stdin.off('data', onData);
      unbracket();
      if (isRawModeSupported) setRawMode(false);
    };
  }, [queue, stdin, stdout, setRawMode, isRawModeSupported]);

  return <QueueContext.Provider value={queue}>{children}</QueueContext.Provider>;
}

/**
 * While `active`, gives the handler every key that no newer subscriber took; the handler returns true for those it
 * takes. It always sees the last committed rendering, because the next key waits for what this one changed. `edits` is
 * for text fields, see Subscriber.
 */
export function useKeys(
  handler: (key: Key) => boolean,
  {active = true, edits = null}: {readonly active?: boolean; readonly edits?: ((key: Key) => boolean) | null} = {},
): void {
  const queue = useContext(QueueContext);
  if (!queue) throw new Error('useKeys needs a <Keyboard> above it');
  const latest = useRef({handler, edits});
  useLayoutEffect(() => {
    latest.current = {handler, edits};
  });
  const ticket = useMemo(() => (active ? queue.ticket() : 0), [queue, active]);
  useLayoutEffect(() => (ticket === 0 ? undefined : queue.subscribe(ticket, () => latest.current)), [queue, ticket]);
}
