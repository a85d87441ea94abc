// Lists, tabs, questions and the frame around a screen, at every size.
import {Box, Text} from 'ink';
import {useState} from 'react';
import {describe, expect, it, vi} from 'vitest';
import {Confirm} from '../../source/tui/components/Confirm.tsx';
import {Footer} from '../../source/tui/components/Footer.tsx';
import {Header} from '../../source/tui/components/Header.tsx';
import {Plain} from '../../source/tui/components/Plain.tsx';
import {Select} from '../../source/tui/components/Select.tsx';
import {Sign} from '../../source/tui/components/Sign.tsx';
import {Tabs} from '../../source/tui/components/Tabs.tsx';
import {themeOf} from '../../source/tui/theme.ts';
import {useLayout} from '../../source/tui/use-window-size.ts';
import {renderScreen, sizes} from '../support/screens/screen.tsx';

const items = (count: number) =>
  Array.from({length: count}, (_, index) => ({key: `k${index + 1}`, label: `item ${index + 1}`}));

describe('Select', () => {
  it('moves within its window, and three downs in one chunk are three', async () => {
    const onSelect = vi.fn();
    const screen = renderScreen(<Select items={items(20)} rows={5} onSelect={onSelect} />);
    expect(screen.frame()).toBe('❯ item 1\n  item 2\n  item 3\n  item 4\n  1 of 20');
    await screen.press('down', 'down', 'down', 'enter');
    await vi.waitFor(() => expect(onSelect.mock.calls).toEqual([['k4']]));
    await screen.press('end');
    await screen.waitForFrame('the end', (frame) => frame.endsWith('❯ item 20\n  20 of 20'));
    await screen.press('page-up', 'up');
    await screen.waitForText('❯ item 15');
    await screen.press('home', 'up');
    await screen.waitForText('❯ item 1\n');
  });

  it('keeps what is chosen when the list changes, and its place when it goes', async () => {
    const list = (keys: string) => (
      <Select items={[...keys].map((key) => ({key, label: key}))} rows={9} initial="b" onSelect={() => {}} />
    );
    const screen = renderScreen(list('abc'));
    expect(screen.frame()).toContain('❯ b');
    await screen.press('down');
    await screen.waitForText('❯ c');
    screen.rerender(list('xyzabcd'));
    await screen.waitForText('❯ c');
    screen.rerender(list('xyz'));
    await screen.waitForText('❯ z');
    screen.rerender(list(''));
    await screen.waitForFrame('nothing', (frame) => frame === '');
    await screen.press('enter', 'down');
  });

  it('cuts long lines and draws no sequences of others', async () => {
    const screen = renderScreen(
      <Select
        items={[{key: 'a', label: `\u001b[2J\u001b]0;x\u0007evil\r\n${'long '.repeat(30)}`, hint: 'hint'}]}
        rows={3}
        onSelect={() => {}}
      />,
      sizes.small,
    );
    expect(screen.frame().split('\n')).toHaveLength(1);
    expect(screen.frame()).toMatch(/^❯ evil long.*…$/);
  });
});

it('Tabs go round', async () => {
  const names = ['Plan', 'Values', 'Command'] as const;
  function View() {
    const [shown, show] = useState<(typeof names)[number]>('Plan');
    return <Tabs names={names} shown={shown} onChange={show} />;
  }
  const screen = renderScreen(<View />);
  expect(screen.frame()).toBe(' [Plan]  Values  Command');
  await screen.press('left');
  await screen.waitForText('[Command]');
  await screen.press('tab', 'tab', 'shift-tab', 'right');
  await screen.waitForText('[Values]');
});

describe('Confirm', () => {
  it('is No unless one says otherwise', async () => {
    const onAnswer = vi.fn();
    const screen = renderScreen(
      <Confirm
        question="Restart the writer?"
        consequences={['It is out for 3 s.']}
        yes="Restart"
        onAnswer={onAnswer}
      />,
    );
    expect(screen.frame()).toBe('   Restart the writer?\n   It is out for 3 s.\n\n   ❯ No     Restart');
    await screen.press('enter');
    await vi.waitFor(() => expect(onAnswer.mock.calls).toEqual([[false]]));
    await screen.press('right', 'enter');
    await vi.waitFor(() => expect(onAnswer.mock.calls).toEqual([[false], [true]]));
    screen.type('n\r');
    await vi.waitFor(() => expect(onAnswer.mock.lastCall).toEqual([false]));
    screen.type('y');
    await screen.waitForText('❯ Restart');
    expect(onAnswer).toHaveBeenCalledTimes(3);
    await screen.press('escape');
    await vi.waitFor(() => expect(onAnswer.mock.calls.at(3)).toEqual([false]));
  });

  it('wants the name where data goes', async () => {
    const onAnswer = vi.fn();
    const screen = renderScreen(
      <Confirm question="Delete orders and its data?" typeName="orders" onAnswer={onAnswer} />,
    );
    screen.type('order\r');
    await screen.waitForText('That is not orders.');
    expect(onAnswer).not.toHaveBeenCalled();
    screen.type('s\r');
    await vi.waitFor(() => expect(onAnswer.mock.calls).toEqual([[true]]));
    expect(screen.frame()).not.toContain('That is not');
    await screen.press('escape');
    await vi.waitFor(() => expect(onAnswer.mock.lastCall).toEqual([false]));
  });
});

