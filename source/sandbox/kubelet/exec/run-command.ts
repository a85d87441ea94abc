// Runs a command in a container's world: its environment and mounts, as the pods' user, with the programs of the sandbox on its PATH.
import {spawn} from 'node:child_process';
import type {ContainerWorker} from '../container-worker.ts';
import type {Machine} from '../machine.ts';
import type {PodWorker} from '../pod-worker.ts';
import {mapPath, mapText} from '../volumes/mounts.ts';

export interface RunCommandOptions {
  readonly timeoutMs?: number;
  readonly stdin?: NodeJS.ReadableStream | null;
  readonly onStdout?: (chunk: Buffer) => void;
  readonly onStderr?: (chunk: Buffer) => void;
  readonly signal?: AbortSignal;
}

const keptBytes = 64 * 1024;

/** @returns the exit code; 126 and 127 with a shell's meaning. output: of both streams, where nobody takes them */
export async function runCommand(machine: Machine, pod: PodWorker, container: ContainerWorker, command: readonly string[], options: RunCommandOptions): Promise<{code: number; output: string}> {
  const {environment, mounts, ownFolder, machineEnvironment} = await pod.settingFor(container.definition);
  const [program = '', ...words] = command;
  const child = spawn(mapPath(mounts, program) ?? program, words.map((word) => mapText(mounts, word)), {
    ...machine.runsAs.ids,
    env: {...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, mapText(mounts, value)])), ...machineEnvironment},
    cwd: ownFolder,
    detached: true,
    stdio: [options.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    if (output.length < keptBytes) output += chunk.toString('utf8');
  };
  child.stdout?.on('data', options.onStdout ?? keep);
  child.stderr?.on('data', options.onStderr ?? keep);
  if (options.stdin && child.stdin) {
    child.stdin.on('error', () => undefined);
    options.stdin.pipe(child.stdin);
  }
  const end = () => {
    // The whole group: a shell's children too.
    if (child.pid !== undefined) {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
  };
  options.signal?.addEventListener('abort', end);
  let late = false;
  const timer = options.timeoutMs === undefined ? null : setTimeout(() => {
    late = true;
    end();
  }, options.timeoutMs);
  const code = await new Promise<number>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      keep(Buffer.from(`OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": ${error.code === 'ENOENT' ? 'executable file not found in $PATH' : error.message}: unknown`));
      resolve(error.code === 'ENOENT' ? 127 : 126);
    });
    child.once('close', (exit, signal) => resolve(exit ?? (signal === 'SIGKILL' ? 137 : 143)));
  });
  if (timer) clearTimeout(timer);
  options.signal?.removeEventListener('abort', end);
  return late ? {code: 137, output: `command timed out: "${command.join(' ')}" timed out after ${(options.timeoutMs ?? 0) / 1000}s`} : {code, output};
}
