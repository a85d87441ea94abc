// Scripts of /docker-entrypoint-initdb.d: run once, on a server of its own that only its socket reaches, before the real one starts.
import type {Binaries} from '../binaries/binaries.ts';
import type {Inside} from '../inside.ts';
import type {Settings} from './settings.ts';

export interface ScriptContext {
  readonly dataFolder: string;
  readonly configurationFolder: string;
  readonly binaries: Binaries;
  readonly info: (text: string) => void;
}

/** @returns 0, or the code of the script that failed */
export function runInitScripts(_inside: Inside, _settings: Settings, _context: ScriptContext): Promise<number> {
  return Promise.resolve(0);
}
