// Scripts of /docker-entrypoint-initdb.d: run once, on a server that only its socket reaches, before the real one
// starts.
import {readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import type {Binaries} from '../binaries/binaries.ts';
import type {Inside} from '../inside.ts';
import {serverFlags} from './configuration.ts';
import type {Settings} from './settings.ts';

interface ScriptContext {
  readonly dataFolder: string;
  readonly configurationFolder: string;
  readonly binaries: Binaries;
  readonly info: (text: string) => void;
}

const place = '/docker-entrypoint-initdb.d';

/** @returns 0, or the code of the script that failed */
export async function runInitScripts(inside: Inside, settings: Settings, context: ScriptContext): Promise<number> {
  const {configurationFolder, info} = context;
  const scripts = (await Promise.all([place, `${place}/secret`].map((path) => scriptsIn(path, inside)))).flat();
  if (scripts.length === 0) return 0;
  const {socketFolder} = inside.place;
  if (socketFolder === null) {
    inside.log.line(
      `The scripts of ${place} are not run: the path of the sandbox's folder is too long for the socket of a server.`,
    );
    return 1;
  }
  info(`Loading user's custom files from ${place} ...`);
  const ended = new AbortController();
  // The server ends when this file is removed: a signal would end the container.
  const mark = join(configurationFolder, '.initializing');
  const server = runServer(inside, context, mark);
  void server.finally(() => ended.abort());
  try {
    const ready = await inside.waitForServer(
      () => Promise.resolve(ended.signal.aborted ? null : {host: socketFolder, port: inside.place.port}),
      30_000,
    );
    if (!ready) return 1;
    for (const {path, file} of scripts) {
      info(`Executing ${path}`);
      const code = await inside.run(commandFor(file, socketFolder, inside.place.port, settings), {});
      if (code !== 0) return code;
    }
    return 0;
  } finally {
    await rm(mark, {force: true});
    await Promise.race([server, pause(10_000, undefined, {ref: false})]);
  }
}

/** Runs a server until the file `mark` is removed. @returns the server's exit code */
function runServer(
  inside: Inside,
  {dataFolder, configurationFolder, binaries}: ScriptContext,
  mark: string,
): Promise<number> {
  const command = [
    join(binaries.programs, 'postgres'),
    '-D',
    dataFolder,
    ...serverFlags(configurationFolder, {...inside.place, host: ''}),
    '-c',
    'synchronous_standby_names=',
  ];
  return inside.run(
    [
      '/bin/sh',
      '-c',
      'touch "$0"; "$@" & while [ -e "$0" ]; do sleep 0.05; done; kill -INT $!; wait $!',
      mark,
      ...command,
    ],
    {quiet: true},
  );
}

function commandFor(file: string, host: string, port: number, {user, database}: Settings): string[] {
  if (!file.endsWith('.sql')) return ['/bin/bash', file];
  const connection = ['-h', host, '-p', String(port), '-U', user, '-d', database];
  return ['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', ...connection, '-f', file];
}

async function scriptsIn(folder: string, inside: Inside): Promise<{path: string; file: string}[]> {
  const mapped = inside.mapPath(folder);
  const names =
    mapped === null ? [] : (await readdir(mapped).catch(() => [])).filter((name) => /\.(sql|sh)$/.test(name)).sort();
  return names.map((name) => ({path: `${folder}/${name}`, file: join(mapped ?? '', name)}));
}
