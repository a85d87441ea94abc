// Runs an operation to its end and shows it.
import {exitCodeOf} from '../core/outcome.ts';
import type {Progress, Result} from '../plan/progress.ts';
import type {Invocation} from './command.ts';

/** @returns the exit code */
export async function runToEnd({reporter}: Invocation, operation: AsyncGenerator<Progress, Result>): Promise<number> {
  for (;;) {
    const step = await operation.next();
    if (step.done) {
      reporter.result(step.value);
      return exitCodeOf(step.value.outcome, step.value.cause?.code ?? null);
    }
    reporter.progress(step.value);
  }
}
