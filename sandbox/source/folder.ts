// Where a sandbox keeps what must survive it: one folder, one sandbox.
import {homedir, userInfo} from 'node:os';
import {isAbsolute, join, resolve} from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is in the folder. Volumes and logs are below it too. */
export interface SandboxFiles {
  readonly folder: string;
  readonly kubeconfig: string;
  /** Who runs it, and where it listens. */
  readonly record: string;
  /** What is to fail; the process looks at it whenever it changes. */
  readonly faults: string;
  /** Held by the process that runs the sandbox. */
  readonly lock: string;
  /** What helm remembers of the kinds that the API has. */
  readonly discovery: string;
  /** What the process itself says. */
  readonly log: string;
}

/**
 * PGHI_SANDBOX_FOLDER, else `$XDG_STATE_HOME/pg-helm-install/sandbox` (~/.local/state). For root it is below /var/lib,
 * because PostgreSQL then runs as another user, who may not enter a home of mode 0700.
 */
export function sandboxFiles(environment: Environment): SandboxFiles {
  const named = environment['PGHI_SANDBOX_FOLDER'];
  const folder = named ? resolve(named) : join(stateHome(environment), 'pg-helm-install', 'sandbox');
  const file = (name: string) => join(folder, name);
  return {
    folder,
    kubeconfig: file('kubeconfig'),
    record: file('sandbox.json'),
    faults: file('faults.json'),
    lock: file('lock'),
    discovery: file('discovery'),
    log: file('sandbox.log'),
  };
}

function stateHome(environment: Environment): string {
  const named = environment['XDG_STATE_HOME'];
  if (named && isAbsolute(named)) return named;
  const isRoot = process.platform !== 'win32' && userInfo().uid === 0;
  return isRoot ? '/var/lib' : join(homedir(), '.local', 'state');
}
