// Keys reach the newest listener, and each one as of the screen that the key before it made.
import {expect, it, vi} from 'vitest';
import type {Key} from '../../../../source/tui/keys/key.ts';
import {createKeyQueue, type KeyQueue, type Subscriber} from '../../../../source/tui/keys/key-queue.ts';

const text = (of: string): Key => ({name: 'text', text: of});
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Its screen is only redrawn when the test says so. */
function connected() {
  const queue = createKeyQueue();
  let turns = 0;
  const onError = vi.fn();
  const disconnect = queue.connect(() => (turns += 1), onError);
  return {queue, onError, disconnect, draw: () => (queue.drawn(turns), tick())};
}
function listen(queue: KeyQueue, of: Partial<Subscriber> & {takes?: readonly string[]} = {}) {
  const seen: string[] = [];
  const handler = (key: Key) => {
    seen.push(key.text ?? key.name);
    return of.takes?.includes(key.name) ?? true;
  };
  const stop = queue.subscribe(queue.ticket(), () => ({handler, edits: null, ...of}));
  return {seen, stop};
}

it('asks the newest first, and the next one when it declines', () => {
  const {queue} = connected();
  const older = listen(queue);
  const newer = listen(queue, {takes: ['down']});
  queue.push([{name: 'up'}]);
  expect([newer.seen, older.seen]).toEqual([['up'], ['up']]);
  newer.stop();
  const gone = newer.seen.length;
  queue.push([{name: 'down'}]);
  expect(newer.seen).toHaveLength(gone);
});

it('holds the next key back until the screen is redrawn', async () => {
  const {queue, draw} = connected();
  const {seen} = listen(queue);
  queue.push([{name: 'down'}, {name: 'down'}, {name: 'enter'}]);
  expect(seen).toEqual(['down']);
  await draw();
  expect(seen).toEqual(['down', 'down']);
  await draw();
  expect(seen).toEqual(['down', 'down', 'enter']);
});

it('gives text typed ahead to who listens after the redraw', async () => {
  const {queue, draw} = connected();
  const first = listen(queue);
  queue.push([{name: 'tab'}, text('abc')]);
  first.stop();
  const field = listen(queue, {edits: ({name}) => name === 'text'});
  await draw();
  expect([first.seen, field.seen]).toEqual([['tab'], ['abc']]);
});

it('gives a text field its runs and edits at once, but no other key before a redraw', async () => {
  const {queue, draw} = connected();
  const {seen} = listen(queue, {edits: ({name}) => name === 'text' || name === 'backspace'});
  queue.push([text('abc'), {name: 'backspace'}, text('d'), {name: 'enter'}]);
  expect(seen).toEqual(['abc', 'backspace', 'd']);
  await draw();
  expect(seen.at(-1)).toBe('enter');
});

it('holds even edits back behind a key that may have moved the focus', async () => {
  const {queue, draw} = connected();
  const old = listen(queue, {edits: ({name}) => name === 'text'});
  queue.push([text('a'), {name: 'enter'}]);
  await draw();
  queue.push([text('b'), text('c')]);
  expect(old.seen).toEqual(['a', 'enter']);
  old.stop();
  const next = listen(queue, {edits: ({name}) => name === 'text'});
  await draw();
  expect([old.seen, next.seen]).toEqual([
    ['a', 'enter'],
    ['b', 'c'],
  ]);
});

it('gives everybody else one character at a time, and no paste', async () => {
  const {queue, draw} = connected();
  const {seen} = listen(queue);
  queue.push([{name: 'paste', text: 'x\r'}, text('l👩‍👩‍👧e')]);
  for (let turn = 0; turn < 3; turn += 1) await draw();
  expect(seen).toEqual(['l', '👩‍👩‍👧', 'e']);
});

it('reports what a handler throws, and goes on', async () => {
  const {queue, onError, draw} = connected();
  const error = new Error('no');
  let calls = 0;
  listen(queue, {
    handler: () => {
      calls += 1;
      throw error;
    },
  });
  queue.push([{name: 'up'}, {name: 'down'}]);
  await draw();
  expect(onError.mock.calls).toEqual([[error], [error]]);
  expect(calls).toBe(2);
});

it('drops what is left when it ends', async () => {
  const {queue, disconnect, draw} = connected();
  const {seen} = listen(queue);
  queue.push([{name: 'up'}, {name: 'down'}]);
  disconnect();
  await draw();
  expect(seen).toEqual(['up']);
});
