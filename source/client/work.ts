// Runs operations for screens and other programs: they are stopped on request, their errors become causes, and the
// commands that they propose reach the cluster of these settings.
import type {Operation} from '../commands/operation.ts';
import type {Progress, Result} from '../plan/progress.ts';
import {clock} from '../core/time.ts';
import {begin, type BeginOptions} from './requests/begin.ts';
import type {Connections} from './connections.ts';
import {known, reaching} from './errors.ts';
import {reachOf} from './reachable-commands.ts';
import type {Settings} from './settings.ts';
import type {Work} from './types.ts';

/** `signal` ends it, as `stop` does and as the client's own signal does; `under`: options instead of the client's. */
type BeginWork = (
  operation: Operation,
  how: Omit<BeginOptions, 'signal'> & {readonly signal?: AbortSignal | undefined},
  under?: Settings,
) => Work;

export function workIn(settings: Settings, {sessionOf}: Connections): BeginWork {
  return (operation, how, under = settings) => {
    const stop = new AbortController();
    const either = AbortSignal.any([settings.signal, stop.signal, ...(how.signal ? [how.signal] : [])]);
    const askedAt = clock.now();
    const steps = async function* () {
      const session = await sessionOf(operation);
      either.throwIfAborted();
      return yield* begin(operation, {...under, signal: either}, session, {...how, askedAt, signal: either});
    };
    return {steps: reaching(known(steps(), either), () => reachOf(settings)), stop: () => stop.abort()};
  };
}

/** @throws UserError as the operation does */
export async function toEnd(
  {steps}: Pick<Work, 'steps'>,
  onProgress: (progress: Progress) => void = () => undefined,
): Promise<Result> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
    onProgress(step.value);
  }
}
