// A rule of the cluster or of the namespace forbids the pods.
import {kubectl} from '../../commands/kubectl.ts';
import {cause} from '../../core/cause.ts';
import type {Snapshot} from '../snapshot.ts';
import {failedCreate} from './failed-create.ts';
import type {FoundCause} from './rule.ts';
import {askFor, evidence, refTo} from './messages.ts';

/** In the order in which they are tried: a pattern, who refuses, and whether waiting is in vain. */
export const refusals: readonly (readonly [RegExp, string, boolean])[] = [
  [/violates PodSecurity "([^"]+)"/, 'the Pod Security level $1 of the namespace', true],
  [/admission webhook "([^"]+)" denied the request/, 'the admission webhook $1', true],
  [/ValidatingAdmissionPolicy '([^']+)'/, 'the admission policy $1', true],
  [
    /unable to validate against any security context constraint/,
    'every security context constraint of the cluster',
    true,
  ],
  [/is forbidden: .*(?:minimum|maximum) .* (?:usage|limit to request ratio) /, 'a LimitRange of the namespace', true],
  // The webhook itself is down; it may come back.
  [/failed calling webhook "([^"]+)"/, 'the admission webhook $1, which does not answer,', false],
];

/** Certain when the pods were refused, and not when the webhook that decides is down. */
export function admissionDenied(snapshot: Snapshot): FoundCause | null {
  for (const [pattern, who, final] of refusals) {
    const failed = failedCreate(snapshot, pattern);
    if (!failed) continue;
    const by = who.replace('$1', pattern.exec(failed.words)?.[1] ?? '');
    return {
      certain: final && failed.current,
      cause: cause(
        'ADMISSION_DENIED',
        `The StatefulSet ${failed.set.metadata.name} may not create its pods: ${by} does not let them in, so ` +
          'nothing can start.',
        {
          object: refTo('StatefulSet', failed.set.metadata, snapshot),
          firstSeen: failed.firstSeen,
          evidence: evidence(failed.words),
          remedies: [
            {
              title: 'See the rules of the namespace; who runs the cluster can change them',
              command: kubectl(snapshot.target, 'get', 'namespace', snapshot.target.namespace, '-o', 'yaml'),
            },
            askFor(snapshot, {
              kind: 'set',
              title:
                'Or set values that the rule accepts: with the file of --values, or resize with --cpu and --memory',
              blanks: '--values FILE',
              flags: 'values that the rule accepts (--values, --cpu, --memory)',
            }),
          ],
        },
      ),
    };
  }
  return null;
}
