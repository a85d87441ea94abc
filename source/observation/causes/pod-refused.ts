// The API server refuses what a StatefulSet wants to make, and no other rule knows why, so its own words are shown.
import {kubectlHere} from '../../commands/kubectl.ts';
import {cause, type Remedy} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {propose} from '../../commands/command-line.ts';
import type {Snapshot} from '../snapshot.ts';
import {clusterTimeOf} from '../cluster-time.ts';
import {momentOf} from './database-pods.ts';
import {failedCreate, type FailedCreate} from './failed-create.ts';
import type {FoundCause} from './rule.ts';
import {askFor, changeValues, evidence, refTo} from './messages.ts';

/** A refusal that names what is wrong comes again at every try. */
const refused = /is invalid:|is forbidden:|denied the request/;
/** The controller tries again, and the next answer may be another one: a name that gets free, a server that is busy. */
const passes =
  /already exists|is being (?:deleted|terminated)|object has been modified|timeout|timed out|deadline|too many requests|try again|unavailable|connection refused/i;

const noAccount = /serviceaccount "([^"]+)" not found/;

/** Makes every `FailedCreate` of a StatefulSet that lacks pods a cause, whatever it says. */
export function podRefused(snapshot: Snapshot): FoundCause | null {
  const failed = failedCreate(snapshot, /^/);
  if (!failed) return null;
  const {words, set, role} = failed;
  const {namespace} = snapshot.target;
  return {
    certain: failed.current && refused.test(words) && !passes.test(words) && !mayComeYet(snapshot, failed),
    cause: cause(
      'POD_REFUSED',
      `The cluster does not take what the StatefulSet ${set.metadata.name} wants to make, so the ${role} lacks a pod: ${
        /failed error: (.*?)\.?$/s.exec(words)?.[1] ?? words
      }.`,
      {
        object: refTo('StatefulSet', set.metadata, snapshot),
        firstSeen: failed.firstSeen,
        evidence: evidence(words),
        remedies: [
          ...missingAccount(snapshot, words),
          {
            title:
              `See what namespace ${namespace} asks of pods: a LimitRange gives limits to containers that have ` +
              'none; who runs the cluster can change it',
            command: kubectlHere(snapshot.target, 'describe', 'limitrange,resourcequota'),
          },
          ...(/must be less than or equal to cpu limit/.test(words) ? [ownCpuLimit(snapshot)] : []),
          changeValues(snapshot, 'what it names'),
          ...(snapshot.release.revisions.length > 1
            ? [
                propose('Or go back to what it was', {
                  kind: 'rollback',
                  ...releaseRef(snapshot.target),
                  revision: null,
                }),
              ]
            : []),
        ],
      },
    ),
  };
}

/** For an account of the chart's own: a helm that broke off may have made the StatefulSet before it. */
const accountGraceMs = 20_000;

function mayComeYet(snapshot: Snapshot, {words, firstSeen}: FailedCreate): boolean {
  return noAccount.test(words) && clusterTimeOf(snapshot) - momentOf(firstSeen) < accountGraceMs;
}

/** A LimitRange gave the container a limit below what it asks for. */
function ownCpuLimit(snapshot: Snapshot): Remedy {
  return askFor(snapshot, {
    kind: 'set',
    title: 'Or give the containers a limit of their own, of at least --cpu: a default is then not used',
    blanks: '--cpu-limit QUANTITY',
    flags: '--cpu-limit',
  });
}

/** Once the ServiceAccount exists, the StatefulSet tries again by itself. */
function missingAccount(snapshot: Snapshot, words: string): readonly Remedy[] {
  const name = noAccount.exec(words)?.[1];
  if (name === undefined) return [];
  return [
    {
      title: `Make the ServiceAccount ${name} that the pods are to run as: they start by themselves then`,
      command: kubectlHere(snapshot.target, 'create', 'serviceaccount', name),
    },
  ];
}
