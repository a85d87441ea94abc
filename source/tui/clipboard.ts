// Puts a text on the terminal's clipboard; the one who draws the app provides the function.
import {createContext, useContext} from 'react';

export const ClipboardContext = createContext<(text: string) => void>(() => undefined);

export function useClipboard(): (text: string) => void {
  return useContext(ClipboardContext);
}
