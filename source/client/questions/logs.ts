// What the database containers of a release wrote: the last lines, or each line as it comes.
import type {Readable} from 'node:stream';
import {databaseContainer} from '../../chart/names.ts';
import {paths} from '../../cluster/paths.ts';
import {ifAllowed} from '../../cluster/readable.ts';
import {readSnapshot} from '../../cluster/snapshot.ts';
import {viewOf, type Role} from '../../observation/release-view.ts';
import {requireRelease} from './existing-release.ts';
import type {ReleaseAccess} from '../session.ts';
import type {LogSource, LogTail} from '../types.ts';

/**
 * The pods that write a log, the writer's first, without waiting for the database to answer.
 * @param role null: both roles
 */
export async function logSources({connection, target}: ReleaseAccess, role: Role | null): Promise<LogSource[]> {
  const {snapshot} = await readSnapshot(connection, target);
  const {writerPod, readerPods} = viewOf({...snapshot, database: []});
  return [
    ...(writerPod ? [{pod: writerPod.metadata.name, role: 'writer' as const}] : []),
    ...readerPods.map(({metadata}) => ({pod: metadata.name, role: 'reader' as const})),
  ].filter((one) => role === null || one.role === role);
}

/** As `logSources`. @throws UserError RELEASE_NOT_FOUND where there is neither a pod nor a release */
export async function logSourcesOfRelease(access: ReleaseAccess, role: Role | null): Promise<LogSource[]> {
  const sources = await logSources(access, role);
  if (sources.length === 0) {
    const {snapshot} = await readSnapshot(access.connection, access.target);
    requireRelease({...snapshot, database: []});
  }
  return sources;
}

/** The last lines of each pod. */
export async function logTails(
  {connection, target}: ReleaseAccess,
  sources: readonly LogSource[],
  tailLines: number,
): Promise<LogTail[]> {
  return Promise.all(
    sources.map(async (source) => {
      const path = logPath(target.namespace, source);
      const text = await ifAllowed(connection.api.text(path, {container: databaseContainer, tailLines})).catch(
        () => null,
      );
      return {...source, lines: text === null ? null : text.split('\n').filter(Boolean)};
    }),
  );
}

interface LogLines {
  /** How many lines to begin with. */
  readonly tailLines: number;
  /** Whether to go on until the signal aborts. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** Calls `onLine` with each line of the pods, side by side; ends with the logs or the signal. */
export async function readLogs(
  {connection, target}: ReleaseAccess,
  sources: readonly LogSource[],
  {tailLines, follow, signal}: LogLines,
  onLine: (source: LogSource, line: string) => void,
): Promise<void> {
  const query = {container: databaseContainer, tailLines, ...(follow ? {follow: true} : {})};
  await Promise.all(
    sources.map(async (source) => {
      const stream = await connection.api.stream(logPath(target.namespace, source), query, signal);
      try {
        await readLines(stream, (line) => onLine(source, line));
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }),
  );
}

function logPath(namespace: string, {pod}: LogSource): string {
  return `${paths.pods(namespace)}/${pod}/log`;
}

async function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  }
  if (rest) onLine(rest);
}
