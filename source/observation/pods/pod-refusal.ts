// What it means that the API server refuses a pod that a StatefulSet is to have. A dry run asks before the old pod
// goes.
import {cause, type Cause, type CauseCode, type Remedy} from '../../core/cause.ts';
import {kubectlHere} from '../../commands/kubectl.ts';
import {listed, object} from '../checks/messages.ts';
import {refusals} from '../causes/admission-denied.ts';
import type {LimitRange} from '../kubernetes.ts';
import type {Target} from '../snapshot.ts';

export interface PodRefusal {
  /** The API server's own. */
  readonly words: string;
  /** LimitRanges of the namespace; null: they may not be read, or have nothing to do with it. */
  readonly limitRanges: readonly LimitRange[] | null;
}

/** Answers that are not about the pod: the one that it is to replace has its name, or a dry run is not possible. */
const saysNothing =
  /already exists|cannot (create|set) |does not support dry run|exceeded quota|namespaces "[^"]*" not found/;
/** The API server is busy, or does not know. */
const isNoAnswer = (status: number, words: string): boolean => status >= 500 && !/failed calling webhook/.test(words);

/**
 * Whether the API server's answer is about the pod. Admission and validation come before the name and before the
 * quotas, so that "already exists" and "exceeded quota" say that all else was taken (seen on Kubernetes 1.34). A quota
 * counts the old pod too, so it is judged by the check of quotas.
 */
export function isAboutThePod(status: number, words: string): boolean {
  return status !== 409 && status !== 429 && !isNoAnswer(status, words) && !saysNothing.test(words);
}

/** Whether a LimitRange can be behind it: it gives limits to containers that say none, and checks those that do. */
export function maybeByLimitRange(words: string): boolean {
  return /must be less than or equal to \S+ limit|(maximum|minimum|limit to request ratio) .*per (Container|Pod)/.test(
    words,
  );
}

/** `fate`: what becomes of the pod that is there now, as a sentence. */
export function causeOfPodRefusal({words, limitRanges}: PodRefusal, pod: string, fate: string, target: Target): Cause {
  const names = maybeByLimitRange(words) ? namesOf(limitRanges ?? []) : [];
  const by =
    names.length > 0 ? ` LimitRange ${listed(names, 'or')} of namespace ${target.namespace} is behind it.` : '';
  return cause(
    codeOf(words),
    `The cluster does not take the pod ${pod} as it is to become: ${shortened(words)}.${by} ${fate}`,
    {
      object: object('Pod', target, pod),
      evidence: [words],
      remedies: remediesFor(words, names, target),
    },
  );
}

/** POD_REFUSED is for what neither a quota nor a rule of admission-denied.ts explains. */
function codeOf(words: string): CauseCode {
  if (/failed quota/.test(words)) return 'QUOTA_EXCEEDED';
  return refusals.some(([pattern]) => pattern.test(words)) ? 'ADMISSION_DENIED' : 'POD_REFUSED';
}

function remediesFor(words: string, limitRanges: readonly string[], target: Target): readonly Remedy[] {
  const ask = 'or ask whoever sets the rules of the namespace, then run the same command again';
  if (limitRanges.length > 0) {
    return [
      {
        title: `Stay within LimitRange ${listed(limitRanges, 'or')} with --cpu, --cpu-limit and --memory, ${ask}`,
        command: kubectlHere(target, 'describe', 'limitrange', ...limitRanges),
      },
    ];
  }
  if (/failed quota/.test(words))
    return [
      {
        title: `State what the quota demands of every container (--cpu-limit, --cpu, --memory), ${ask}`,
        command: kubectlHere(target, 'describe', 'resourcequota'),
      },
    ];
  return [
    {
      title: `Change what it names with a flag or with --values, ${ask}`,
      command: kubectlHere(target, 'describe', 'limitrange,resourcequota'),
    },
  ];
}

function namesOf(ranges: readonly LimitRange[]): readonly string[] {
  return ranges
    .filter(({spec}) => (spec?.limits ?? []).some(({type}) => type === 'Container' || type === 'Pod'))
    .map(({metadata}) => metadata.name);
}

/** The words without the pod's name, which the message has already, and without a full stop. */
function shortened(words: string): string {
  return words
    .replace(/^(?:The )?[Pp]ods? "[^"]*" (?:is|are) /, 'it is ')
    .trim()
    .replace(/\.$/, '');
}
