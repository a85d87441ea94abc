// Commands that the program prints, pasted into a shell that has the tests' own programs.
import {execFile} from 'node:child_process';
import {chmodSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {helm3, kubectl, program} from './paths.ts';

const run = promisify(execFile);

interface PastedCommand {
  readonly code: number;
  readonly stdout: string;
  /** All that was printed, to be shown where a test fails. */
  readonly said: string;
}

/** `added`: flags that our own commands get beside those that are printed, such as `--yes`. */
export function pastingWith(
  added: string,
): (command: string, env?: Readonly<Record<string, string | undefined>>) => Promise<PastedCommand> {
  const shims = mkdtempSync(join(tmpdir(), 'pghi-paste-'));
  const shim = (name: string, line: string): void => {
    writeFileSync(join(shims, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(shims, name), 0o755);
  };
  shim('pg-helm-install', `exec "${process.execPath}" "${program}" "$@" ${added}`);
  shim('kubectl', `exec "${kubectl}" "$@"`);
  shim('helm', `exec "${helm3}" "$@"`);
  return async (command, env = {}) => {
    const all = {...process.env, PGHI_HELM: helm3, ...env, PATH: `${shims}:${process.env['PATH']}`};
    const ended = await run('sh', ['-c', command], {env: all}).then(
      ({stdout, stderr}) => ({code: 0, stdout, stderr}),
      (error: {code: number; stdout: string; stderr: string}) => error,
    );
    const {code, stdout, stderr} = ended;
    return {code, stdout, said: `${command}\n${stdout}${stderr}`};
  };
}
