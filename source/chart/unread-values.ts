// Extra values that no template of the chart reads: misspelt, at another place, or of an older chart.
import {ownedPaths} from './owned.ts';
import {at, isObject, type Path, type Values} from './tree.ts';
import {isHolder} from './value-holders.ts';

export interface UnreadValue {
  /** Such as `primary.persistance`. */
  readonly path: string;
  /** A similar path that the chart does read; null where there is none. */
  readonly instead: string | null;
}

/** Keys of the charts 8 to 10, and where 11 and later have them. Source: README of the chart, "To 11.0.0". */
const renamed: Readonly<Record<string, string>> = {
  master: 'primary',
  slave: 'readReplicas',
  postgresqlExtendedConf: 'primary.extendedConfiguration',
  postgresqlConfiguration: 'primary.configuration',
  pgHbaConfiguration: 'primary.pgHbaConfiguration',
  initdbScripts: 'primary.initdb.scripts',
  initdbScriptsConfigMap: 'primary.initdb.scriptsConfigMap',
  initdbScriptsSecret: 'primary.initdb.scriptsSecret',
  persistence: 'primary.persistence',
  resources: 'primary.resources',
  service: 'primary.service',
  nodeSelector: 'primary.nodeSelector',
  tolerations: 'primary.tolerations',
  extraEnv: 'primary.extraEnvVars',
  postgresqlUsername: 'auth.username',
  postgresqlDatabase: 'auth.database',
  postgresqlPassword: 'auth.password',
};

/** Keys that Helm itself hands on to every chart, and that a chart's own values.yaml need not have. */
const always = ['global', 'tags'];

/**
 * @param defaults the chart's own values.yaml: what has a place there is read. Below an empty object or a list anything
 * may stand.
 */
export function unreadValues(extra: Values, defaults: Values): readonly UnreadValue[] {
  if (Object.keys(defaults).length === 0) return [];
  return unreadBelow(extra, defaults, []).map((path) => ({path: path.join('.'), instead: insteadOf(path, defaults)}));
}

function unreadBelow(extra: Values, known: Values, path: Path): readonly Path[] {
  return Object.entries(extra).flatMap(([key, value]): readonly Path[] => {
    const here = [...path, key];
    if (path.length === 0 && always.includes(key)) return [];
    if (!Object.hasOwn(known, key)) return path.length === 0 && isForOthers(key, value, known) ? [] : [here];
    const below = known[key];
    return isObject(value) && isObject(below) && Object.keys(below).length > 0 ? unreadBelow(value, below, here) : [];
  });
}

/** A key whose value other keys use, and which is not one of the chart's that is misspelt or of an older chart. */
function isForOthers(key: string, value: unknown, known: Values): boolean {
  if (!isHolder(value)) return false;
  const isComponent = key === 'postgresql' || Object.hasOwn(known, renamed[key] ?? '');
  return !isComponent && nearestKey([key], known) === null;
}

function insteadOf(path: Path, defaults: Values): string | null {
  const [first = ''] = path;
  if (first === 'postgresql') return "one level higher: here the values are the chart's own";
  const old = path.length === 1 ? renamed[first] : undefined;
  const found = old ?? nearestKey(path, defaults) ?? sameKeyElsewhere(path, defaults);
  if (found === null) return null;
  const owner = ownedPaths.find(({path: own}) => isAtOrBelow(found.split('.'), own));
  return owner?.flag ? `${found}, which ${owner.flag} sets` : found;
}

function isAtOrBelow(path: Path, other: Path): boolean {
  return other.every((key, index) => path[index] === key);
}

/** A key at the same place that differs in a few letters. */
function nearestKey(path: Path, defaults: Values): string | null {
  const above = path.slice(0, -1);
  const key = path.at(-1) ?? '';
  const siblings = Object.keys((above.length === 0 ? defaults : at(defaults, above)) ?? {});
  const [nearest] = siblings
    .map((sibling) => ({sibling, far: distance(key.toLowerCase(), sibling.toLowerCase())}))
    .filter(({far}) => far <= Math.max(1, Math.floor(key.length / 4)))
    .sort((a, b) => a.far - b.far);
  return nearest ? [...above, nearest.sibling].join('.') : null;
}

/** The shortest path that ends in the same key; one of the writer comes before others. */
function sameKeyElsewhere(path: Path, defaults: Values): string | null {
  const key = path.at(-1) ?? '';
  const [found] = pathsEndingIn(key, defaults, []).sort(
    (a, b) => a.length - b.length || Number(b[0] === 'primary') - Number(a[0] === 'primary'),
  );
  return found?.join('.') ?? null;
}

function pathsEndingIn(key: string, values: Values, path: Path): Path[] {
  return Object.entries(values).flatMap(([name, value]): Path[] => [
    ...(name === key ? [[...path, name]] : []),
    ...(isObject(value) ? pathsEndingIn(key, value, [...path, name]) : []),
  ]);
}

/** How many letters differ: https://en.wikipedia.org/wiki/Levenshtein_distance */
function distance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const [left = 0, above = 0, both = 0] = [next[j - 1], row[j], row[j - 1]];
      next.push(Math.min(left + 1, above + 1, both + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
