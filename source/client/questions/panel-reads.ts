// What the panels of a dashboard ask about one release. It only reads, and waits for no database.
import type {Connection} from '../../cluster/connect.ts';
import {readTarget} from '../../cluster/target.ts';
import {maskedStrings, passwordOf} from './endpoints.ts';
import {earlierRevisionsOf, historyOf} from './history.ts';
import {logSources, logTails} from './logs.ts';
import type {ReleaseAccess} from '../session.ts';
import type {Client, ReleasePlace} from '../types.ts';
import {valuesOf} from './values.ts';

const tailLines = 50;

export function readsOf(
  connectionOf: (context: string) => Connection,
): Pick<Client, 'password' | 'connectionStrings' | 'values' | 'history' | 'logs' | 'earlierRevisions'> {
  const accessTo = async (place: ReleasePlace): Promise<ReleaseAccess> => {
    const connection = connectionOf(place.context);
    return {connection, target: await readTarget(connection.api, place)};
  };
  return {
    password: async (place) => passwordOf(await accessTo(place)),
    connectionStrings: async (place, role) => maskedStrings(await accessTo(place), role),
    values: async (place) => valuesOf(await accessTo(place)),
    history: async (place) => historyOf(await accessTo(place)),
    earlierRevisions: async (place) => earlierRevisionsOf(await accessTo(place)),
    // None while an install has no pod yet, or an uninstall none any more.
    async logs(place) {
      const access = await accessTo(place);
      return logTails(access, await logSources(access, null), tailLines);
    },
  };
}
