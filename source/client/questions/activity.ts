// What the writer of a release is doing, and how one of its sessions is ended.
import type {Activity, DatabaseSession} from '../../observation/activity.ts';
import {requireRelease} from './existing-release.ts';
import type {Session} from '../session.ts';
import {watchActivity} from './watch-activity.ts';

type Asked = Pick<Session, 'ports'>;

/** @throws UserError RELEASE_NOT_FOUND */
export async function assertReleaseThere({ports}: Asked): Promise<void> {
  requireRelease(await ports.look());
}

/** Again and again until the signal aborts; `lost`: there was no answer this time. */
export function activityOf(
  {ports}: Asked,
  signal: AbortSignal,
  everyMs: number,
): AsyncGenerator<Activity | {readonly lost: string}> {
  return watchActivity(ports, signal, everyMs);
}

/** The sessions of clients; null: the writer does not answer. @throws UserError RELEASE_NOT_FOUND */
export async function sessionsOf({ports}: Asked): Promise<readonly DatabaseSession[] | null> {
  requireRelease(await ports.look());
  return (await ports.activity())?.sessions ?? null;
}

/** Cancels what exactly that session runs, or ends it, never a later one with the same pid. */
export function endSession(
  {ports}: Asked,
  session: DatabaseSession,
  what: 'query' | 'session',
): Promise<'asked' | 'gone' | 'refused'> {
  return ports.endSession(session, what);
}
