// The pods are ready, and still no query is answered through the endpoint.
import {kubectlHere} from '../../commands/kubectl.ts';
import {cause, type Remedy} from '../../core/cause.ts';
import {adoptAsIs, releaseRef} from '../../commands/operation.ts';
import {fillIn, propose} from '../../commands/command-line.ts';
import {isOfInstaller} from '../../chart/naming-values.ts';
import {clusterTime} from '../cluster-time.ts';
import {objectNames} from '../../chart/names.ts';
import {isReady, viewOf} from '../release-view.ts';
import type {EndpointFact, Snapshot} from '../snapshot.ts';
import {momentOf, readySince} from './database-pods.ts';
import type {FoundCause} from './rule.ts';
import {evidence, refTo} from './messages.ts';

/** The connection was established and then broke off, unlike one that never reached the server. */
const brokenOff =
  /connection reset|ECONNRESET|terminated unexpectedly|server closed the connection|broken pipe|EPIPE|SSL SYSCALL/i;

/** PostgreSQL 17, auth.c: a missing line stays missing until somebody writes one. */
const noLine = /no pg_hba\.conf entry for/;

/** Not certain in most cases: addresses, routes and load balancers take their time. */
export function endpointUnproven(snapshot: Snapshot): FoundCause | null {
  for (const fact of snapshot.database) {
    const failure = fact.kind === 'endpoint' ? failureOf(snapshot, fact) : null;
    if (fact.kind !== 'endpoint' || !failure) continue;
    return noLine.test(failure.text) ? notLetIn(snapshot, fact, failure.text) : unproven(snapshot, fact, failure);
  }
  return neverAsked(snapshot);
}

function unproven(snapshot: Snapshot, {role, from, at}: EndpointFact, {reason, text}: Failure): FoundCause {
  const service = objectNames(snapshot.target)[role];
  const lost = brokenOff.test(text);
  const place = placeOf(from);
  const what = lost
    ? `A connection from ${place} to the ${role} broke off`
    : reason === 'unreachable'
      ? `The ${role} cannot be reached from ${place}`
      : `The ${role} did not answer a query that came from ${place}`;
  return {
    certain: false,
    cause: cause(
      lost ? 'CONNECTION_LOST' : 'ENDPOINT_UNPROVEN',
      `${what} through the Service ${service}, although its pods are ready. Clients there fare the same.`,
      {
        object: refTo('Service', {name: service}, snapshot),
        firstSeen: new Date(at).toISOString(),
        evidence: evidence(text),
        remedies: [
          propose('Try it again now', {kind: 'endpoints', ...releaseRef(snapshot.target), role}),
          propose('Read what its server says', {kind: 'logs', ...releaseRef(snapshot.target), role}),
          {
            title: 'See whether the Service has found its pods',
            command: kubectlHere(
              snapshot.target,
              'get',
              'endpointslices',
              '-l',
              `kubernetes.io/service-name=${service}`,
            ),
          },
          {
            title: 'See which network policies stand in the way',
            command: kubectlHere(snapshot.target, 'get', 'networkpolicies'),
          },
        ],
      },
    ),
  };
}

function notLetIn(snapshot: Snapshot, {role, from, at}: EndpointFact, text: string): FoundCause {
  const service = objectNames(snapshot.target)[role];
  return {
    certain: clusterTime(at, snapshot) >= momentOf(snapshot.operation?.startedAt) - 1000,
    cause: cause(
      'ENDPOINT_UNPROVEN',
      `The ${role} lets nobody in who comes from ${placeOf(from)}: its pg_hba.conf has no line for that. Clients ` +
        'there fare the same.',
      {
        object: refTo('Service', {name: service}, snapshot),
        firstSeen: new Date(at).toISOString(),
        evidence: evidence(text),
        remedies: [
          fillIn(
            'Add a line for those who are to come, such as "host all all 0.0.0.0/0 scram-sha-256", to ' +
              'primary.pgHbaConfiguration in the file of --values, and set it again',
            'set',
            releaseRef(snapshot.target),
            '--values FILE',
          ),
        ],
      },
    ),
  };
}

/** The pods are Ready, but nobody could query them, so nothing is proven. */
function neverAsked(snapshot: Snapshot): FoundCause | null {
  const {writerPod, newest} = viewOf(snapshot);
  const isAsked = snapshot.database.some(({kind}) => kind === 'endpoint');
  if (isAsked || newest?.status !== 'deployed' || !isReady(writerPod)) return null;
  const unasked = whyNotAsked(snapshot);
  if (unasked === null) return null;
  const {writer} = objectNames(snapshot.target);
  return {
    certain: false,
    cause: cause(
      'ENDPOINT_UNPROVEN',
      `The pods are Ready. Whether the database answers is not known: ${unasked.why}.`,
      {
        object: refTo('Service', {name: writer}, snapshot),
        remedies: [unasked.remedy],
      },
    ),
  };
}

function whyNotAsked({unreadable, release, target}: Snapshot): {readonly why: string; readonly remedy: Remedy} | null {
  const where = releaseRef(target);
  if (unreadable.includes('secrets'))
    return {
      why: 'this user may not read the Secret with its passwords',
      remedy: propose('Look again as a user who may read the Secrets of the namespace', {
        kind: 'status',
        watch: false,
        ...where,
      }),
    };
  if (isOfInstaller(release.values, target)) return null;
  return {
    why: 'plain helm made the release, and this program reads the passwords of its own releases alone',
    remedy: propose(
      'Take it over where it stands: same data, names and passwords. The plan comes first',
      adoptAsIs(where),
    ),
  };
}

function placeOf(from: EndpointFact['from']): string {
  return from === 'here' ? 'this machine' : 'inside the cluster';
}

interface Failure {
  readonly reason: string;
  readonly text: string;
}

function failureOf(snapshot: Snapshot, {role, at, result}: EndpointFact): Failure | null {
  if (result.answered || (result.reason !== 'unreachable' && result.reason !== 'other')) return null;
  const {writerPod, readerPods} = viewOf(snapshot);
  const pods = role === 'writer' ? (writerPod ? [writerPod] : []) : readerPods;
  if (pods.length === 0 || !pods.every(isReady)) return null;
  // A failure from before the pods were Ready says nothing.
  return pods.every((pod) => clusterTime(at, snapshot) >= (readySince(pod) ?? Infinity)) ? result : null;
}
