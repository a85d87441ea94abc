// No reader is started with less than its writer had in what it replayed last, whatever rises and falls.
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {
  betweenSettings,
  isBelow,
  neededNow,
  restartOrder,
  type OrderFacts,
} from '../../../source/plan/restart-order.ts';
import {requiredSettings, type RequiredSettings} from '../../../source/chart/required-settings.ts';

const facts = (
  now: RequiredSettings,
  wanted: RequiredSettings,
  more: Partial<OrderFacts['readers']> = {},
): OrderFacts => ({
  writer: {now, desired: wanted},
  readers: {desired: wanted, now: [now], said: {}, allFollow: true, ...more},
});
const [low, high] = [{max_connections: 150}, {max_connections: 300}];

test.each([
  ['nothing differs', facts(low, low), 'readers first'],
  ['it rises', facts(low, high), 'readers first'],
  ['it falls', facts(high, low), 'writer first'],
  ['it falls, and a reader does not follow', facts(high, low, {allFollow: false}), 'in two steps'],
  ['it fell, and a reader has not replayed that', facts(low, low, {said: high, allFollow: false}), 'in two steps'],
  ['it fell, and the readers follow', facts(low, low, {now: [high]}), 'writer first'],
  ['it fell, and a reader that runs does not follow', facts(low, low, {now: [high], allFollow: false}), 'in two steps'],
  ['it rises, and a reader is down', facts(low, high, {allFollow: false}), 'readers first'],
  [
    'one falls and one rises',
    facts({max_connections: 300, max_wal_senders: 4}, {max_connections: 150, max_wal_senders: 8}),
    'in two steps',
  ],
  ['it falls, and the readers keep more', facts(high, low, {desired: high}), 'readers first'],
  ['nobody knows what the writer has', facts({}, low), 'readers first'],
] as const)('%s', (_what, given, order) => expect(restartOrder(given)).toBe(order));

test('in every order, each start of a reader has what it needs; the writer is never above a reader that runs', () => {
  const some = fc.record(
    Object.fromEntries(requiredSettings.map((name) => [name, fc.integer({min: 1, max: 4})])),
  ) as fc.Arbitrary<RequiredSettings>;
  fc.assert(
    fc.property(some, some, some, fc.boolean(), (now, wanted, readersNow, allFollow) => {
      const given = facts(now, wanted, {allFollow, now: [readersNow]});
      switch (restartOrder(given)) {
        case 'readers first':
          // They start while the writer has what it has, and the writer then gets no more than they have.
          expect(isBelow(wanted, neededNow(given))).toBe(false);
          // What they replayed last may be of a time when the writer had as much as they have.
          expect(isBelow(wanted, readersNow)).toBe(false);
          break;
        case 'writer first':
          expect(isBelow(readersNow, wanted)).toBe(false);
          break;
        case 'in two steps':
          expect(isBelow(betweenSettings(given), now)).toBe(false);
          expect(isBelow(betweenSettings(given), readersNow)).toBe(false);
          expect(isBelow(betweenSettings(given), wanted)).toBe(false);
      }
    }),
  );
});
