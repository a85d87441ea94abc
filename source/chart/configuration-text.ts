// The text of a postgresql.conf: what it sets, and our own text with the marks by which it is recognised.
import type {PostgresConfig, Sizing} from '../parameters/parameters.ts';
import {sizedSettings, type Room} from '../parameters/sized-settings.ts';

/**
 * PostgreSQL 17, guc-file.l: a name, perhaps `=`, and a value that may stand in quotes; what follows `#` is a comment.
 */
const line = /^\s*([a-z_][\w.]*)(?:\s*=\s*|\s+)(?:'((?:[^'\\]|''|\\.)*)'|([^\s#'=]+))\s*(?:#.*)?$/i;

/** Each setting in the order of the lines. Of two with one name the later one counts. */
export function assignmentsIn(text: string): readonly (readonly [name: string, value: string])[] {
  return text.split('\n').flatMap((one): [string, string][] => {
    const [, name, quoted, bare = ''] = line.exec(one.trimEnd()) ?? [];
    return name === undefined ? [] : [[name, quoted === undefined ? bare : unescaped(quoted)]];
  });
}

/** @returns the settings by their names in lower case; null where a line is no setting, such as an include */
export function settingsByName(text: string): ReadonlyMap<string, string> | null {
  const said = text.split('\n').filter((one) => one.trim() !== '' && !one.trim().startsWith('#'));
  const found = assignmentsIn(text).map(([name, value]) => [name.toLowerCase(), value] as const);
  return found.length < said.length || found.some(([name]) => name.startsWith('include')) ? null : new Map(found);
}

/** Undoes what `escaped` does. The whole of it is DeescapeQuotedString in PostgreSQL 17, guc-file.l. */
function unescaped(text: string): string {
  return text.replace(/''|\\(.)/g, (_all, letter: string | undefined) => letter ?? "'");
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/'/g, "''");
}

const marks = {
  synchronous: /^# pg-helm-install: --synchronous-replicas (\d+)$/m,
  sizing: /^# pg-helm-install: --sizing (auto|off)$/m,
  config: '# pg-helm-install: --postgres-config',
} as const;

/** What the text of a writer or a reader is made of. */
interface OwnConfiguration {
  readonly config: PostgresConfig;
  readonly sizing: Sizing;
  /** How many readers a commit waits for; 0 in the text of a reader. */
  readonly synchronousReplicas: number;
}

/** The application_name that readers have on the writer. Chart 16.7.26, values.yaml, replication.applicationName. */
const readersName = 'my_application';

/**
 * A commit waits for any of them, so one that hangs or is away holds nobody up. PostgreSQL 17 manual,
 * synchronous_standby_names.
 */
function synchronousLines(count: number): readonly string[] {
  if (count === 0) return [];
  return [
    `# pg-helm-install: --synchronous-replicas ${count}`,
    `synchronous_standby_names = 'ANY ${count} (${readersName})'`,
  ];
}

/** A setting that is given by name takes the place of one that follows from the sizes. */
export function ownConfiguration({config, sizing, synchronousReplicas}: OwnConfiguration, room: Room): string {
  const sized = sizing === 'auto' ? Object.entries(sizedSettings(room)) : [];
  const lines = (settings: readonly (readonly [string, string])[]) =>
    settings.map(([name, value]) => `${name} = '${escaped(value)}'`);
  return [
    `# pg-helm-install: --sizing ${sizing}`,
    ...lines(sized.filter(([name]) => !Object.hasOwn(config, name))),
    ...synchronousLines(synchronousReplicas),
    marks.config,
    ...lines(Object.entries(config)),
  ].join('\n');
}

/** What `ownConfiguration` made the text of; null for somebody else's text. */
export function readOwnConfiguration(text: string): OwnConfiguration | null {
  const sizing = marks.sizing.exec(text)?.[1];
  const [own = '', given] = text.split(`${marks.config}\n`);
  if (sizing === undefined || !text.includes(marks.config)) return null;
  return {
    sizing: sizing === 'auto' ? 'auto' : 'off',
    config: Object.fromEntries(assignmentsIn(given ?? '')),
    synchronousReplicas: Number(marks.synchronous.exec(own)?.[1] ?? 0),
  };
}
