// Who reaches the database by its network policies, and what a service mesh puts beside it, as sentences of a plan.
import {objectNames, postgresPort} from '../chart/names.ts';
import {clientLabel} from '../chart/network-policy.ts';
import {proxyContainers} from '../chart/parameters/service-mesh.ts';
import {listed} from '../observation/checks/messages.ts';
import type {Target} from '../observation/snapshot.ts';
import {databaseNamespaces, metricsNamespaces} from '../parameters/descriptors/allow-namespaces.ts';
import type {Parameters} from '../parameters/parameters.ts';
import type {ChangeConsequence} from './change-facts.ts';

type Desired = Pick<Parameters, 'allowNamespaces' | 'allowFrom' | 'metrics'>;

/** Empty where nobody is kept out. */
export function admittedSentence(
  target: Target,
  {allowNamespaces, allowFrom, metrics = 'off'}: Desired,
): string | null {
  if (!allowNamespaces) return null;
  const {writer, reader} = objectNames(target);
  const [clients, scrapers] = [databaseNamespaces(allowNamespaces), metricsNamespaces(allowNamespaces)];
  const own = clients.includes(target.namespace)
    ? ''
    : ` Of ${target.namespace} itself that is nobody else, but for pods with the label ${clientLabel(writer)}=true ` +
      `(the readers: ${clientLabel(reader)}=true), which the chart always lets in.`;
  const outside =
    allowFrom.kind === 'cidrs'
      ? ` Through the load balancer come ${listed(allowFrom.cidrs)}: it must pass on the addresses of its clients, ` +
        'and it sends to the nodes of the database alone (externalTrafficPolicy Local).'
      : '';
  const admitted = [...(clients.length === 0 ? [] : [`pods of ${listed(clients)}`]), `the pods of ${target.release}`];
  return (
    `Network policies let in ${admitted.join(', and ')} ${clients.length === 0 ? 'alone' : 'themselves'}.` +
    `${own}${outside}${scrapedFrom(scrapers, metrics)}`
  );
}

function scrapedFrom(scrapers: readonly string[], metrics: Parameters['metrics']): string {
  if (scrapers.length > 0)
    return (
      ` Pods of ${listed(scrapers)} reach the exporters, port 9187, and not the database` +
      `${metrics === 'off' ? ': there are none until --metrics is on' : ''}.`
    );
  return metrics === 'off' ? '' : ' Prometheus reaches the exporters, port 9187, from these alone as well.';
}

/** What changes about who reaches the database, and about the proxy of a mesh beside it. */
export function accessConsequences(
  target: Target,
  existing: Parameters | null,
  desired: Parameters,
): ChangeConsequence[] {
  if (existing === null) return [];
  return [...policy(target, existing, desired), ...mesh(target, existing, desired)];
}

function policy(target: Target, existing: Parameters, desired: Parameters): ChangeConsequence[] {
  const [is, will] = [admittedSentence(target, existing), admittedSentence(target, desired)];
  if (is === will) return [];
  const object = `NetworkPolicy/${objectNames(target).writer}`;
  const change = will ?? 'Network policies let in pods of every namespace again.';
  return [
    {code: 'ACCESS_CHANGE', object, sentence: `${change} Nothing restarts; sessions that are open may stay open.`},
  ];
}

function mesh(target: Target, existing: Parameters, desired: Parameters): ChangeConsequence[] {
  const [is, will] = [existing.serviceMesh, desired.serviceMesh];
  if (is === will) return [];
  const gone = is === 'none' ? [] : [`${proxyContainers[is]} goes from beside the database`];
  const sentence =
    will === 'none'
      ? `${gone.join('')}, with the restart of each pod; clients reach it without the mesh.`
      : `${[...gone, meshSentence(will)].join('. ')}`;
  return [{code: 'ACCESS_CHANGE', object: `Release/${target.release}`, sentence}];
}

export function meshSentence(mesh: Exclude<Parameters['serviceMesh'], 'none'>): string {
  const plain =
    mesh === 'istio' ? 'unless the mesh asks for mTLS alone (STRICT)' : 'unless the mesh lets in its own pods alone';
  return (
    `${proxyContainers[mesh]} runs beside the database in each pod that is made from now on, and carries port ` +
    `${postgresPort} as plain TCP. Clients outside the mesh are let in as well, ${plain}.`
  );
}
