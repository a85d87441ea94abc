// A line below the report of the demo that is rewritten again and again: how writing goes right now.
import {lookOf} from '../../core/signs.ts';
import {sparkline} from '../../observation/activity.ts';
import type {SteadyWrites} from '../../client/demo-release.ts';
import type {Invocation} from '../command.ts';
import {repaintsLines} from '../options.ts';

export interface LiveLine {
  /** Writes something else in its place; the line comes back below that. */
  readonly between: (write: () => void) => void;
  readonly close: () => void;
}

/** Nothing is rewritten where lines are only added. `writes` null: nobody writes yet. */
export function liveLine(invocation: Invocation, writes: SteadyWrites | null): LiveLine {
  const {stderr, output, environment} = invocation;
  if (writes === null || output !== 'text' || !repaintsLines(invocation))
    return {between: (write) => write(), close: () => undefined};
  const {unicode} = lookOf(environment, true, false);
  let silences: readonly number[] = [];
  const clear = () => void stderr.write('\r\u001b[K');
  const draw = () => {
    silences = [...silences, writes.silentMs()].slice(-30);
    const last = `${(writes.silentMs() / 1000).toFixed(2)} s ago`;
    stderr.write(`\r\u001b[K  writing: ${writes.rows()} rows, the last ${last} ${sparkline(silences, 30, unicode)}`);
  };
  const timer = setInterval(draw, 100);
  return {
    between(write) {
      clear();
      write();
    },
    close() {
      clearInterval(timer);
      clear();
    },
  };
}
