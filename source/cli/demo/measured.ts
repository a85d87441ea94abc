// What the client of the demo noticed while something was done, as data and in words.
import {clock} from '../../core/time.ts';
import type {SteadyWrites} from '../../client/demo-release.ts';
import type {Invocation} from '../command.ts';
import {printLines} from '../output/text/fit-lines.ts';
import {liveLine, type LiveLine} from './live-line.ts';

export interface Measured {
  readonly kind: string;
  readonly ms: number;
  /** The rows that the database acknowledged to the client meanwhile. */
  readonly rows: number;
  /** The longest time that writes were out. */
  readonly longestGapMs: number;
}

/** Does the `work` while the client writes, and waits until it can write again. `writes` null: nobody writes yet. */
export async function measured<T>(
  invocation: Invocation,
  kind: string,
  writes: SteadyWrites | null,
  work: (between: LiveLine['between']) => Promise<T>,
): Promise<{readonly step: Measured; readonly result: T}> {
  writes?.taken();
  const began = clock.now();
  const line = liveLine(invocation, writes);
  try {
    const result = await work(line.between);
    // The client may still be waiting for its next row to be acknowledged.
    const deadline = clock.now() + 5000;
    while (writes && writes.silentMs() > 100 && clock.now() < deadline)
      await new Promise((done) => setTimeout(done, 20));
    const taken = writes?.taken() ?? {rows: 0, longestGapMs: 0};
    return {step: {kind, ms: clock.now() - began, ...taken}, result};
  } finally {
    line.close();
  }
}

export function measuredLine({ms, rows, longestGapMs}: Measured, wasWriting: boolean): string {
  const took = `  ${(ms / 1000).toFixed(1)} s`;
  return wasWriting
    ? `${took}; ${rows} rows written meanwhile, writes were out for ${secondsText(longestGapMs)} at most`
    : took;
}

export function secondsText(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

/** For people alone: scripts get everything at the end. */
export function say({output, stdout}: Invocation, lines: readonly string[]): void {
  if (output === 'text') printLines(stdout, lines);
}
