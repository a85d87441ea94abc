// Decides which subscriber gets a key, and when: the newest active one first, and never before the screen shows the
// effect of the key before it.
import {firstGrapheme} from './graphemes.ts';
import type {Key} from './key.ts';
import {onLatinKey} from './other-layouts.ts';

export interface Subscriber {
  /** Returns true when it has taken the key. */
  readonly handler: (key: Key) => boolean;
  /**
   * Only a text field has it: says whether a key changes nothing but the field's own text. The field gets text in whole
   * runs, pastes, and such keys at once, so it must keep its own text and not rely on the last rendering.
   */
  readonly edits: ((key: Key) => boolean) | null;
}

export interface KeyQueue {
  /** Later tickets are asked first. Taken while rendering, where parents come before their children. */
  ticket(): number;
  subscribe(ticket: number, subscriber: () => Subscriber): () => void;
  /** `redraw` asks React for one more rendering, whose number is then given to `drawn`. */
  connect(redraw: () => void, onError: (error: unknown) => void): () => void;
  push(keys: readonly Key[]): void;
  /** The rendering with this number, and all that handlers changed before it, is committed. */
  drawn(turn: number): void;
}

export function createKeyQueue(): KeyQueue {
  let keys: Key[] = [];
  let tickets = 0;
  let asked = 0;
  /** The last rendering that a key asked for which did more than edit a text, and so may have moved the focus. */
  let awaited = 0;
  let done = 0;
  let connection: {redraw: () => void; onError: (error: unknown) => void} | null = null;
  const subscribers = new Map<number, () => Subscriber>();
  const newestFirst = () => [...subscribers].sort(([a], [b]) => b - a).map(([, subscriber]) => subscriber());

  const offer = (key: Key, {handler, edits}: Subscriber): boolean => {
    // Text that is pasted where nothing can be typed must not work as shortcuts.
    if (key.name === 'paste' && !edits) return false;
    try {
      return handler(key);
    } catch (error) {
      connection?.onError(error);
      return true;
    }
  };
  /** Another rendering is needed. The next key waits for it, unless both only edit a text. */
  const requestRedraw = (isEdit: boolean) => {
    asked += 1;
    if (!isEdit) awaited = asked;
    connection?.redraw();
  };
  const offerToAll = (key: Key) => newestFirst().some((subscriber) => offer(key, subscriber));
  const pump = () => {
    for (let next = keys[0]; next && connection; next = keys[0]) {
      const edits = newestFirst()[0]?.edits ?? null;
      const isEdit = edits?.(next) ?? false;
      if (done < (isEdit ? awaited : asked)) return;
      const key = takeFirst(keys, edits !== null);
      if (key && readings(key, edits !== null).some(offerToAll)) requestRedraw(isEdit);
    }
  };

  return {
    ticket: () => (tickets += 1),
    subscribe(ticket, subscriber) {
      subscribers.set(ticket, subscriber);
      return () => void subscribers.delete(ticket);
    },
    connect(redraw, onError) {
      connection = {redraw, onError};
      return () => {
        connection = null;
        keys = [];
      };
    },
    push(more) {
      keys.push(...more);
      pump();
    },
    drawn(turn) {
      done = turn;
      // Later, because this is in the middle of React's commit.
      if (keys.length > 0) setImmediate(pump);
    },
  };
}

/**
 * The key's possible meanings, in turn: outside of a text field a letter of another layout also means the Latin one.
 */
function readings(key: Key, isTyping: boolean): readonly Key[] {
  const text = key.name === 'text' && !isTyping ? onLatinKey(key.text) : null;
  return text === null ? [key] : [key, {name: 'text', text}];
}

/** Takes the first key out. Only a text field takes more than one character of a run of text at a time. */
function takeFirst(keys: Key[], inRuns: boolean): Key | undefined {
  const key = keys.shift();
  if (key?.name !== 'text' || inRuns) return key;
  const text = firstGrapheme(key.text);
  if (text.length < key.text.length) keys.unshift({name: 'text', text: key.text.slice(text.length)});
  return {name: 'text', text};
}
