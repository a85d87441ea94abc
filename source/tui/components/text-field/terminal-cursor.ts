// Puts the terminal's own cursor where the text is edited: screen readers, magnifiers and input methods follow it.
import {measureElement, useCursor, type DOMElement} from 'ink';
import {useLayoutEffect, useReducer, type RefObject} from 'react';
import {useLayout} from '../../use-window-size.ts';

/**
 * Use it only in a component that exists just while its text is edited: two that come and go in one rendering would
 * take the cursor away from each other. `column` counts from the left edge of `line`.
 */
export function useTerminalCursor(line: RefObject<DOMElement | null>, column: number): void {
  const {setCursorPosition} = useCursor();
  const {isTooSmall} = useLayout();
  const [origin, place] = useReducer(moved, null);
  // The line's position is known once it was laid out. It stays the same while one types, so nothing is drawn twice.
  setCursorPosition(origin && !isTooSmall ? {x: origin.x + column, y: origin.y} : undefined);
  // Measured after every rendering, because what is above the line may have grown.
  useLayoutEffect(() => {
    if (line.current) place(measureElement(line.current));
  });
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function moved(known: Place | null, {x, y}: Place): Place {
  return known?.x === x && known.y === y ? known : {x, y};
}
