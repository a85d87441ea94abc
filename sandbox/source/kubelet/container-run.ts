// One run of a container: its main process from start to end, whatever that is.
import {mkdir} from 'node:fs/promises';
import {setTimeout as pause} from 'node:timers/promises';
import {join} from 'node:path';
import type {Binaries} from './binaries/binaries.ts';
import type {ContainerLog} from './container-log.ts';
import type {ImageShape} from './images/known-images.ts';
import type {Inside, RunOptions} from './inside.ts';
import type {Place} from './postgres/configuration.ts';
import {isChartScript} from './postgres/chart-script.ts';
import {runPostgres} from './postgres/entrypoint.ts';
import {hold, type HeldProcess} from './process/held-process.ts';
import type {RunsAs} from './process/runs-as.ts';
import {serverState} from './probes/server-state.ts';
import {mapPath, mapText, unmapText, type Mount} from './volumes/mounts.ts';
import type {Address} from '../parts.ts';

export interface RunSetting {
  readonly shape: ImageShape;
  /** The definition's command; null: the image's own. */
  readonly command: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  /** What the shells of this machine need in addition to the container's environment. */
  readonly machineEnvironment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly log: ContainerLog;
  readonly ownFolder: string;
  readonly place: Place;
  readonly binaries: Binaries;
  readonly runsAs: RunsAs;
  readonly reach: (name: string, port: number) => Promise<Address | null>;
  readonly diskIsFull: () => boolean;
}

interface Exit {
  /** 128 and the signal's number where a signal ended it. */
  readonly code: number;
}

const signalNumbers: Readonly<Record<string, number>> = {HUP: 1, INT: 2, QUIT: 3, KILL: 9, TERM: 15};
const quietBytes = 64 * 1024;

export class ContainerRun {
  readonly exited: Promise<Exit>;
  readonly #stopping = new AbortController();
  readonly #setting: RunSetting;
  readonly #helpers = new Set<HeldProcess>();
  #main: HeldProcess | null = null;
  #killed = false;

  constructor(setting: RunSetting) {
    this.#setting = setting;
    this.exited = this.#live().finally(() => setting.log.end());
  }

  /** TERM, INT, KILL … to the main process. Before there is one, a signal ends what prepares it. */
  signal(name: string): void {
    if (name === 'KILL') this.#killed = true;
    this.#stopping.abort();
    this.#main?.signal(name);
    for (const helper of this.#helpers) helper.signal('KILL');
  }

  async #live(): Promise<Exit> {
    const {shape, command, binaries, log} = this.#setting;
    try {
      // With a script of the chart, an official image understands what Bitnami's image does.
      const asked = shape === 'official' && isChartScript(command) ? 'bitnami' : command === null ? shape : 'shell';
      const code =
        asked === 'shell'
          ? await this.#program(command ?? ['/bin/bash'])
          : await runPostgres(this.#inside(), asked, binaries);
      return {code: this.#killed ? 128 + (signalNumbers['KILL'] ?? 9) : code};
    } catch (error) {
      // Something that the entry point could not do, such as writing to a volume that belongs to another user.
      log.line(unmapText(this.#setting.mounts, (error as Error).message));
      return {code: 1};
    }
  }

  #program(command: readonly string[]): Promise<number> {
    return this.#inside().run(
      command.map((word) => mapText(this.#setting.mounts, word)),
      {becomesMain: true},
    );
  }

  #inside(): Inside {
    const {environment, mounts, log, ownFolder, place, runsAs, reach, diskIsFull} = this.#setting;
    const owns = (path: string) => runsAs.own(path);
    return {
      environment,
      log,
      ownFolder,
      place,
      diskIsFull,
      stopping: this.#stopping.signal,
      mapPath: (path) => mapPath(mounts, path),
      mapText: (text) => mapText(mounts, text),
      owns,
      makeFolder: async (path) => {
        await mkdir(path, {recursive: true});
        await owns(path);
      },
      run: (command, options) => this.#run(command, options),
      reach,
      waitForServer: async (where, timeoutMs) => {
        for (
          const end = performance.now() + timeoutMs;
          performance.now() < end && !this.#stopping.signal.aborted;
          await pause(100)
        ) {
          const address = await where();
          if (address && (await serverState(address, {timeoutMs: 1000})) === 'accepting connections') return address;
        }
        return null;
      },
    };
  }

  async #run(command: readonly string[], {quiet = false, fails, becomesMain = false}: RunOptions): Promise<number> {
    const {environment, machineEnvironment, mounts, log, ownFolder, runsAs} = this.#setting;
    if (this.#stopping.signal.aborted) return 143;
    const parts: Buffer[] = [];
    let bytes = 0;
    const show = (chunk: Buffer) => log.write(Buffer.from(unmapText(mounts, chunk.toString('latin1')), 'latin1'));
    const held = hold(command, {
      environment: {
        ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, mapText(mounts, value)])),
        ...machineEnvironment,
      },
      runsAs,
      folder: ownFolder,
      onOutput: (chunk) => {
        if (!quiet) return show(chunk);
        bytes += chunk.length;
        if (bytes < quietBytes) parts.push(chunk);
      },
    });
    if (becomesMain) this.#main = held;
    else this.#helpers.add(held);
    const exit = await held.exited;
    this.#helpers.delete(held);
    const output = Buffer.concat(parts).toString('utf8');
    const code = exit === 0 && fails?.test(output) ? 1 : exit;
    if (code !== 0 && quiet && !this.#stopping.signal.aborted) show(Buffer.concat(parts));
    return code;
  }
}

/** The folder for a container's files that are on no volume. */
export function ownFolderOf(podFolder: string, container: string): string {
  return join(podFolder, 'containers', container);
}
