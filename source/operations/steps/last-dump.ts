// The last dump before a release goes: whether it can be made, or was made by the run that this one finishes, and the
// step that makes it.
import {badInput, cause, UserError, type Cause} from '../../core/cause.ts';
import {propose} from '../../commands/command-line.ts';
import {releaseRef} from '../../commands/operation.ts';
import {recovery} from '../../observation/causes/secret-malformed.ts';
import {clusterTime, clusterTimeOf} from '../../observation/cluster-time.ts';
import {isReady, viewOf} from '../../observation/release-view.ts';
import type {Snapshot} from '../../observation/snapshot.ts';
import type {Step} from '../converge.ts';
import {writerProblem} from '../storage-guard.ts';
import type {DatabasePort, DumpAt} from '../ports/database.ts';
import type {Scope} from '../ports/index.ts';

export interface LastDump {
  /** Absolute. */
  readonly path: string;
  /**
   * Whether the existing file is what an interrupted run of this same uninstall wrote, so that a newer dump replaces
   * it.
   */
  readonly replace: boolean;
  /** When the uninstall was begun that the dump belongs to, by the cluster's clock, ISO 8601. */
  readonly startedAt: string;
  /** Bytes in the file; null until it is whole. */
  whole: number | null;
  /** Bytes that have arrived, as of a few seconds ago. */
  written: number;
}

const progressEveryMs = 5000;

/**
 * While the writer serves, what it has now is dumped: it may have more than at the time of an interrupted run. When the
 * writer is gone already, only that run's file can be the dump.
 * @returns the cause that forbids it, else what there is to do
 */
export async function prepareDump(
  ports: DatabasePort & Scope,
  before: Snapshot,
  path: string,
): Promise<LastDump | Cause> {
  const {release, namespace} = ports.target;
  const there = await ports.dumpAt(path);
  const begunAt = beginningOf(before, path);
  const own = begunAt !== null && isDumpOf(there, before, begunAt) ? there : null;
  const startedAt = begunAt ?? new Date(clusterTimeOf(before)).toISOString();
  if (there.kind === 'unwritable')
    return badInput(`--dump-to: ${path} cannot be written: ${there.why}. Nothing was changed.`).reason;
  if (there.kind !== 'none' && !own)
    return badInput(
      `--dump-to: ${path} is there already, and nothing is written over it. Name another file, or move that one ` +
        'away. Nothing was changed.',
    ).reason;
  if (isReady(viewOf(before).writerPod))
    return whyNotDumped(before) ?? {path, replace: own !== null, startedAt, whole: null, written: 0};
  if (own?.whole) return {path, replace: false, startedAt, whole: own.bytes, written: own.bytes};
  return cause(
    'DUMP_FAILED',
    `The writer of ${release} does not answer, so there is nothing that could be dumped. Nothing was removed.`,
    {
      object: {kind: 'Release', namespace, name: release},
      remedies: [
        propose('See what is the matter with it', {kind: 'status', ...releaseRef(ports.target), watch: false}),
        {title: 'Or leave the dump out: run it without --dump-to. The volumes stay unless --delete-data is given'},
      ],
    },
  );
}

/**
 * Why a writer that serves is not dumped: it may serve another database than the release's, or nobody can log in to it.
 */
function whyNotDumped(before: Snapshot): Cause | null {
  const other = anotherDatabase(before);
  if (other || before.secret !== null) return other;
  const {release, namespace} = before.target;
  const isUnread = before.unreadable.includes('secrets');
  return cause(
    'DUMP_FAILED',
    `The Secret with the passwords of ${release} ${isUnread ? 'may not be read' : 'is gone'}, so nobody can log in ` +
      'to dump it. Nothing was removed.',
    {
      object: {kind: 'Release', namespace, name: release},
      remedies: [
        ...(isUnread ? [] : [recovery(before.target)]),
        {title: 'Or leave the dump out: run it without --dump-to. The volumes stay unless --delete-data is given'},
      ],
    },
  );
}

/**
 * The cause where the writer may serve another database: an empty one is dumped without an error, and its dump would be
 * taken for all there was.
 */
function anotherDatabase(snapshot: Snapshot): Cause | null {
  const found = writerProblem(snapshot);
  const why = 'What would be dumped may be a new and empty database. Nothing was removed.';
  return found && {...found, message: `${found.message} ${why}`};
}

export function dumpStep(dump: LastDump): Step<unknown> {
  return {
    name: 'dump',
    done: () => dump.whole !== null,
    async run(ports, _wanted, snapshot, signal) {
      const other = anotherDatabase(snapshot);
      if (other) throw new UserError(other);
      let toldAt = ports.now();
      const onBytes = (written: number) => {
        // A line for each megabyte would be a long log.
        if (written < dump.written * 1.5 && ports.now() - toldAt < progressEveryMs) return;
        dump.written = written;
        toldAt = ports.now();
      };
      const {path, replace, startedAt} = dump;
      // What is known of the cluster's clock may change by a second, and no dump is older than its uninstall.
      const madeAt = Math.max(clusterTime(ports.now(), snapshot), Date.parse(startedAt));
      const to = {path, replace, madeAt: new Date(madeAt).toISOString()};
      const {bytes} = await ports.dump(to, onBytes, signal);
      dump.whole = bytes;
      return `Everything was dumped to ${path}.`;
    },
  };
}

/** When the interrupted uninstall was begun that this one goes on with; null: this one is new. */
function beginningOf({operation}: Snapshot, path: string): string | null {
  if (operation?.lastDump?.path === path) return operation.lastDump.startedAt;
  return operation?.kind === 'uninstall' && operation.dumpTo === path ? operation.startedAt : null;
}

function isDumpOf(there: DumpAt, {target}: Snapshot, begunAt: string): there is Extract<DumpAt, {kind: 'dump'}> {
  return (
    there.kind === 'dump' &&
    there.release === target.release &&
    there.namespace === target.namespace &&
    there.madeAt >= begunAt
  );
}
