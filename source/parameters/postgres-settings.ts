// What PostgreSQL 17 knows about its settings: which exist, when a change of one takes effect, and which values each
// accepts.
import {settingsOf17} from './postgres-settings-table.ts';

/** PostgreSQL 17 manual, pg_settings.context. Only `postmaster` needs a restart; the others take a reload. */
type SettingContext = 'postmaster' | 'sighup' | 'superuser-backend' | 'backend' | 'superuser' | 'user';

interface ServerSetting {
  readonly name: string;
  readonly context: SettingContext;
  readonly kind: 'bool' | 'enum' | 'integer' | 'real' | 'string';
  /** The unit of a number whose text has none, such as `8kB` or `ms`; null: the setting has no unit. */
  readonly unit: string | null;
  /** The limits of a number, in its unit. */
  readonly least: number;
  readonly largest: number;
  /** The words of an enum; empty where they are not known. */
  readonly words: readonly string[];
}

/**
 * Two WAL segments of 16 MB. The server takes less by a reload, and does not start with it any more: "must be at least
 * twice wal_segment_size" (PostgreSQL source, ReadControlFile in xlog.c).
 */
const leastToStart: Readonly<Record<string, number>> = {min_wal_size: 32, max_wal_size: 32};

function leastOf({name, least}: ServerSetting): number {
  return leastToStart[name] ?? least;
}

let table: ReadonlyMap<string, ServerSetting> | null = null;

/** All settings by their names in lower case. */
function knownSettings(): ReadonlyMap<string, ServerSetting> {
  table ??= new Map(
    settingsOf17
      .trim()
      .split('\n')
      .map((line) => settingIn(line))
      .map((one) => [one.name.toLowerCase(), one] as const),
  );
  return table;
}

function settingIn(line: string): ServerSetting {
  const [name = '', context, kind, fourth = '', least = '', largest = ''] = line.split(' ');
  const isNumber = kind === 'integer' || kind === 'real';
  return {
    name,
    context: context as SettingContext,
    kind: kind as ServerSetting['kind'],
    unit: isNumber && fourth !== '-' ? fourth : null,
    least: Number(least),
    largest: Number(largest),
    words: kind === 'enum' ? fourth.split('|').filter((word) => word !== '') : [],
  };
}

/** The setting of that name, whose case PostgreSQL ignores. */
export function settingNamed(name: string): ServerSetting | null {
  return knownSettings().get(name.toLowerCase()) ?? null;
}

/** Whether the name is that of an extension's setting, which only the extension's library knows. */
export function isOfExtension(name: string): boolean {
  return /^[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)+$/i.test(name);
}

/** The known name that differs in the fewest letters; null where none is near. */
export function nearestSetting(name: string): string | null {
  const desired = name.toLowerCase();
  const near = [...knownSettings()]
    .map(([known, {name: shown}]) => ({shown, distance: editDistance(desired, known)}))
    .filter(({distance}) => distance <= Math.max(2, Math.floor(desired.length / 4)))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.shown ?? null;
}

/** How many letters to insert, delete or replace until both words are the same. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({length: b.length + 1}, (_, index) => index);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...b].entries())
      current.push(
        Math.min(
          (previous[column + 1] ?? 0) + 1,
          (current[column] ?? 0) + 1,
          (previous[column] ?? 0) + (letter === other ? 0 : 1),
        ),
      );
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** PostgreSQL 17 manual, section "Parameter Names and Values": bytes, and microseconds. */
const memoryUnits: Readonly<Record<string, number>> = {B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4};
const timeUnits: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1000,
  s: 1e6,
  min: 60e6,
  h: 3600e6,
  d: 86_400e6,
};
const truths: readonly (readonly [word: string, isTrue: boolean])[] = [
  ['on', true],
  ['true', true],
  ['yes', true],
  ['1', true],
  ['off', false],
  ['false', false],
  ['no', false],
  ['0', false],
];

/**
 * The value as pg_settings says it: a number in the setting's unit, `on` or `off`, a word in lower case.
 * @returns null for what the server would refuse
 */
export function normalizedValue(setting: ServerSetting, text: string): string | null {
  switch (setting.kind) {
    case 'string':
      return text;
    case 'bool':
      return truthOf(text);
    case 'enum':
      if (setting.words.length === 0) return text.toLowerCase();
      return setting.words.find((word) => word === text.toLowerCase()) ?? wordForTruth(setting, text);
    case 'integer':
    case 'real': {
      const number = numberOf(setting, text.trim());
      return number === null || number < leastOf(setting) || number > setting.largest ? null : String(number);
    }
  }
}

function truthOf(text: string): string | null {
  const found = truths.find(([word]) => word === text.toLowerCase());
  return found === undefined ? null : found[1] ? 'on' : 'off';
}

/** Enums that have `on` and `off` also accept the other words for them. */
function wordForTruth({words}: ServerSetting, text: string): string | null {
  const word = truthOf(text);
  return word !== null && words.includes(word) ? word : null;
}

function numberOf({kind, unit}: ServerSetting, text: string): number | null {
  const [, digits = '', asked = ''] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z]*)$/.exec(text) ?? [];
  if (digits === '') return null;
  const factor = asked === '' ? 1 : factorBetween(asked, unit);
  if (factor === null) return null;
  const number = Number(digits) * factor;
  return kind === 'integer' ? Math.round(number) : number;
}

/** The setting's value as a number in another unit, such as `B`; null where it is none, or measures something else. */
export function numberIn(setting: ServerSetting, text: string, unit: string): number | null {
  const number = numberOf(setting, text.trim());
  const factor = setting.unit === null ? null : factorBetween(unit, setting.unit);
  return number === null || factor === null ? null : number / factor;
}

/** How many of the setting's units make one of the unit that is asked for; null where they measure different things. */
function factorBetween(asked: string, unit: string | null): number | null {
  const [, count, base = ''] = /^(\d*)(\D+)$/.exec(unit ?? '') ?? [];
  for (const units of [memoryUnits, timeUnits]) {
    const [from, to] = [units[asked], units[base]];
    if (from !== undefined && to !== undefined) return from / (to * Number(count || 1));
  }
  return null;
}

/** What is wrong with the value of a known setting; null: nothing. */
export function settingValueProblem(setting: ServerSetting, text: string): string | null {
  if (normalizedValue(setting, text) !== null) return null;
  return `"${text}" is not a value of ${setting.name}. Use ${rightValues(setting)}.`;
}

function rightValues(setting: ServerSetting): string {
  const {kind, unit, largest, words} = setting;
  switch (kind) {
    case 'bool':
      return 'on or off';
    case 'enum':
      return `one of ${words.join(', ')}`;
    case 'integer':
    case 'real': {
      const units = unit === null ? '' : `, counted in ${unit} where it has no unit such as ${exampleUnit(unit)}`;
      return `a number from ${leastOf(setting)} to ${largest}${units}`;
    }
    case 'string':
      return 'any text';
  }
}

function exampleUnit(unit: string): string {
  return /[kM]?B$/.test(unit) ? 'MB' : 's';
}
