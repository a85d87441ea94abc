// Who gets which key on a screen, and what is left behind.
import {Text} from 'ink';
import {useReducer, useState} from 'react';
import {expect, it, vi} from 'vitest';
import type {Key} from '../../source/tui/keys/key.ts';
import {useKeys} from '../../source/tui/keys/keyboard.tsx';
import {renderScreen} from '../support/screens/screen.tsx';

/** Counts with a handler that closes over what was rendered. */
function Counter() {
  const [count, setCount] = useState(0);
  useKeys((key) => {
    if (key.name === 'down') setCount(count + 1);
    return key.name === 'down';
  });
  return <Text>count {count}</Text>;
}

it('no handler sees an old screen, though three keys come in one chunk', async () => {
  const screen = renderScreen(<Counter />);
  await screen.press('down', 'down', 'down');
  await screen.waitForText('count 3');
});

function Listener({
  name,
  takes,
  seen,
  active = true,
}: {
  readonly name: string;
  readonly takes: string;
  readonly seen: string[];
  readonly active?: boolean;
}) {
  useKeys(
    (key: Key) => {
      seen.push(`${name} ${key.text ?? key.name}`);
      return key.name === takes || key.text === takes;
    },
    {active},
  );
  return null;
}

function Outer({seen, inner}: {readonly seen: string[]; readonly inner: boolean}) {
  useKeys(({name, text}) => {
    seen.push(`outer ${text ?? name}`);
    return name !== 'ctrl-c';
  });
  return <Listener name="inner" takes="enter" seen={seen} active={inner} />;
}

it('the inner one is asked before the outer one, while it is active', async () => {
  const seen: string[] = [];
  const screen = renderScreen(<Outer seen={seen} inner />);
  await screen.press('enter', 'tab', 'ctrl-c');
  await vi.waitFor(() =>
    expect(seen).toEqual(['inner enter', 'inner tab', 'outer tab', 'inner ctrl-c', 'outer ctrl-c']),
  );
  seen.length = 0;
  screen.rerender(<Outer seen={seen} inner={false} />);
  await screen.press('enter');
  await vi.waitFor(() => expect(seen).toEqual(['outer enter']));
});

it('a lone Escape is a key after a moment, and an arrow is none', async () => {
  const seen: string[] = [];
  const screen = renderScreen(<Listener name="" takes="escape" seen={seen} />);
  screen.type('\u001b');
  screen.type('[A');
  screen.type('\u001b');
  expect(seen).toEqual([' up']);
  await vi.waitFor(() => expect(seen).toEqual([' up', ' escape']));
});

function Broken() {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useKeys(({name}) => {
    if (name === 'enter') throw new Error('the handler broke');
    redraw();
    return true;
  });
  return <Text>all is well</Text>;
}

it('what a handler throws shows a friendly end, without a stack', async () => {
  const screen = renderScreen(<Broken />);
  await screen.press('up', 'enter');
  const frame = await screen.waitForText('the handler broke');
  expect(frame).not.toMatch(/all is well| at /);
});

it('leaves no listener behind', async () => {
  const screen = renderScreen(<Counter />);
  expect(screen.listeners().keys).toBe(1);
  screen.unmount();
  expect(screen.listeners()).toEqual({keys: 0, size: 0});
});

it('hides itself on a terminal that is too small, deaf but for ctrl-c, and comes back as it was', async () => {
  const seen: string[] = [];
  const screen = renderScreen(
    <>
      <Counter />
      <Listener name="" takes="ctrl-c" seen={seen} />
    </>,
  );
  await screen.press('down');
  await screen.waitForText('count 1');
  screen.resize({columns: 30, rows: 8});
  await screen.waitForFrame(
    'only the hint',
    (frame) =>
      frame === 'Needs 40×10: enlarge the window.'.slice(0, 29) + '…' || frame === 'Needs 40×10: enlarge the window.',
  );
  seen.length = 0;
  await screen.press('down', 'ctrl-c');
  await vi.waitFor(() => expect(seen).toEqual([' ctrl-c']));
  screen.resize({columns: 80, rows: 24});
  await screen.waitForFrame('the count again', (frame) => frame === 'count 1');
});
