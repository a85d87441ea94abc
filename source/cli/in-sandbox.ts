// --sandbox: the same command, on the cluster that is a process of this machine.
import {builtInChart, ensureSandbox, sandboxFiles} from '@pg-helm-install/sandbox';
import {badInput} from '../core/cause.ts';
import type {Invocation} from './command.ts';
import {askSandbox} from './sandbox-cause.ts';
import {text} from './session.ts';

/**
 * Starts the sandbox unless it runs.
 * @throws UserError BAD_INPUT when another cluster is named too; otherwise what kept the sandbox from starting
 */
export async function inSandbox(
  invocation: Invocation,
  command: string,
  onDoing = toStderr(invocation),
): Promise<Invocation> {
  const {options, environment, output, stderr} = invocation;
  for (const other of ['kubeconfig', 'context']) {
    if (text(options[other]) !== null)
      throw badInput(`--${other} and --sandbox name two clusters. Leave one of them out.`);
  }
  const files = sandboxFiles(environment);
  // The screens say so in their header instead.
  if (output === 'text' && command !== 'wizard')
    stderr.write('SANDBOX  a process of this machine with real PostgreSQL, not a cluster\n');
  await askSandbox(() => ensureSandbox(files, {environment, onDoing}));
  return {
    ...invocation,
    options: {...options, kubeconfig: files.kubeconfig, sandbox: true},
    // By default helm keeps what it learns of an API below HOME, and would leave it there when the sandbox goes.
    environment: {
      ...environment,
      PGHI_CHART: environment['PGHI_CHART'] || builtInChart(),
      KUBECACHEDIR: files.discovery,
    },
  };
}

function toStderr({output, stderr}: Invocation): (what: string) => void {
  return (what) => {
    if (output === 'text') stderr.write(`${what}\n`);
  };
}
