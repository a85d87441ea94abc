// Shortcuts are Latin letters, whatever layout the keyboard has.
import {expect, it} from 'vitest';
import type {Key} from '../../../../source/tui/keys/key.ts';
import {createKeyQueue} from '../../../../source/tui/keys/key-queue.ts';
import {onLatinKey} from '../../../../source/tui/keys/other-layouts.ts';

it.each([
  ['ы', 's'],
  ['і', 's'],
  ['Й', 'Q'],
  ['σ', 's'],
  ['θ', 'u'],
  ['ש', 'a'],
  ['ش', 'a'],
])('%s is on the key of %s', (letter, expected) => expect(onLatinKey(letter)).toBe(expected));

it('Latin letters, digits and signs are what they are', () => {
  for (const text of ['s', 'Z', '7', ';', "'", '/', 'é', '漢']) expect(onLatinKey(text)).toBeNull();
});

/** What a listener is offered that wants `s` alone. */
function offered(key: Key, isTyping: boolean): readonly string[] {
  const queue = createKeyQueue();
  const seen: string[] = [];
  queue.connect(
    () => undefined,
    (error) => {
      throw error;
    },
  );
  const handler = ({name, text}: Key) => {
    seen.push(text ?? name);
    return text === 's';
  };
  queue.subscribe(queue.ticket(), () => ({handler, edits: isTyping ? () => true : null}));
  queue.push([key]);
  return seen;
}

it('one that nobody wants is offered as the Latin one, but never where a text is typed', () => {
  expect(offered({name: 'text', text: 'ы'}, false)).toEqual(['ы', 's']);
  expect(offered({name: 'text', text: 'ы'}, true)).toEqual(['ы']);
  expect(offered({name: 'paste', text: 'ы'}, false)).toEqual([]);
});
