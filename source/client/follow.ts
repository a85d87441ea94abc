// The state of a release, again whenever it changes: what a dashboard lives on.
import type {ObservationPort} from '../operations/ports/observation.ts';
import {statusOf, type Status} from './status.ts';

/** Null: the release is gone. `lost`: the cluster does not answer; the words of the failure. Ends with the signal. */
export async function* follow(
  portsOf: () => Promise<ObservationPort>,
  signal: AbortSignal,
): AsyncGenerator<Status | null | {readonly lost: string}> {
  const {observations} = (await portsOf()).observe(signal, 'calm');
  for await (const observation of observations) {
    if (signal.aborted) return;
    yield observation.kind === 'seen' ? statusOf(observation.snapshot) : {lost: observation.text};
  }
}
