// A reader takes writes: what is written there, nobody else has.
import {cause, type Remedy} from '../../core/cause.ts';
import {objectNames} from '../../chart/names.ts';
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {listed} from '../checks/messages.ts';
import {isRoleMoving} from '../role/half-moved.ts';
import {viewOf} from '../release-view.ts';
import type {Snapshot} from '../snapshot.ts';
import {cloneAgain} from './clone-again.ts';
import {evidence, refTo} from './messages.ts';
import {dumpFrom} from './recovery-commands.ts';
import type {FoundCause} from './rule.ts';
import {readersAreElsewhere} from './service-misdirected.ts';

/**
 * Certain: a reader never leaves recovery by itself. While the role moves, the reader that gets it leaves recovery on
 * purpose. Where the readers were not asked one by one, the answer behind their endpoint tells, unless their Service
 * leads to other pods: then it was not a reader that answered.
 */
export function twoWriters(snapshot: Snapshot): FoundCause | null {
  if (isRoleMoving(snapshot)) return null;
  const {promotedReaders: asked = []} = snapshot;
  const isBehindEndpoint = answersAsWriter(snapshot) && !readersAreElsewhere(snapshot);
  if (!isBehindEndpoint && asked.length === 0) return null;
  const {reader} = objectNames(snapshot.target);
  const names = asked.length === 0 ? onlyReader(snapshot) : asked;
  const about = names.length === 1 ? {kind: 'Pod', name: names[0] ?? ''} : {kind: 'StatefulSet', name: reader};
  return {
    certain: true,
    cause: cause('TWO_WRITERS', messageOf(snapshot, names), {
      object: refTo(about.kind, about, snapshot),
      evidence: evidence(
        ...asked.map((name) => `${name} answered, and pg_is_in_recovery() is false there`),
        ...(isBehindEndpoint ? ['the reader endpoint answered, and pg_is_in_recovery() is false there'] : []),
      ),
      remedies: remediesFor(snapshot, names),
    }),
  };
}

/** Where there is one reader, it is the one that answers behind the endpoint. */
function onlyReader(snapshot: Snapshot): readonly string[] {
  return viewOf(snapshot).desiredReaders === 1 ? [`${objectNames(snapshot.target).reader}-0`] : [];
}

function answersAsWriter({database}: Snapshot): boolean {
  return database.some(
    (fact) => fact.kind === 'endpoint' && fact.role === 'reader' && fact.result.answered && !fact.result.inRecovery,
  );
}

/** `names`: the readers that take writes; empty: it is not known which one does. */
function messageOf({target}: Snapshot, names: readonly string[]): string {
  if (names.length > 1)
    return (
      `The readers ${listed(names)} take writes: somebody has promoted them. Rows that were written there are on ` +
      'their volumes alone, and they follow the writer no more.'
    );
  const [only] = names;
  const who = only === undefined ? `One of the readers of ${target.release}` : `The reader ${only}`;
  return (
    `${who} takes writes: somebody has promoted it. Rows that were written there are on its volume alone, and it ` +
    'follows the writer no more.'
  );
}

function remediesFor(snapshot: Snapshot, names: readonly string[]): readonly Remedy[] {
  if (names.length === 0) return [propose('See which one it is', {kind: 'doctor', ...releaseRef(snapshot.target)})];
  return names.flatMap((name) => {
    const pod = snapshot.pods.find(({metadata}) => metadata.name === name);
    return [
      {title: `Save what was written to ${name}`, command: dumpFrom(snapshot, name)},
      ...(pod ? cloneAgain(snapshot, pod) : []),
    ];
  });
}
