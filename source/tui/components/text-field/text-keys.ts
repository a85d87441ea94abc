// Which key does what in a text field: the keys of readline.
import type {Key, KeyName} from '../../keys/key.ts';
import type {TextAction} from './text-state.ts';

type Plain = Exclude<TextAction['type'], 'insert' | 'set'>;

const actions: Readonly<Partial<Record<KeyName, Plain>>> = {
  backspace: 'delete-back',
  delete: 'delete-forward',
  'ctrl-d': 'delete-forward',
  'ctrl-w': 'delete-word-back',
  'alt-backspace': 'delete-word-back',
  'alt-d': 'delete-word-forward',
  'ctrl-u': 'kill-to-start',
  'ctrl-k': 'kill-to-end',
  home: 'home',
  'ctrl-a': 'home',
  end: 'end',
  'ctrl-e': 'end',
  left: 'left',
  'ctrl-b': 'left',
  right: 'right',
  'ctrl-f': 'right',
  'ctrl-left': 'word-left',
  'alt-b': 'word-left',
  'ctrl-right': 'word-right',
  'alt-f': 'word-right',
};

/** A masked field counts as one word, because it must not show where words end. */
const masked: Readonly<Partial<Record<Plain, Plain>>> = {
  'delete-word-back': 'kill-to-start',
  'delete-word-forward': 'kill-to-end',
  'word-left': 'home',
  'word-right': 'end',
};

/** Null: the key does not edit text. */
export function actionOf(key: Key, isMasked: boolean): TextAction | null {
  if (key.name === 'text' || key.name === 'paste') return {type: 'insert', text: key.text};
  const type = actions[key.name];
  if (!type) return null;
  return {type: isMasked ? (masked[type] ?? type) : type};
}
