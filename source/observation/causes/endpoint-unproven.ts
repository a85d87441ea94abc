// The pods are ready, and still no query is answered through the endpoint.
import {cause} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import {clusterTime} from '../cluster-time.ts';
import {objectNames} from '../../chart/names.ts';
import {isReady, viewOf} from '../release-view.ts';
import type {EndpointFact, Snapshot} from '../snapshot.ts';
import {readySince} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {evidence, kubectl, refTo} from './messages.ts';

/** The session was there and broke off, which is another thing than no way to the server. */
const brokenOff =
  /connection reset|ECONNRESET|terminated unexpectedly|server closed the connection|broken pipe|EPIPE|SSL SYSCALL/i;

/** Not certain: addresses, routes and load balancers take their time. */
export function endpointUnproven(snapshot: Snapshot): FoundCause | null {
  const names = objectNames(snapshot.target);
  for (const fact of snapshot.database) {
    const failure = fact.kind === 'endpoint' ? failureOf(snapshot, fact) : null;
    if (fact.kind !== 'endpoint' || !failure) continue;
    const service = names[fact.role];
    const lost = brokenOff.test(failure.text);
    const from = fact.from === 'here' ? 'this machine' : 'inside the cluster';
    const what = lost
      ? `A connection from ${from} to the ${fact.role} broke off`
      : failure.reason === 'unreachable'
        ? `The ${fact.role} cannot be reached from ${from}`
        : `The ${fact.role} did not answer a query that came from ${from}`;
    return {
      certain: false,
      cause: cause(
        lost ? 'CONNECTION_LOST' : 'ENDPOINT_UNPROVEN',
        `${what} through the Service ${service}, although its pods are ready. Clients there fare the same.`,
        {
          object: refTo('Service', {name: service}, snapshot),
          firstSeen: new Date(fact.at).toISOString(),
          evidence: evidence(failure.text),
          remedies: [
            propose('Try it again now', {kind: 'endpoints', ...releaseRef(snapshot.target), role: fact.role}),
            {
              title: 'See whether the Service has found its pods',
              command: kubectl(snapshot, `get endpointslices -l kubernetes.io/service-name=${service}`),
            },
            {title: 'See which network policies stand in the way', command: kubectl(snapshot, 'get networkpolicies')},
          ],
        },
      ),
    };
  }
  return null;
}

function failureOf(snapshot: Snapshot, {role, at, result}: EndpointFact): {reason: string; text: string} | null {
  if (result.answered || (result.reason !== 'unreachable' && result.reason !== 'other')) return null;
  const {writerPod, readerPods} = viewOf(snapshot);
  const pods = role === 'writer' ? (writerPod ? [writerPod] : []) : readerPods;
  if (pods.length === 0 || !pods.every(isReady)) return null;
  // Asked before they were ready, it says nothing.
  return pods.every((pod) => clusterTime(at, snapshot) >= (readySince(pod) ?? Infinity)) ? result : null;
}
