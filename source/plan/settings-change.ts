// Which settings of a server a change makes different, and which of them only take effect when the server starts.
import {settingsByName} from '../chart/configuration-text.ts';
import {normalizedValue, settingNamed} from '../parameters/postgres-settings.ts';

/** What a server says of one of its settings; the value as pg_settings has it. */
interface ServerSettingNow {
  readonly context: string;
  readonly value: string;
}
export type ServerSettingsNow = Readonly<Record<string, ServerSettingNow>>;

export interface SettingsChange {
  /** Names of settings, in lower case. */
  readonly differs: readonly string[];
  /** Settings that the running server does not take by a reload. */
  readonly needsRestart: readonly string[];
}

/**
 * Compares the files of settings as helm had them and as it renders them.
 * @param now what the server says; null: it could not be asked, and PostgreSQL's own list decides
 * @returns null where it cannot be said: there is no file, or something in it is no setting
 */
export function settingsChange(
  before: string | undefined,
  after: string | undefined,
  now: ServerSettingsNow | null,
): SettingsChange | null {
  const [was, will] = [settingsByName(before ?? ''), settingsByName(after ?? '')];
  if (before === undefined || after === undefined || was === null || will === null) return null;
  const differs = [...new Set([...was.keys(), ...will.keys()])].filter((name) => was.get(name) !== will.get(name));
  // A change that was interrupted left servers behind what helm has.
  const missed = now === null ? [] : [...will].filter(([name, value]) => lacks(now, name, value)).map(([name]) => name);
  return {
    differs: differs.sort(),
    needsRestart: [...new Set([...differs.filter((name) => !reloads(name, now)), ...missed])].sort(),
  };
}

function reloads(name: string, now: ServerSettingsNow | null): boolean {
  const context = now?.[name]?.context ?? settingNamed(name)?.context ?? 'postmaster';
  return context !== 'postmaster' && context !== 'internal';
}

/** The server runs with another value than this, and only a restart changes that. */
function lacks(now: ServerSettingsNow, name: string, value: string): boolean {
  const running = now[name];
  if (running === undefined || reloads(name, now)) return false;
  const setting = settingNamed(name);
  return (setting === null ? value : normalizedValue(setting, value)) !== running.value;
}
