// A namespace of a test's own, and kubectl in it.
import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {kubectl as kubectlProgram} from '../paths.ts';

const run = promisify(execFile);

/** Fails with kubectl's own words. */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const running = run(kubectlProgram, [...args], {maxBuffer: 64 * 1024 * 1024});
  if (input !== undefined) running.child.stdin?.end(input);
  return (await running).stdout;
}

export async function kubectlJson<T>(args: readonly string[]): Promise<T> {
  return JSON.parse(await kubectl([...args, '-o', 'json'])) as T;
}

export interface TestNamespace {
  readonly name: string;
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** Deletes it, with everything in it, without waiting. */
  remove(): Promise<void>;
}

export async function makeNamespace(
  prefix: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<TestNamespace> {
  const name = `${prefix}-${Math.random().toString(36).slice(2, 7)}`;
  await kubectl(['create', '-f', '-'], JSON.stringify({apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels}}));
  return {
    name,
    kubectl: (args, input) => kubectl(['-n', name, ...args], input),
    remove: async () => void (await kubectl(['delete', 'namespace', name, '--wait=false', '--ignore-not-found'])),
  };
}
