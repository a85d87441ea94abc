// The user as whom the pods' processes run: PostgreSQL refuses root, and initdb wants a user that has an entry in
// passwd.
import {lchown} from 'node:fs/promises';
import {userInfo} from 'node:os';

export interface RunsAs {
  /** For spawn; empty: the user of this process. */
  readonly ids: {readonly uid?: number; readonly gid?: number};
  /** Gives a file or folder to that user; a link itself, never what it points to. */
  own(path: string): Promise<void>;
}

/** `nobody`, on Linux and macOS. */
const unprivileged = process.platform === 'darwin' ? {uid: 4294967294, gid: 4294967294} : {uid: 65534, gid: 65534};

export function runsAs(): RunsAs {
  const isRoot = process.platform !== 'win32' && userInfo().uid === 0;
  if (!isRoot) return {ids: {}, own: () => Promise.resolve()};
  return {ids: unprivileged, own: (path) => lchown(path, unprivileged.uid, unprivileged.gid)};
}
