// What a change does to the places where clients connect.
import {objectNames} from '../chart/names.ts';
import type {Snapshot} from '../observation/snapshot.ts';
import {readerHostname} from '../parameters/network.ts';
import type {AllowFrom, Exposure, Parameters} from '../parameters/parameters.ts';
import {ofReaders} from '../parameters/readers.ts';
import type {ChangeConsequence} from './change-facts.ts';

/**
 * A consequence for the writer's Service and one for the readers'. Empty where they stay as they are, or where it is
 * not known how they are.
 */
export function endpointConsequences(
  {target}: Pick<Snapshot, 'target'>,
  existing: Parameters | null,
  desired: Parameters,
): ChangeConsequence[] {
  if (existing === null) return [];
  const {writer, reader} = objectNames(target);
  return [
    ...endpoint(writer, existing, desired, (hostname) => hostname),
    ...endpoint(reader, ofReaders(existing), ofReaders(desired), readerHostname),
  ];
}

function endpoint(
  service: string,
  existing: Parameters,
  desired: Parameters,
  nameOf: (hostname: string) => string,
): ChangeConsequence[] {
  const said = [
    ...(existing.exposure === desired.exposure ? [] : [`${reached[desired.exposure]}${lost(existing.exposure)}`]),
    ...(desired.exposure !== 'load-balancer' || JSON.stringify(existing.allowFrom) === JSON.stringify(desired.allowFrom)
      ? []
      : [admitted(desired.allowFrom)]),
    ...(existing.hostname === desired.hostname
      ? []
      : [
          desired.hostname === null
            ? `its name ${nameOf(existing.hostname ?? '')} goes`
            : `external-dns gives it the name ${nameOf(desired.hostname)}`,
        ]),
  ];
  if (said.length === 0) return [];
  const sentence =
    `Service ${service}: ${said.join('; ')}. Its address inside the cluster stays, ` + 'and no session there ends.';
  return [{code: 'ENDPOINT_CHANGE', object: `Service/${service}`, sentence}];
}

const reached: Readonly<Record<Exposure, string>> = {
  cluster: 'it is reached from inside the cluster only',
  'load-balancer': 'it gets a load balancer',
  'node-port': 'it gets a port on every node',
};

function lost(exposure: Exposure): string {
  if (exposure === 'cluster') return '';
  return exposure === 'load-balancer'
    ? ', and its load balancer goes with the address'
    : ', and its port on the nodes goes';
}

function admitted(allowFrom: AllowFrom): string {
  switch (allowFrom.kind) {
    case 'cidrs':
      return `its load balancer lets in ${allowFrom.cidrs.join(', ')}`;
    case 'internal':
      return "its load balancer is inside the cloud's network only";
    case 'public':
      return 'its load balancer lets in everybody';
    case 'none':
      return 'its load balancer lets in nobody in particular';
  }
}
