// Paths of a container ↔ folders of this machine: by the longest mount that a path begins with.
import {join, posix} from 'node:path';

export interface Mount {
  /** In the container. */
  readonly path: string;
  /** On this machine. */
  readonly folder: string;
}

/** Null: the path is below no mount, and so it is the image's own. */
export function mapPath(mounts: readonly Mount[], path: string): string | null {
  const wanted = withoutEnd(posix.normalize(path));
  const mount = byLength(mounts).find(({path: top}) => isBelow(wanted, withoutEnd(top)));
  return mount ? join(mount.folder, wanted.slice(withoutEnd(mount.path).length)) : null;
}

/**
 * Replaces every path of a mount in a text, such as a script or an argument, by the folder's path. A path that is a
 * folder's already, because the pod's server has printed it, stays.
 */
export function mapText(mounts: readonly Mount[], text: string): string {
  const paths = byLength(mounts).map(({path}) => withoutEnd(path));
  if (paths.length === 0) return text;
  const folders = mounts.map(({folder}) => folder).sort((a, b) => b.length - a.length);
  const anyOf = [...folders, ...paths].map((path) => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  // Only whole paths: `/tmp` is found neither in `/var/tmp` nor in `/tmpfile`.
  return text.replace(new RegExp(`(?<![\\w./-])(?:${anyOf})(?![\\w-])`, 'g'), (path) =>
    folders.includes(path) ? path : (mapPath(mounts, path) ?? path),
  );
}

function byLength(mounts: readonly Mount[]): Mount[] {
  return [...mounts].sort((a, b) => b.path.length - a.path.length);
}

function isBelow(path: string, top: string): boolean {
  return path === top || path.startsWith(`${top}/`);
}

function withoutEnd(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, '') : path;
}

/** The other way round, for what programs write: people see the container's paths. */
export function unmapText(mounts: readonly Mount[], text: string): string {
  const longestFirst = [...mounts].sort((a, b) => b.folder.length - a.folder.length);
  return longestFirst.reduce((shown, {path, folder}) => shown.replaceAll(folder, withoutEnd(path)), text);
}
