// Contrast as WCAG 2.2 computes it, of every colour that we use on the backgrounds that terminals have.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {has256Colours, readableColours} from '../../../source/core/colours.ts';
import {painter} from '../../../source/core/signs.ts';
import {root} from '../../support/paths.ts';

type Rgb = readonly [red: number, green: number, blue: number];

const backgrounds: Readonly<Record<string, Rgb>> = {
  white: [255, 255, 255],
  black: [0, 0, 0],
  'VS Code dark': [30, 30, 30],
  'Windows Terminal': [12, 12, 12],
  'GNOME Terminal': [23, 20, 33],
  'Solarized light': [253, 246, 227],
  'Solarized dark': [0, 43, 54],
  'One Dark': [40, 44, 52],
};

/** The colour of a number from 16 to 255: a cube of six steps, then greys. Source: xterm's 256colres.h. */
function rgbOf(number: number): Rgb {
  if (number >= 232) {
    const grey = 8 + 10 * (number - 232);
    return [grey, grey, grey];
  }
  const step = (digit: number) => [0, 95, 135, 175, 215, 255][digit] ?? 0;
  const place = number - 16;
  return [step(Math.floor(place / 36)), step(Math.floor(place / 6) % 6), step(place % 6)];
}

/** Source: WCAG 2.2, relative luminance and contrast ratio. */
function contrast(one: Rgb, other: Rgb): number {
  const luminance = (rgb: Rgb) => {
    const [red, green, blue] = rgb.map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    ) as unknown as Rgb;
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

it('contrast is computed as WCAG does', () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
  expect(contrast([118, 118, 118], [255, 255, 255])).toBeCloseTo(4.54, 2);
});

describe.each(Object.entries(backgrounds))('on %s', (_, background) => {
  it.each(Object.entries(readableColours))('%s (%i) can be read', (_name, number) => {
    expect(number).toBeGreaterThan(15);
    expect(contrast(rgbOf(number), background)).toBeGreaterThanOrEqual(3);
  });
});

it('plain lines have the same colours as the screens, and the palette where there are no more than sixteen', () => {
  expect(painter({colour: true, has256: true, unicode: true}).sign('warning')).toBe('\u001b[38;5;136m!\u001b[0m');
  expect(painter({colour: true, has256: false, unicode: true}).sign('warning')).toBe('\u001b[33m!\u001b[0m');
  expect(painter({colour: false, has256: true, unicode: true}).dim('hint')).toBe('hint');
});

it.each([
  [{TERM: 'xterm-256color'}, true],
  [{TERM: 'xterm', COLORTERM: 'truecolor'}, true],
  [{TERM: 'xterm', TERM_PROGRAM: 'Apple_Terminal'}, true],
  [{WT_SESSION: 'f00'}, true],
  [{TERM: 'screen'}, false],
  [{TERM: 'linux'}, false],
  [{TERM: 'dumb', COLORTERM: 'truecolor'}, false],
  [{TERM: 'xterm-256color', FORCE_COLOR: '1'}, false],
  [{TERM: 'xterm', FORCE_COLOR: '3'}, true],
  [{}, false],
])('%j has 256 colours: %s', (environment, has) => expect(has256Colours(environment)).toBe(has));

it('screens draw text by our own component alone, which knows the colours', () => {
  const folder = join(root, 'source', 'tui');
  const files = readdirSync(folder, {recursive: true, encoding: 'utf8'}).filter((name) => /\.tsx?$/.test(name));
  expect(files.length).toBeGreaterThan(50);
  const others = files.filter((name) =>
    /import \{[^}]*\bText\b[^}]*\} from 'ink'/.test(readFileSync(join(folder, name), 'utf8')),
  );
  expect(others).toEqual([join('components', 'Text.tsx')]);
});
