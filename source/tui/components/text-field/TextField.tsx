// The field that is being edited: one line, its cursor, its keys.
import {Box, type DOMElement} from 'ink';
import {useRef, useState, type RefObject} from 'react';
import {cells} from '../../keys/graphemes.ts';
import type {Key} from '../../keys/key.ts';
import {useKeys} from '../../keys/keyboard.tsx';
import {useTheme} from '../../theme.ts';
import {Text} from '../Text.tsx';
import {useTerminalCursor} from './terminal-cursor.ts';
import {actionOf} from './text-keys.ts';
import {openText, textOf, textReducer, type TextState} from './text-state.ts';
import {textWindow} from './text-window.ts';

export type LeaveKey = 'up' | 'down' | 'tab' | 'shift-tab' | 'escape';
const leaveKeys: readonly string[] = ['up', 'down', 'tab', 'shift-tab', 'escape'] satisfies LeaveKey[];

interface TextFieldProps {
  /** The text when the field is mounted, the cursor at its end. To put in another text, mount another field (`key`). */
  readonly initial: string;
  /** The width in columns, including the cursor's. */
  readonly width: number;
  readonly active?: boolean;
  readonly masked?: boolean;
  readonly placeholder?: string;
  readonly onChange?: (text: string) => void;
  /** Without these, Enter and the keys that leave the field go to the next subscriber. */
  readonly onSubmit?: (text: string) => void;
  readonly onLeave?: (key: LeaveKey, text: string) => void;
}

/**
 * The text is kept in a ref: a key in a fast burst must be applied to what was typed last, not to what was drawn last.
 */
export function TextField({
  initial,
  width,
  active = true,
  masked = false,
  placeholder = '',
  onChange,
  onSubmit,
  onLeave,
}: TextFieldProps) {
  const theme = useTheme();
  const [state, show] = useState(() => openText(initial));
  const newest = useRef(state);

  const edit = (key: Key): boolean => {
    const action = actionOf(key, masked);
    if (!action) return false;
    const was = textOf(newest.current);
    newest.current = textReducer(newest.current, action);
    show(newest.current);
    if (textOf(newest.current) !== was) onChange?.(textOf(newest.current));
    return true;
  };
  const take = (key: Key): boolean => {
    if (key.name === 'enter' && onSubmit) onSubmit(textOf(newest.current));
    else if (isLeave(key) && onLeave) onLeave(key.name, textOf(newest.current));
    else return edit(key);
    return true;
  };
  useKeys(take, {active, edits: (key) => actionOf(key, masked) !== null});

  return <TextShown {...{state, width, active, placeholder}} mask={masked ? theme.mask : null} />;
}

/** The part of the text that has room, with its cursor. */
function TextShown({
  state,
  width,
  active,
  mask,
  placeholder,
}: {
  readonly state: TextState;
  readonly width: number;
  readonly active: boolean;
  readonly mask: string | null;
  readonly placeholder: string;
}) {
  const theme = useTheme();
  const line = useRef<DOMElement>(null);
  const isEmpty = textOf(state) === '';
  const draws = active && !theme.terminalCursor;
  // Without colours nothing can be inverted, so the cursor is a bar that takes a column of its own.
  const room = draws && !theme.colour ? width - 1 : width;
  const shown = isEmpty ? textWindow({before: '', after: placeholder}, room, null) : textWindow(state, room, mask);
  return (
    <>
      <Box ref={line}>
        <Text dimColor={isEmpty} wrap="truncate">
          {shown.before}
          {draws && !theme.colour && theme.bar}
          {draws && theme.colour ? <Text inverse>{shown.under || ' '}</Text> : shown.under}
          {shown.after}
        </Text>
      </Box>
      {/* Comes after the line, because the ref to the line is set only for what comes after it. */}
      {active && theme.terminalCursor && <TerminalCursor line={line} column={cells(shown.before)} />}
    </>
  );
}

/**
 * The terminal's own cursor. If we drew one as well, the place would be inverted twice, and no cursor would be seen.
 */
function TerminalCursor({line, column}: {readonly line: RefObject<DOMElement | null>; readonly column: number}) {
  useTerminalCursor(line, column);
  return null;
}

function isLeave(key: Key): key is Key & {name: LeaveKey} {
  return leaveKeys.includes(key.name);
}
