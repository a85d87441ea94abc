// A sandbox of a test's own, started and stopped by the program itself.
import {chmodSync, mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {cli, cliJson} from '../cli.ts';
import {checkoutCache} from '../paths.ts';

export interface TestSandbox {
  readonly folder: string;
  readonly kubeconfig: string;
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export async function startSandbox(): Promise<TestSandbox> {
  const parent = mkdtempSync(join(tmpdir(), 'pghi-sandbox-'));
  // When root runs the tests, PostgreSQL runs as another user, who has to pass through the folder.
  chmodSync(parent, 0o711);
  const folder = join(parent, 'state');
  // The checkout's own cache: PostgreSQL is fetched once for all tests.
  const env = {PGHI_SANDBOX_FOLDER: folder, XDG_CACHE_HOME: checkoutCache};
  const {json, code, stderr} = await cliJson<{kubeconfig?: string}>(['sandbox', 'up'], {env});
  if (code !== 0 || !json.kubeconfig)
    throw new Error(`the sandbox did not start (exit ${code}): ${JSON.stringify(json)}\n${stderr}`);
  return {
    folder,
    kubeconfig: json.kubeconfig,
    env,
    stop: async () => void (await cli(['sandbox', 'down', '--delete'], {env})),
  };
}

/** The pid of the process that runs the sandbox now. */
export function sandboxPid({folder}: TestSandbox): number {
  return (JSON.parse(readFileSync(join(folder, 'sandbox.json'), 'utf8')) as {pid: number}).pid;
}
