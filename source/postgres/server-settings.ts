// Asks a server for all its settings, and has it read its settings file again.
import {createHash} from 'node:crypto';
import {setTimeout as pause} from 'node:timers/promises';
import {settingsFile} from '../chart/container-paths.ts';
import {badInput, cause, UserError} from '../core/cause.ts';
import {clock} from '../core/time.ts';
import type {ServerSettingsNow} from '../plan/settings-change.ts';
import {answerTo, query, type Administration} from './administer.ts';
import {oneLine} from './failure.ts';

const timeoutMs = 10_000;
/** The kubelet refreshes files at the latest with its next sync of the pod, within about a minute and a half. */
const refreshMs = 180_000;
const everyMs = 250;

/** Null when the server does not answer. Never throws. */
export async function askServerSettings(administration: Administration): Promise<ServerSettingsNow | null> {
  const sql =
    "select json_object_agg(lower(name), json_build_object('context', context, 'value', setting)) " +
    "from pg_settings where context <> 'internal'";
  try {
    const answer = await query(administration, sql, timeoutMs);
    return answer === null || answer.trim() === '' ? null : (JSON.parse(answer) as ServerSettingsNow);
  } catch {
    return null;
  }
}

/**
 * The third argument is the SHA-256 of the file as it should be; the file itself cannot be sent, because standard input
 * is never closed there. Bitnami's image copies what is mounted at each start (libpostgresql.sh,
 * postgresql_initialize), so the copy is made again where there is one. Exit code 3: the new file has not arrived yet.
 */
const script = [
  '[ "$(sha256sum < "$1" | cut -d " " -f 1)" = "$3" ] || exit 3',
  '[ -e "$2" ] || exit 0',
  'cp -L "$1" "$2.new" && mv -f "$2.new" "$2"',
].join('\n');

/**
 * @param text the file as the cluster has it
 * @returns settings that wait for a restart
 * @throws UserError where the file does not come in time, or the server finds an error in it
 */
export async function reloadSettings(
  administration: Administration,
  text: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const {pod} = administration;
  await untilTrue(() => isInPlace(administration, text), `${pod} does not get the new settings`, signal);
  let before: string | null = null;
  const isLoaded = async () => {
    before ??= await loadedAt(administration);
    if (before === null) return false;
    await query(administration, 'select pg_reload_conf()', timeoutMs);
    return (await loadedAt(administration)) !== before;
  };
  await untilTrue(isLoaded, `The server of ${pod} does not read its settings again`, signal);
  const errors = await rows(
    administration,
    "select name || ': ' || error from pg_file_settings " +
      'where error is not null and name not in (select name from pg_settings where pending_restart)',
  );
  if (errors.length > 0)
    throw badInput(
      `The server of ${pod} does not take its settings: ${errors.join('; ')}. It keeps those that it had, ` +
        'and would not start with the new ones: take them back before anything restarts it.',
    );
  return rows(administration, 'select name from pg_settings where pending_restart order by name');
}

async function isInPlace({exec, pod, container}: Administration, text: string): Promise<boolean> {
  const checksum = createHash('sha256').update(text).digest('hex');
  const command = ['sh', '-c', script, 'sh', settingsFile.mounted, settingsFile.copy, checksum];
  const {exitCode} = await exec(pod, container, command, '', timeoutMs);
  return exitCode === 0;
}

async function loadedAt(administration: Administration): Promise<string | null> {
  return (await rows(administration, 'select pg_conf_load_time()'))[0] ?? null;
}

/** Throws where the server did not answer: a server that lets nobody in any more is not one without errors. */
async function rows(administration: Administration, sql: string): Promise<readonly string[]> {
  const {exitCode, stdout, stderr} = (await answerTo(administration, sql, timeoutMs)) ?? noPassword;
  if (exitCode !== 0)
    throw new UserError(
      cause('ENDPOINT_UNPROVEN', `The server of ${administration.pod} does not say whether it took its settings.`, {
        evidence: [oneLine(stderr, [])],
        remedies: [{title: 'Run the same command again: it goes on where it is', again: true}],
      }),
    );
  return stdout.split('\n').filter((row) => row !== '');
}

const noPassword = {exitCode: null, stdout: '', stderr: 'there is no password for psql'};

async function untilTrue(isTrue: () => Promise<boolean>, otherwise: string, signal: AbortSignal): Promise<void> {
  const deadline = clock.now() + refreshMs;
  while (!signal.aborted) {
    // A server or a cluster that does not answer is asked again.
    if (await isTrue().catch(() => false)) return;
    if (clock.now() > deadline)
      throw new UserError(
        cause('TIMEOUT', `${otherwise}. The ones that it had are in force.`, {
          remedies: [{title: 'Run the same command again: it goes on where it is', again: true}],
        }),
      );
    await pause(everyMs, undefined, {signal}).catch(() => undefined);
  }
  throw new UserError(cause('CANCELLED', `${otherwise}: it was not waited for.`));
}
