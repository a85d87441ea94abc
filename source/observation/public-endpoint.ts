// Endpoints that everybody can reach.
import type {Warning} from '../core/cause.ts';
import {isEverybody} from '../parameters/network.ts';
import type {Parameters} from '../parameters/parameters.ts';

type Reached = Pick<Parameters, 'exposure' | 'allowFrom'>;

/** Null when not everybody gets in, neither to the writer nor to the readers. */
export function publicEndpoint(parameters: Reached & Partial<Pick<Parameters, 'readers'>>): Warning | null {
  const ofReaders = {...parameters, exposure: parameters.readers?.exposure ?? parameters.exposure};
  const audience = audienceOf(parameters) ?? audienceOf(ofReaders);
  return audience === null
    ? null
    : {code: 'PUBLIC_ENDPOINT', message: `${audience} The password is all that protects it.`};
}

function audienceOf({exposure, allowFrom}: Reached): string | null {
  // Kubernetes API: source ranges and internal annotations apply to load balancers; a node port has neither.
  if (exposure === 'node-port') return 'Everybody who reaches an address of a node reaches the database.';
  if (exposure === 'cluster') return null;
  if (allowFrom.kind === 'cidrs')
    return isEverybody(allowFrom.cidrs) ? `The load balancer lets in everybody (${allowFrom.cidrs.join(', ')}).` : null;
  return allowFrom.kind === 'public' ? 'The load balancer lets in everybody.' : null;
}
