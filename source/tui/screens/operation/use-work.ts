// Carries an operation out: its progress becomes state, and it can be stopped, repeated and followed by another one.
import {useRef} from 'react';
import type {Progress} from '../../../plan/progress.ts';
import type {Work} from '../../../client/types.ts';
import type {Action} from '../../app-state.ts';
import type {RunningKind} from './operation-state.ts';
import {useFailure} from '../../use-asking.ts';
import {clock} from '../../../core/time.ts';

/** Progress is dispatched in batches, at most ten a second. */
const flushMs = 100;

interface Worker {
  readonly start: (kind: RunningKind, begin: () => Work) => void;
  /** Starts the last operation again, with the same request. */
  readonly again: () => void;
  /** Asks the operation to end; `then` runs when it has. */
  readonly stop: (then?: () => void) => void;
}

export function useWork(dispatch: (action: Action) => void): Worker {
  const fail = useFailure(dispatch);
  const current = useRef<{
    readonly kind: RunningKind;
    readonly begin: () => Work;
    readonly work: Work;
    then?: () => void;
  } | null>(null);

  const start: Worker['start'] = (kind, begin) => {
    const running: NonNullable<typeof current.current> = {kind, begin, work: begin()};
    current.current = running;
    dispatch({type: 'started', kind, began: clock.now()});
    carryOut(running.work, dispatch)
      .then(
        // An operation that is to be undone shows no end of its own.
        (ended) => (running.then ? undefined : dispatch(ended)),
        (error: unknown) => (running.then ? undefined : fail(error)),
      )
      .finally(() => running.then?.());
  };
  return {
    start,
    again: () => {
      if (current.current) start(current.current.kind, current.current.begin);
    },
    stop: (then) => {
      if (!current.current) return;
      if (then) current.current.then = then;
      dispatch({type: 'stopping'});
      current.current.work.stop();
    },
  };
}

async function carryOut({steps}: Work, dispatch: (action: Action) => void): Promise<Action> {
  let handful: Progress[] = [];
  const flush = () => {
    if (handful.length > 0) dispatch({type: 'progress', steps: handful});
    handful = [];
  };
  const timer = setInterval(flush, flushMs);
  try {
    for (;;) {
      const step = await steps.next();
      if (step.done) {
        flush();
        return {type: 'ended', result: step.value};
      }
      handful.push(step.value);
    }
  } finally {
    clearInterval(timer);
  }
}
