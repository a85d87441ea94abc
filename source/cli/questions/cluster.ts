// Which cluster the questions are about: a context of the kubeconfig, another kubeconfig, or the sandbox.
import {homedir} from 'node:os';
import {UserError} from '../../core/cause.ts';
import {contextsIn, type Contexts} from '../../client/questions/contexts.ts';
import {reachOf} from '../../client/reachable-commands.ts';
import type {Invocation} from '../command.ts';
import {createReporter} from '../output/create-reporter.ts';
import {reachableReporter} from '../output/reachable-reporter.ts';
import {printLines} from '../output/text/fit-lines.ts';
import {openConnection, text, type Connection} from '../session.ts';
import {ask, choose} from './ask.ts';

interface Chosen {
  /** As if the cluster had been named on the command line. */
  readonly invocation: Invocation;
  readonly connection: Connection;
}

const sandboxWords = 'The sandbox: a process of this machine with real PostgreSQL, not a cluster';

/** Asks until a cluster answers. @returns null when the operator leaves */
export async function chooseCluster(given: Invocation): Promise<Chosen | null> {
  let invocation: Invocation | null = await withContext(given);
  while (invocation) {
    try {
      return {invocation, connection: await openConnection(invocation)};
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const {message, evidence} = error.reason;
      printLines(invocation.stdout, [message, ...evidence]);
      invocation = await another(invocation);
    }
  }
  return null;
}

/** Asks for the context where there are several and none was named. */
async function withContext(invocation: Invocation): Promise<Invocation> {
  const {options} = invocation;
  if (text(options['context']) !== null || options['sandbox'] === true) return invocation;
  const {names, current} = contextsOf(text(options['kubeconfig']));
  if (names.length < 2) return invocation;
  const choices = names.map((name) => (name === current ? `${name}, the current context` : name));
  const byDefault = current !== null && names.includes(current) ? names.indexOf(current) : null;
  const chosen = await choose(invocation, 'Which cluster', [...choices, sandboxWords], byDefault);
  const context = names[chosen];
  return context === undefined ? inTheSandbox(invocation) : about({...invocation, options: {...options, context}});
}

/** None where there is no kubeconfig, or none that can be read: connecting says why. */
function contextsOf(kubeconfig: string | null): Contexts {
  try {
    return contextsIn(kubeconfig);
  } catch {
    return {names: [], current: null};
  }
}

/** @returns null when the operator leaves */
async function another(invocation: Invocation): Promise<Invocation | null> {
  const choices = [sandboxWords, 'Another kubeconfig', 'Try again', 'Leave'];
  switch (await choose(invocation, 'What now', choices)) {
    case 0:
      return inTheSandbox(invocation);
    case 1: {
      const path = await ask(invocation, 'Path of the kubeconfig', null, (said) =>
        said === '' ? 'it is empty.' : null,
      );
      const {options} = invocation;
      const kubeconfig = path.replace(/^~(?=\/)/, homedir());
      return withContext(about({...invocation, options: {...options, kubeconfig, context: undefined, sandbox: false}}));
    }
    case 2:
      return invocation;
    default:
      return null;
  }
}

async function inTheSandbox(invocation: Invocation): Promise<Invocation> {
  const {inSandbox} = await import('../in-sandbox.ts');
  const options = {...invocation.options, kubeconfig: undefined, context: undefined};
  return about(await inSandbox({...invocation, options}, 'questions'));
}

/** What is proposed from here on reaches that cluster, and a question about helm is about it. */
function about(invocation: Invocation): Invocation {
  const {options, output} = invocation;
  const reach = reachOf(invocation, text(options['context'])) ?? ((command: string) => command);
  const flags = {noColour: options['color'] === false, verbose: options['verbose'] === true, plain: true};
  const chosen: Invocation = {
    ...invocation,
    reach,
    reporter: reachableReporter(createReporter(output, flags, reach), reach),
    async obtainHelm(missing) {
      const {obtainHelm} = await import('../obtain-helm.ts');
      // A question is answered on the terminal, not by a flag.
      return obtainHelm(chosen, missing, {options: []});
    },
  };
  return chosen;
}
