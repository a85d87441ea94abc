// What the dashboard says in the rows there are: danger and addresses stay, however few they are.
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {cause} from '../../../../../source/core/cause.ts';
import {menuOf} from '../../../../../source/tui/screens/dashboard/dashboard-menu.ts';
import {foldedMenu, menuPages} from '../../../../../source/tui/screens/dashboard/menu-rows.ts';
import {statusRows} from '../../../../../source/tui/screens/dashboard/status-rows.ts';
import {now, statusWith} from '../../../../support/fakes/fake-client.ts';

const codes = ['PUBLIC_ENDPOINT', 'DEFINITION_PENDING', 'LOAD_BALANCER_PENDING'] as const;
const pods = (count: number, sick: number) => {
  const [first] = statusWith().pods;
  return Array.from({length: first ? count : 0}, (_, at) => ({
    ...(first ?? never()),
    name: `orders-postgresql-read-${at}`,
    role: 'reader' as const,
    ready: at !== sick,
  }));
};
const never = (): never => {
  throw new Error('statusWith has pods');
};
const seen = {now, isAsking: false, isReadAloud: false, revealed: null, moments: [], isUnicode: true, width: 80};

describe('the rows of the dashboard', () => {
  it('tell every danger, or how many more there are, and both addresses', () => {
    const arbitrary = fc.record({
      warnings: fc.subarray([...codes]).map((some) => some.map((code) => ({code, message: `said ${code}`}))),
      isBroken: fc.boolean(),
      isPaused: fc.boolean(),
      readers: fc.integer({min: 0, max: 15}),
      isOutside: fc.boolean(),
      revealed: fc.constantFrom(null, 'open-sesame'),
      width: fc.constantFrom(40, 80, 120),
      rows: fc.integer({min: 4, max: 40}),
    });
    fc.assert(
      fc.property(arbitrary, ({warnings, isBroken, isPaused, readers, isOutside, revealed, width, rows}) => {
        const {endpoints} = statusWith();
        const status = statusWith({
          warnings,
          pods: pods(readers, -1),
          readers: {ready: readers, wanted: readers},
          endpoints:
            endpoints && isOutside
              ? {writer: {...endpoints.writer, host: 'w.example'}, reader: {...endpoints.reader, host: 'r.example'}}
              : endpoints,
          ...(isBroken ? {state: 'broken' as const, cause: cause('VOLUME_FULL', `${'It is full. '.repeat(30)}`)} : {}),
          ...(isPaused
            ? {operation: {kind: 'scale', holder: 'ann/1', alive: false, startedAt: '', renewedAt: ''}}
            : {}),
        });
        const texts = statusRows(status, {...seen, revealed, width, rows}).map(({label = '', text}) =>
          `${label} ${text}`.trim(),
        );
        const all = texts.join('\n');
        expect(texts.length).toBeLessThanOrEqual(rows);
        const dangers = warnings.length + (isPaused ? 1 : 0);
        const told = warnings.filter(({message}) => all.includes(message)).length + (all.includes('pauses') ? 1 : 0);
        const counted = Number(/(\d+)(?: more)? warnings?: i shows/.exec(all)?.[1] ?? 0);
        expect(told + counted).toBe(dangers);
        if (isBroken) expect(all).toContain('VOLUME_FULL');
        if (revealed) expect(all).toContain(revealed);
        expect(all).toMatch(/writer +(w\.example|orders-postgresql-primary)/);
        expect(all).toMatch(
          readers === 0 && rows < 8 ? /reader +no reader yet/ : /reader +(r\.example|orders-postgresql-read)/,
        );
      }),
    );
  });

  it('read aloud, nothing is another number a second later', () => {
    const at = (seconds: number, latencyMs: number) => {
      const {endpoints} = statusWith();
      const later = statusWith({endpoints: endpoints && {...endpoints, writer: {...endpoints.writer, latencyMs}}});
      return statusRows(later, {...seen, isReadAloud: true, now: now + seconds * 1000, rows: 24});
    };
    expect(at(1, 0.4)).toEqual(at(0, 3.1));
    expect(at(0, 3).map(({text}) => text)).toContain('proven · 2 streaming · lag 0 B');
  });

  it('a pod that is not well stays longest, and those that are not listed are counted', () => {
    const status = statusWith({
      pods: pods(9, 7),
      replication: pods(9, -1).map(({name}) => ({
        pod: name,
        state: 'streaming',
        lagBytes: 0,
        lagMs: null,
        sync: 'async',
      })),
    });
    const texts = statusRows(status, {...seen, rows: 11}).map(({text}) => text);
    expect(texts.filter((text) => text.startsWith('read-'))).toEqual([
      expect.stringMatching(/^read-0 .*ready/),
      expect.stringMatching(/^read-7 .*not ready/),
    ]);
    expect(texts).toContain('8 of 3 ready, 7 not listed here');
  });
});

describe('the menu in few rows', () => {
  const menu = menuOf(statusWith({warnings: codes.map((code) => ({code, message: ''}))}), false);
  it('begins as the whole one and ends with what shows the rest', () => {
    for (const most of [1, 2, 3]) {
      const keys = foldedMenu(menu, 36, 2, most)
        .flat()
        .map(({key}) => key)
        .join('');
      expect(menu.map(({key}) => key).join('') + 'm').toMatch(new RegExp(`^${keys.slice(0, -1)}`));
      expect(keys).toMatch(/^i.*m$/);
      expect(foldedMenu(menu, 36, 2, most).length).toBe(most);
    }
    expect(foldedMenu(menu, 36, 2, 6).flat()).toEqual(menu);
  });

  it('is whole in its pages, each of which leads to the next', () => {
    for (const most of [1, 2, 5, 6]) {
      const pages = menuPages(menu, 36, 2, most);
      expect(pages.every((rows) => rows.length <= most)).toBe(true);
      expect(pages.slice(0, -1).every((rows) => rows.flat().at(-1)?.key === 'm')).toBe(true);
      expect(pages.flatMap((rows) => rows.flat()).filter(({key}) => key !== 'm')).toEqual(menu);
    }
  });
});
