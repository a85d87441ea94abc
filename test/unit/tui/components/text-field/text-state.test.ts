// A line of text and its cursor, by graphemes.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {cells, graphemes} from '../../../../../source/tui/keys/graphemes.ts';
import {actionOf} from '../../../../../source/tui/components/text-field/text-keys.ts';
import {
  openText,
  textOf,
  textReducer,
  type TextAction,
  type TextState,
} from '../../../../../source/tui/components/text-field/text-state.ts';
import {textWindow} from '../../../../../source/tui/components/text-field/text-window.ts';

/** `|` is the cursor. */
const state = (text: string): TextState => ({before: text.split('|')[0] ?? '', after: text.split('|')[1] ?? ''});
const shown = ({before, after}: TextState) => `${before}|${after}`;

describe('actions', () => {
  it.each<[TextAction['type'], string, string]>([
    ['delete-back', 'ab|c', 'a|c'],
    ['delete-back', '|c', '|c'],
    ['delete-back', 'a👩‍👩‍👧|c', 'a|c'],
    ['delete-back', 'ae\u0301|', 'a|'],
    ['delete-forward', 'a|🇩🇪c', 'a|c'],
    ['delete-forward', 'a|', 'a|'],
    ['delete-word-back', 'one two.three  |x', 'one two.|x'],
    ['delete-word-back', 'größe|', '|'],
    ['delete-word-forward', 'a| bc de', 'a| de'],
    ['kill-to-start', 'ab|cd', '|cd'],
    ['kill-to-end', 'ab|cd', 'ab|'],
    ['home', 'ab|cd', '|abcd'],
    ['end', 'ab|cd', 'abcd|'],
    ['left', 'a👩‍👩‍👧|', 'a|👩‍👩‍👧'],
    ['left', '|a', '|a'],
    ['right', '|e\u0301x', 'e\u0301|x'],
    ['right', 'a|', 'a|'],
    ['word-left', 'one two|', 'one |two'],
    ['word-right', '|  one two', '  one| two'],
  ])('%s: %s → %s', (type, from, to) => {
    expect(shown(textReducer(state(from), {type} as TextAction))).toBe(to);
  });

  it('insert and set keep one line, without control characters and sequences', () => {
    expect(shown(textReducer(state('a|b'), {type: 'insert', text: '1\r\n2\u0007\u001b[31m3\u2028'}))).toBe('a123|b');
    expect(shown(textReducer(state('a|b'), {type: 'set', text: 'x\ny'}))).toBe('xy|');
  });

  it('lose and invent nothing: the text is what a simple editor would have', () => {
    const step = fc.oneof(
      fc
        .string({unit: 'grapheme', minLength: 1, maxLength: 5})
        .map((text) => ({type: 'insert', text: text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '')}) as const),
      fc.constantFrom('left', 'right', 'home', 'end', 'word-left', 'word-right').map((type) => ({type}) as const),
    );
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let now = openText('');
        for (const action of steps) {
          const was = now;
          now = textReducer(was, action);
          if (action.type === 'insert') expect(now).toEqual({before: was.before + action.text, after: was.after});
          else expect(textOf(now)).toBe(textOf(was));
        }
      }),
    );
  });
});

describe('keys', () => {
  it.each([
    ['ctrl-w', 'delete-word-back', 'kill-to-start'],
    ['alt-b', 'word-left', 'home'],
    ['ctrl-u', 'kill-to-start', 'kill-to-start'],
    ['ctrl-a', 'home', 'home'],
  ] as const)('%s', (name, plainly, masked) => {
    expect(actionOf({name}, false)).toEqual({type: plainly});
    expect(actionOf({name}, true)).toEqual({type: masked});
  });

  it('that a text field has no use for are left to others', () => {
    for (const name of ['enter', 'escape', 'tab', 'up', 'down', 'ctrl-c', 'ctrl-s'] as const)
      expect(actionOf({name}, false)).toBeNull();
  });
});

describe('the window', () => {
  it.each([
    ['everything fits', 'abc|', 6, 'abc', '', ''],
    ['one column is for the cursor', 'abcdef|', 6, 'bcdef', '', ''],
    ['in the middle, it looks ahead', 'abcdefgh|ijklmno', 9, 'defgh', 'i', 'jkl'],
    ['at the start', '|abcdefgh', 5, '', 'a', 'bcde'],
    ['two columns wide each', '日本語日本語|', 6, '本語', '', ''],
    ['a wide one under the cursor', '日|本', 4, '日', '本', ''],
  ])('%s', (_, text, width, before, under, after) => {
    expect(textWindow(state(text), width, null)).toEqual({before, under, after});
  });

  it('masks each grapheme', () => {
    expect(textWindow(state('a👩‍👩‍👧日|e\u0301'), 10, '•')).toEqual({before: '•••', under: '•', after: ''});
  });

  it('is never wider than the field, and always holds the cursor and its neighbours', () => {
    const text = fc.string({unit: fc.constantFrom('a', 'b', '日', '👩‍👩‍👧', 'e\u0301', ' '), maxLength: 60});
    fc.assert(
      fc.property(text, text, fc.integer({min: 4, max: 30}), (before, after, width) => {
        const seen = textWindow({before, after}, width, null);
        expect(cells(seen.before) + Math.max(1, cells(seen.under)) + cells(seen.after)).toBeLessThanOrEqual(width);
        expect(before.endsWith(seen.before) && after.startsWith(seen.under + seen.after)).toBe(true);
        expect(seen.under).toBe(graphemes(after)[0] ?? '');
        if (before !== '' && width >= 8) expect(seen.before).not.toBe('');
      }),
    );
  });

  it('of a very long line is quick', () => {
    const started = performance.now();
    for (let times = 0; times < 100; times += 1)
      textWindow({before: 'ab日'.repeat(10_000), after: 'cd'.repeat(10_000)}, 40, null);
    expect(performance.now() - started).toBeLessThan(1500);
  });
});
