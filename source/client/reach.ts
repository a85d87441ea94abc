// Makes the commands that the program proposes reach the cluster that this run is about, even when that is not the one
// of the usual kubeconfig.
import type {Cause} from '../core/cause.ts';
import {commandLine} from '../core/shell.ts';
import type {Result} from '../operations/progress.ts';
import type {Settings} from './settings.ts';

export type Reach = (command: string) => string;

/** Null: every command reaches the cluster as it is. */
export function reachOf({options}: Pick<Settings, 'options'>): Reach | null {
  const {kubeconfig} = options;
  if (typeof kubeconfig !== 'string') return null;
  const others = commandLine('--kubeconfig', [kubeconfig]);
  const isSandbox = options['sandbox'] === true;
  const ours = isSandbox ? '--sandbox' : others;
  return (line) =>
    eachCommand(line, (command) => {
      const [program = ''] = command.split(' ');
      if (
        !['pg-helm-install', 'kubectl', 'helm'].includes(program) ||
        /--(sandbox|kubeconfig)\b|^pg-helm-install sandbox/.test(command)
      )
        return command;
      // The sandbox's kubeconfig has one context, and --sandbox stands for both.
      const rest = isSandbox ? command.replace(/ --(kube-)?context ('[^']*'|\S+)/, '') : command;
      return program === 'pg-helm-install' ? `${rest} ${ours}` : rest.replace(program, `${program} ${others}`);
    });
}

/** A quoted text, a quoted character, what joins two commands of a shell, or anything else. */
const words = /'[^']*'|"(?:[^"\\]|\\.)*"|\\[^]|&&|\|\||[;|{}()]|[^'"\\&|;{}()]+|[^]/g;
const joint = /^(?:&&|\|\||[;|{}()])$/;

/** Changes each command of the line, without the spaces around it. Quoted text is no command. */
function eachCommand(line: string, change: (command: string) => string): string {
  const parts: string[] = [''];
  for (const [word] of line.matchAll(words)) {
    if (joint.test(word)) parts.push(word, '');
    else parts[parts.length - 1] += word;
  }
  return parts
    .map((part) => (joint.test(part) ? part : part.replace(/\S(?:[^]*\S)?/, (command) => change(command))))
    .join('');
}

export function reachableCause(cause: Cause, reach: Reach): Cause {
  return {
    ...cause,
    remedies: cause.remedies.map((remedy) =>
      remedy.command === undefined ? remedy : {...remedy, command: reach(remedy.command)},
    ),
  };
}

export function reachableResult(result: Result, reach: Reach): Result {
  return result.cause ? {...result, cause: reachableCause(result.cause, reach)} : result;
}
