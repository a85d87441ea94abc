// A step whose effect no look can show.
import type {Ports} from '../ports/index.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Step} from '../converge.ts';

/** What `run` returns where it has to run again. */
export const notYet = Symbol('not yet');

interface Once<Desired> extends Pick<Step<Desired>, 'name' | 'shownAs'> {
  /** Another run of the operation does it again, and it must bear that. */
  run(ports: Ports, desired: Desired, snapshot: Snapshot, signal: AbortSignal): Promise<string | null | typeof notYet>;
}

/** It is done once in a run; what a signal cut short is not done. */
export function oncePerRun<Desired>(once: Once<Desired>): Step<Desired> {
  let isOver = false;
  return {
    ...once,
    done: () => isOver,
    async run(ports, desired, snapshot, signal) {
      const note = await once.run(ports, desired, snapshot, signal);
      if (note === notYet) return null;
      isOver = !signal.aborted;
      return note;
    },
  };
}
