// Which database it is: initdb gives each database cluster a system identifier of its own, and every copy has the same.
// PostgreSQL manual, pg_control_system.
import type {EndpointFact, Snapshot} from './snapshot.ts';

type Role = EndpointFact['role'];
type Answered = EndpointFact & {readonly result: {readonly answered: true}};

interface SystemIdentifiers {
  /** The identifier of the database that was proven when the release was installed, or that a change first saw. */
  readonly remembered: string | null;
  readonly writer: string | null;
  /** The identifier that the reader endpoint answered with. */
  readonly reader: string | null;
}

/** The annotation of the Secret `<fullname>-auth`, which is kept as long as the data. */
export const systemIdentifierAnnotation = 'pg-helm-install/system-identifier';

/** Null in each place where nobody said. */
export function systemIdentifiersOf(snapshot: Pick<Snapshot, 'database' | 'secret'>): SystemIdentifiers {
  return {
    remembered: snapshot.secret?.systemIdentifier ?? null,
    writer: answerOf(snapshot, 'writer')?.result.systemIdentifier ?? null,
    reader: answerOf(snapshot, 'reader')?.result.systemIdentifier ?? null,
  };
}

/**
 * Whether what answers is another database than the release's. Where the release remembers none, and the writer and a
 * reader are two, nobody can tell which of them is right, so both count as another one.
 */
export function isAnotherDatabase(snapshot: Pick<Snapshot, 'database' | 'secret'>, role: Role): boolean {
  const {remembered, ...answers} = systemIdentifiersOf(snapshot);
  if (remembered !== null) return answers[role] !== null && answers[role] !== remembered;
  return answers.writer !== null && answers.reader !== null && answers.writer !== answers.reader;
}

/** The writer answered, and is the database that the release remembers: every other copy can be made from it. */
export function writerIsKnown(snapshot: Pick<Snapshot, 'database' | 'secret'>): boolean {
  const {remembered, writer} = systemIdentifiersOf(snapshot);
  return remembered !== null && writer === remembered;
}

/** An answer that fits the role: the writer is out of recovery, a reader is in it. */
export function answerOf({database}: Pick<Snapshot, 'database'>, role: Role): Answered | null {
  for (const fact of database) {
    if (fact.kind !== 'endpoint' || fact.role !== role || !fact.result.answered) continue;
    if (fact.result.inRecovery === (role === 'reader')) return {...fact, result: fact.result};
  }
  return null;
}
