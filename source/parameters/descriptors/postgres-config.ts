// Settings of PostgreSQL, one by one. postgres-settings.ts says which of them need a restart.
import {badInput} from '../../core/cause.ts';
import {ownedSettingProblem} from '../owned-settings.ts';
import {changedEntries, parameter, type Others, type Parsed} from '../parameter.ts';
import {isOfExtension, nearestSetting, settingNamed, settingValueProblem} from '../postgres-settings.ts';
import {beyondMemory, memoryOfReaders, podMemories, type PodMemory} from '../settings-room.ts';
import {memoryProblem} from '../sizes.ts';
import {ownSettingsIn} from './extra-values.ts';

/** Name → value. */
export type PostgresConfig = Readonly<Record<string, string>>;

/** A value of null removes a setting. */
type PostgresConfigAnswer = Readonly<Record<string, string | null>>;

const name = '--postgres-config';

export const postgresConfig = parameter<'postgresConfig', PostgresConfigAnswer, PostgresConfig>({
  key: 'postgresConfig',
  label: 'PostgreSQL',
  hint: 'Settings of PostgreSQL such as work_mem=16MB, log_min_duration_statement=1s.',
  defaultText: 'none',
  changes: 'anytime',
  form: 'settings',
  flags: [
    {
      name,
      argument: 'key=value',
      help: 'a setting of PostgreSQL such as work_mem=16MB; may be given several times, and key= takes it back',
      repeats: true,
      read: oneSetting,
    },
  ],
  inFile: 'list',
  parse: severalSettings,
  format: (answer) => assignments(answer).join(', '),
  toFlags: (answer) => assignments(answer).flatMap((text) => [name, text]),
  toFile: (answer) => (assignments(answer).length === 0 ? undefined : assignments(answer)),
  join: (first, second) => ({...first, ...second}),
  merge: (stronger, weaker) => ({...weaker, ...stronger}),
  resolve,
  problemBeside: (text, others) => {
    const parsed = severalSettings(text);
    return 'problem' in parsed ? null : beyondMemory(keptOf(parsed.value), podsTyped(others));
  },
  toAnswer: (value) => (Object.keys(value).length === 0 ? undefined : value),
  toChange: (answer = {}, existing) => changedEntries(answer, existing),
  show: (value) => assignments(value).join(', ') || 'none',
});

function resolve(answer: PostgresConfigAnswer | undefined, others: Others): PostgresConfig {
  const own = ownSettingsIn(others);
  const kept = keptOf(answer ?? {});
  if (own !== null && Object.keys(kept).length > 0)
    throw badInput(
      `${name} and ${own} of the file for --values exclude each other: one of them would be lost. Put all settings ` +
        `into the file, or take ${own} out of it.`,
    );
  return kept;
}

/** The pods' memory by what is typed in the form; a default is not known here. */
function podsTyped(texts: Readonly<Record<string, string>>): readonly PodMemory[] {
  const typed = (key: string) => {
    const text = (texts[key] ?? '').trim();
    return memoryProblem(text) === null ? text : null;
  };
  const writer = typed('memory');
  const readers = texts['readReplicaCount']?.trim() === '0' ? null : typed('readers.memory');
  if (writer !== null) return podMemories(writer, readers ?? writer);
  return readers === null ? [] : [memoryOfReaders(readers)];
}

/** The settings without those that are removed, in the order of their names. */
function keptOf(answer: PostgresConfigAnswer): PostgresConfig {
  const kept = Object.entries(answer).filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads `key=value`; everything after the first `=` is the value. In single quotes the value may be empty. */
function oneSetting(text: string): Parsed<PostgresConfigAnswer> {
  const [, key = '', given = ''] = /^\s*([^=\s]*)\s*=\s*([^]*?)\s*$/.exec(text) ?? [];
  if (key === '') return {problem: `"${text}" is not a setting. Use key=value, such as work_mem=16MB.`};
  const problem = nameProblem(key);
  if (problem !== null) return {problem};
  const known = settingNamed(key)?.name ?? key.toLowerCase();
  if (given === '') return {value: {[known]: null}};
  const value = unquoted(given);
  const wrong = valueProblem(known, value);
  return wrong === null ? {value: {[known]: value}} : {problem: wrong};
}

function nameProblem(key: string): string | null {
  if (settingNamed(key) !== null || isOfExtension(key)) return ownedSettingProblem(key.toLowerCase());
  const nearest = nearestSetting(key);
  return `PostgreSQL 17 has no setting ${key}.${nearest === null ? '' : ` Did you mean ${nearest}?`}`;
}

/** What is wrong with a value: the chart renders the text as a template, and each setting is one line. */
function valueProblem(key: string, value: string): string | null {
  if (value.includes('{{')) return 'a value may not hold {{, which begins a template of helm.';
  if (/[\u0000-\u001f\u007f]/.test(value)) return 'a value may not hold line breaks or other control characters.';
  const setting = settingNamed(key);
  return setting === null ? null : settingValueProblem(setting, value);
}

/** Reads several settings with commas between them. A comma that no other `key=` follows is part of a value. */
function severalSettings(text: string): Parsed<PostgresConfigAnswer> {
  let all: Record<string, string | null> = {};
  for (const [part] of text.matchAll(
    /\s*[^\s,=]+\s*=\s*(?:'(?:[^']|'')*'\s*(?=,|$)|(?:,(?!\s*[\w.]+\s*=)|[^,])*)|[^,]+/g,
  )) {
    if (part.trim() === '') continue;
    const one = oneSetting(part);
    if ('problem' in one) return one;
    all = {...all, ...one.value};
  }
  // A text of nothing but commas is a mistake, not an empty answer.
  return Object.keys(all).length === 0 && text.trim() !== '' ? oneSetting(text) : {value: all};
}

function assignments(answer: PostgresConfigAnswer): readonly string[] {
  return Object.entries(answer).map(([key, value]) => `${key}=${value === null ? '' : quotedIfNeeded(value)}`);
}

function quotedIfNeeded(value: string): string {
  return value === '' || /^\s|\s$|[',]/.test(value) ? `'${value.replace(/'/g, "''")}'` : value;
}

function unquoted(text: string): string {
  return /^'(?:[^']|'')*'$/.test(text) ? text.slice(1, -1).replace(/''/g, "'") : text;
}