describe('the frame', () => {
  function Whole() {
    const {body, isWide} = useLayout();
    return (
      <Box flexDirection="column">
        <Header
          context="prod-eu"
          kubernetes="1.34"
          helm="3.18"
          namespace="team-a"
          release="orders"
          isSandbox={isWide}
        />
        <Box height={body}>
          <Text>{isWide ? 'two columns' : 'one column'}</Text>
        </Box>
        <Footer
          keys={[
            {keys: '↑↓ tab', does: 'field'},
            {keys: '⏎', does: 'next'},
            {keys: 'esc', does: 'back'},
          ]}
        />
      </Box>
    );
  }

  it.each(Object.entries(sizes))('%s: header and footer are two lines each, no line is too long', (_, size) => {
    const screen = renderScreen(<Whole />, size);
    const lines = screen.frame().split('\n');
    expect(lines).toHaveLength(size.rows - 1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(size.columns);
    expect(lines[0]).toMatch(/team-a \/ orders$/);
    expect(lines.at(-1)).toMatch(/ctrl-c quit$/);
    expect([lines[1], lines.at(-2)]).toEqual(Array(2).fill(` ${'─'.repeat(Math.min(size.columns, 120) - 1)}`));
  });

  it('at 80 columns', () => {
    const lines = renderScreen(<Whole />)
      .frame()
      .split('\n');
    expect(lines[0]).toBe(` pg-helm-install  prod-eu · k8s 1.34 · helm 3.18                 team-a / orders`);
    expect(lines.at(-1)).toBe(` ↑↓ tab field   ⏎ next   esc back                                    ctrl-c quit`);
  });

  it('follows the size, with names that are far too long', async () => {
    const long = (name: string) => `${name}-`.repeat(12);
    const screen = renderScreen(
      <Header context={long('context')} kubernetes="1.34" namespace={long('namespace')} release="orders" isSandbox />,
      sizes.wide,
    );
    expect(screen.frame().split('\n')).toHaveLength(2);
    screen.resize(sizes.small);
    const frame = await screen.waitForFrame('a narrow header', (seen) => seen.split('\n')[1]?.length === 40);
    expect(frame.split('\n')).toHaveLength(2);
    expect(frame).toContain('! SANDBOX');
    expect(frame).toContain('/ orders');
  });
});

it('Plain is one line without sequences', () => {
  const screen = renderScreen(<Plain>{'a\u001b[31mb\r\nc\u009b2Jd\u202e'}</Plain>);
  expect(screen.frame()).toBe('ab cd');
});

describe('signs and spinners', () => {
  const three = (
    <Box gap={1}>
      <Sign of="running" />
      <Sign of="running" />
      <Sign of="done" />
    </Box>
  );

  it('turn together on one interval, only while they are mounted', async () => {
    const set = vi.spyOn(globalThis, 'setInterval');
    const clear = vi.spyOn(globalThis, 'clearInterval');
    const screen = renderScreen(three);
    const first = screen.frame();
    const second = await screen.waitForFrame('another step', (frame) => frame !== first);
    expect(second).toMatch(/^(\S) \1 ✔$/);
    expect(set).toHaveBeenCalledTimes(1);
    expect(clear).not.toHaveBeenCalled();
    screen.unmount();
    expect(clear).toHaveBeenCalledTimes(1);
    vi.restoreAllMocks();
  });

  it('stand still where nothing may move, and are ASCII where they must', () => {
    const set = vi.spyOn(globalThis, 'setInterval');
    const screen = renderScreen(three, {theme: themeOf({colour: false, unicode: false, animated: false})});
    expect(screen.frame()).toBe('> > +');
    expect(set).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});
