// Turns what the sandbox says it cannot do into a cause with what to do next.
import {SandboxError, type SandboxErrorCode, type SandboxProblem} from '@pg-helm-install/sandbox';
import {ownCommand} from '../commands/command-line.ts';
import {cause, UserError, type CauseCode, type Remedy} from '../core/cause.ts';

const codes: Readonly<Record<SandboxErrorCode, CauseCode>> = {
  BAD_FAULT: 'BAD_INPUT',
  NO_POSTGRESQL: 'CLUSTER_UNREACHABLE',
  NOT_FETCHED: 'CLUSTER_UNREACHABLE',
  NOT_WRITABLE: 'CLUSTER_UNREACHABLE',
  NOT_STARTED: 'CLUSTER_UNREACHABLE',
  NO_ANSWER: 'TIMEOUT',
};

const remedies: Readonly<Record<SandboxErrorCode, (problem: SandboxProblem) => readonly Remedy[]>> = {
  BAD_FAULT: () => [],
  NO_POSTGRESQL: () => [
    {
      title: 'Use a cluster: kind, minikube or any other whose kubeconfig you have',
      command: 'pg-helm-install --context NAME',
    },
  ],
  NOT_FETCHED: (problem) => [
    {
      title: 'See whether npm reaches its registry, then try again',
      command: `npm view ${problem.package ?? ''} version`,
    },
  ],
  NOT_WRITABLE: () => [{title: 'Make room there, or name another folder for it: PGHI_SANDBOX_FOLDER=/path/to/folder'}],
  NOT_STARTED: () => [{title: 'Try again', command: ownCommand('sandbox', 'up')}],
  NO_ANSWER: () => [],
};

/** Runs a call to the sandbox. @throws UserError for what the sandbox says it cannot do */
export async function askSandbox<T>(ask: () => T | Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    const {code, message, evidence} = error.problem;
    throw new UserError(cause(codes[code], message, {evidence, remedies: remedies[code](error.problem)}));
  }
}
