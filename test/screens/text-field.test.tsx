// The field that is being edited, as a person uses it.
import {Box, Text} from 'ink';
import {useReducer} from 'react';
import {expect, it, vi} from 'vitest';
import {TextField} from '../../source/tui/components/text-field/TextField.tsx';
import {useKeys} from '../../source/tui/keys/keyboard.tsx';
import {themeOf} from '../../source/tui/theme.ts';
import {renderScreen} from '../support/screens/screen.tsx';
import {bursts} from '../support/screens/typing.ts';

it('gets 10,000 characters typed in bursts, complete and in order', async () => {
  const {text, chunks} = bursts(10_000, 7);
  const onChange = vi.fn<(text: string) => void>();
  const onSubmit = vi.fn<(text: string) => void>();
  const screen = renderScreen(<TextField initial="" width={40} onChange={onChange} onSubmit={onSubmit} />);
  for (const [index, chunk] of chunks.entries()) {
    screen.type(chunk);
    if (index % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  screen.type('\r');
  await vi.waitFor(() => expect(onSubmit).toHaveBeenCalled(), {timeout: 4000, interval: 5});
  expect(onSubmit.mock.calls).toEqual([[text]]);
  expect(onChange.mock.lastCall).toEqual([text]);
  await screen.waitForText(`${text.slice(-38)}▏`);
});

it('edits where the cursor is', async () => {
  const screen = renderScreen(<TextField initial="one three" width={30} />);
  expect(screen.frame()).toBe('one three▏');
  await screen.press('ctrl-left');
  screen.type('two ');
  await screen.waitForText('one two ▏three');
  await screen.press('ctrl-k', 'backspace', 'home', 'delete', 'right');
  screen.type('|');
  await screen.waitForText('n|▏e two');
  await screen.press('ctrl-u', 'end', 'ctrl-w', 'alt-backspace');
  await screen.waitForFrame('an empty field', (frame) => frame === '▏');
});

it('takes a paste as one line, and no Enter from it', async () => {
  const onSubmit = vi.fn();
  const screen = renderScreen(<TextField initial="a" width={30} onSubmit={onSubmit} />);
  screen.paste('1\r\n2\n\u001b[31m3');
  await screen.waitForText('a123▏');
  expect(onSubmit).not.toHaveBeenCalled();
});

it('takes a sequence of emoji typed in pieces as the characters they are', async () => {
  const screen = renderScreen(<TextField initial="" width={30} />);
  for (const piece of ['👩', '\u200d', '👩', '\u200d', '👧', 'e', '\u0301', '日']) screen.type(piece);
  await screen.waitForText('👩‍👩‍👧e\u0301日▏');
  await screen.press('backspace', 'backspace');
  await screen.waitForText('👩‍👩‍👧▏');
  await screen.press('backspace');
  await screen.waitForFrame('an empty field', (frame) => frame === '▏');
});

it('scrolls within its width', async () => {
  const screen = renderScreen(
    <Box>
      <TextField initial="abcdefghijklmnopqrstuvwxyz" width={10} />
      <Text>#</Text>
    </Box>,
  );
  expect(screen.frame()).toBe('stuvwxyz▏#');
  await screen.press('home');
  await screen.waitForText('▏abcdefghi#');
});

it.each([
  [true, '•••••••▏'],
  [false, '*******|'],
])('masks (UTF-8: %s)', async (unicode, expected) => {
  const screen = renderScreen(<TextField initial="geheim👩‍👩‍👧" width={30} masked />, {
    theme: themeOf({colour: false, unicode, animated: false}),
  });
  expect(screen.frame()).toBe(expected);
});

it('shows the placeholder until something is typed', async () => {
  const screen = renderScreen(<TextField initial="" width={30} placeholder="20Gi" />);
  expect(screen.frame()).toBe('▏20Gi');
  screen.type('5');
  await screen.waitForFrame('the text', (frame) => frame === '5▏');
});

/** As a form uses it: Enter and the arrows belong to the form. */
function TwoFields({onDone}: {readonly onDone: (texts: readonly string[]) => void}) {
  const [form, dispatch] = useReducer(
    (old: {texts: readonly string[]; row: number}, action: {text: string} | {by: number}) =>
      'by' in action
        ? {...old, row: Math.max(0, old.row + action.by)}
        : {...old, texts: old.texts.map((text, row) => (row === old.row ? action.text : text))},
    {texts: ['', ''], row: 0},
  );
  useKeys(({name}) => {
    if (name === 'enter' && form.row === 1) onDone(form.texts);
    else if (name === 'enter' || name === 'down') dispatch({by: 1});
    else if (name === 'up') dispatch({by: -1});
    else return false;
    return true;
  });
  return (
    <Box flexDirection="column">
      {form.texts.map((text, row) =>
        row === form.row ? (
          <TextField key={row} initial={text} width={20} onChange={(now) => dispatch({text: now})} />
        ) : (
          <Text key={row}>{text}</Text>
        ),
      )}
    </Box>
  );
}

it('gives text typed ahead to the field it was meant for, though all of it came at once', async () => {
  const onDone = vi.fn();
  const screen = renderScreen(<TwoFields onDone={onDone} />);
  screen.type('first\rsecomd\u007f\u007fnd\u001b[A!\u001b[B?\r');
  await vi.waitFor(() => expect(onDone).toHaveBeenCalled(), {timeout: 4000, interval: 5});
  expect(onDone.mock.calls).toEqual([[['first!', 'second?']]]);
});
