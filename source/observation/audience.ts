// Who can reach the endpoints, where that is everybody.
import {isEverybody} from '../parameters/network.ts';
import type {Parameters} from '../parameters/parameters.ts';

/** One sentence about everybody; null when not everybody gets in. */
export function publicAudience({exposure, allowFrom}: Pick<Parameters, 'exposure' | 'allowFrom'>): string | null {
  // Kubernetes API: source ranges and internal annotations apply to load balancers; a node port has neither.
  if (exposure === 'node-port') return 'Everybody who reaches an address of a node reaches the database.';
  if (exposure === 'cluster') return null;
  if (allowFrom.kind === 'cidrs') return isEverybody(allowFrom.cidrs) ? `The load balancer lets in everybody (${allowFrom.cidrs.join(', ')}).` : null;
  return allowFrom.kind === 'public' ? 'The load balancer lets in everybody.' : null;
}
