// Who will reach the database, and what its shape does not give.
import type {Parameters} from '../../parameters/parameters.ts';
import {warn, type CheckRule} from './rule.ts';

export const exposure: CheckRule = (_survey, {parameters}) => {
  const audience = publicAudience(parameters);
  return [
    ...(audience === null ? [] : [warn('PUBLIC_ENDPOINT', `${audience} The password is all that protects it.`)]),
    ...(parameters.readReplicaCount > 0 ? [] : [warn('NO_READERS', 'There will be no reader: nothing answers at the reader endpoint.')]),
    warn('NO_HIGH_AVAILABILITY', 'There is no failover: writes stop while the writer is down, and no reader takes its place.'),
  ];
};

function publicAudience({exposure: kind, allowFrom}: Parameters): string | null {
  // Kubernetes API: source ranges and internal annotations apply to load balancers; a node port has neither.
  if (kind === 'node-port') return 'Everybody who reaches an address of a node reaches the database.';
  if (kind === 'cluster') return null;
  const open = allowFrom.kind === 'cidrs' ? allowFrom.cidrs.find((cidr) => /^[0-9a-f.:]+\/0+$/i.test(cidr.trim())) : undefined;
  if (open !== undefined) return `The load balancer lets in everybody (${open}).`;
  return allowFrom.kind === 'public' ? 'The load balancer lets in everybody.' : null;
}
