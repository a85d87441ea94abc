// Reads, from the control file of a database that is not running, the settings that a reader may not have lower than
// its writer. The tool is `od`, which every image has; pg_controldata is not in all of them.
import {requiredSettings, type RequiredSettings} from './required-settings.ts';

/**
 * Prints the file's own version and the five settings, as 4-byte integers in the order of `requiredSettings`. The
 * offsets are those of PostgreSQL 12 to 18, src/include/catalog/pg_control.h.
 * @param file a path that needs no quotes in a shell
 */
export function controlFileCommand(file: string): string {
  return `od -An -v -t d4 -j 8 -N 4 ${file} && od -An -v -t d4 -j 180 -N 20 ${file}`;
}

/** PG_CONTROL_VERSION of PostgreSQL 12, of 13 to 16, of 17 and of 18. */
const knownVersions = [1201, 1300, 1700, 1800];
/** MAX_BACKENDS, the limit of most of these settings: no setting is far beyond it. PostgreSQL 17, guc_tables.c. */
const maxConnections = 262_143;

/** @returns null where the file is of a version that we do not know, or the lines are not that command's output */
export function settingsInControlFile(lines: readonly string[]): RequiredSettings | null {
  const [version = 0, ...values] = lines.join(' ').trim().split(/\s+/).map(Number);
  const areSettings =
    values.length === requiredSettings.length &&
    values.every((value) => Number.isInteger(value) && value >= 0 && value <= 2 * maxConnections);
  if (!knownVersions.includes(version) || !areSettings) return null;
  return Object.fromEntries(requiredSettings.map((name, index) => [name, values[index]]));
}
