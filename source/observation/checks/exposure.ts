// Who will be able to reach the database, and what it lacks: readers, or automatic failover.
import {publicEndpoint} from '../public-endpoint.ts';
import {warn, type CheckRule} from './rule.ts';

export const exposure: CheckRule = (_survey, {parameters}) => {
  const open = publicEndpoint(parameters);
  return [
    ...(open ? [warn(open.code, open.message)] : []),
    ...(parameters.readReplicaCount > 0
      ? []
      : [warn('NO_READERS', 'There will be no reader: nothing answers at the reader endpoint.')]),
    warn('NO_HIGH_AVAILABILITY', `Writes stop while the writer is down: ${untilWhen(parameters.readReplicaCount)}.`),
  ];
};

function untilWhen(readers: number): string {
  return readers === 0
    ? 'there is no reader that could take its place'
    : 'no reader takes over by itself, failover does it';
}
