// When writes were out, as a line of cells.
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {gapPlot, gapText} from '../../../../source/observation/text/gap-plot.ts';

it('the gap stands where it was, as long as it was', () => {
  expect(gapPlot({afterMs: 5000, forMs: 2500}, 10_000, 20, true)).toBe('▆▆▆▆▆▆▆▆▆▆▁▁▁▁▁▆▆▆▆▆');
  expect(gapPlot({afterMs: 0, forMs: 5000}, 10_000, 10, false)).toBe('_____#####');
});

it('one that is shorter than a cell is seen all the same, also at the end', () => {
  expect(gapPlot({afterMs: 3000, forMs: 300}, 60_000, 20, false)).toBe('#_##################');
  expect(gapPlot({afterMs: 60_000, forMs: 1}, 60_000, 20, false)).toBe('###################_');
});

it('fills its width whatever was measured, with one gap', () => {
  const ms = fc.double({min: 0, max: 1e7, noNaN: true});
  fc.assert(
    fc.property(ms, ms, ms, fc.integer({min: 1, max: 80}), (afterMs, forMs, durationMs, width) => {
      const plot = gapPlot({afterMs, forMs}, durationMs, width, false);
      expect(plot).toHaveLength(width);
      expect(plot).toMatch(/^#*_+#*$/);
    }),
  );
});

it('is told in tenths of a second', () => expect(gapText({forMs: 312})).toBe('0.3 s'));
