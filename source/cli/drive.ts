// Runs an operation to its end and shows it.
import {exitCodeOf} from '../core/outcome.ts';
import type {Progress, Result} from '../operations/progress.ts';
import type {Invocation} from './command.ts';

/** @returns the exit code */
export async function drive({face}: Invocation, operation: AsyncGenerator<Progress, Result>): Promise<number> {
  for (;;) {
    const step = await operation.next();
    if (step.done) {
      face.result(step.value);
      return exitCodeOf(step.value.outcome, step.value.cause?.code ?? null);
    }
    face.progress(step.value);
  }
}
