// Runs the built program as its users do.
import {spawn, type ChildProcess} from 'node:child_process';
import {mkdtempSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {helm3, program} from './paths.ts';

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** What it has printed so far. */
  stdout(): string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly cwd?: string;
  /** A program with arguments that runs the command: in namespaces of its own, say. */
  readonly through?: readonly string[];
}

/** A home of the tests' own, so that nothing of this machine's user is read or written. */
const home = mkdtempSync(join(tmpdir(), 'pghi-home-'));

export function start(args: readonly string[], {env = {}, input, cwd, through = []}: CliOptions = {}): Running {
  const [command = process.execPath, ...all] = [...through, process.execPath, program, ...args];
  const child = spawn(command, all, {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      KUBECONFIG: process.env['KUBECONFIG'],
      PGHI_HELM: helm3,
      LANG: 'C.UTF-8',
      ...env,
    },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(cwd ? {cwd} : {}),
  });
  if (input !== undefined) child.stdin?.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) => resolve({code, signal, stdout, stderr}));
  });
  return {child, finished, stdout: () => stdout};
}

export function cli(args: readonly string[], options: CliOptions = {}): Promise<Finished> {
  return start(args, options).finished;
}

/** With `--output json`; fails with all that was printed when that is no JSON. */
export async function cliJson<T = Record<string, unknown>>(
  args: readonly string[],
  options: CliOptions = {},
): Promise<Finished & {readonly json: T}> {
  const finished = await cli([...args, '--output', 'json'], options);
  try {
    return {...finished, json: JSON.parse(finished.stdout) as T};
  } catch {
    throw new Error(`no JSON from ${args.join(' ')} (exit ${finished.code}):\n${finished.stdout}\n${finished.stderr}`);
  }
}
