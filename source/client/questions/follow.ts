// The state of a release, again whenever it changes: what a dashboard lives on.
import type {ObservationPort} from '../../operations/ports/observation.ts';
import {reachableStatus, type Reach} from '../reachable-commands.ts';
import {statusOf, type Status} from './status.ts';

/** Yields null when the release is gone, `lost` and why when the cluster does not answer. Ends with the signal. */
export async function* follow(
  portsOf: () => Promise<ObservationPort>,
  reachOf: () => Reach | null,
  signal: AbortSignal,
): AsyncGenerator<Status | null | {readonly lost: string}> {
  const {observations} = (await portsOf()).observe(signal, 'calm');
  for await (const observation of observations) {
    if (signal.aborted) return;
    if (observation.kind !== 'seen') {
      yield {lost: observation.text};
      continue;
    }
    const [status, reach] = [statusOf(observation.snapshot), reachOf()];
    yield status && reach ? reachableStatus(status, reach) : status;
  }
}
