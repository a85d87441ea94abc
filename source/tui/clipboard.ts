// Puts a text on the terminal's clipboard; whoever draws the app provides how.
import {createContext, useContext} from 'react';

export const ClipboardContext = createContext<(text: string) => void>(() => undefined);

export function useClipboard(): (text: string) => void {
  return useContext(ClipboardContext);
}
