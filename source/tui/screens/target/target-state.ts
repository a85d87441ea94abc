// Where a release is to be: the state of that screen, and the text beside each of its rows. Pure.
import {fullnameProblem} from '../../../chart/names.ts';
import {namespaceProblem, releaseNameProblem} from '../../../parameters/identifiers.ts';
import type {Opened} from '../../../client/types.ts';
import type {ShownTarget} from '../../state/target.ts';

export const targetRows = ['context', 'namespace', 'release', 'next'] as const;
export type TargetRow = (typeof targetRows)[number];

export interface TargetState {
  readonly name: 'target';
  /** The row that takes the keys. */
  readonly row: TargetRow;
}

/** What is wrong with each row; null: nothing. */
export function targetProblems({namespace, release}: ShownTarget): Readonly<Record<TargetRow, string | null>> {
  return {
    context: null,
    namespace: namespace === '' ? 'A namespace is needed: type the one you may use.' : namespaceProblem(namespace),
    release: release === '' ? 'The release needs a name.' : (releaseNameProblem(release) ?? fullnameProblem(release)),
    next: null,
  };
}

/** What is known about the place, for the hints. */
interface Known {
  readonly target: ShownTarget;
  readonly contexts: readonly string[];
  readonly opened: Opened | null;
}

/** The hint of a row where nothing is wrong with it, or not yet. */
export function targetHint(row: TargetRow, known: Known): string {
  const {target, contexts, opened} = known;
  switch (row) {
    case 'context':
      return contexts.length > 1
        ? `One of the ${contexts.length} contexts of the kubeconfig.`
        : 'The only context of the kubeconfig.';
    case 'namespace':
      return namespaceHint(target.namespace, opened?.namespaces ?? null);
    case 'release':
      return isTaken(known)
        ? 'It is there already: what was begun is continued.'
        : 'What the database is called here, such as orders.';
    case 'next': {
      const problems = targetProblems(target);
      const first = targetRows.find((one) => problems[one] !== null);
      return (first && problems[first]) ?? 'The parameters come next.';
    }
  }
}

function namespaceHint(namespace: string, known: readonly string[] | null): string {
  if (known === null)
    return (
      'Namespaces may not be listed: type the one you may ' +
      `use${namespace === '' ? '' : '; ctrl-u empties the field'}.`
    );
  return known.includes(namespace) ? 'It exists.' : 'It does not exist yet and will be made.';
}

function isTaken({target, opened}: Known): boolean {
  const releases = opened?.releases ?? [];
  return releases.some(({namespace, name}) => namespace === target.namespace && name === target.release);
}
