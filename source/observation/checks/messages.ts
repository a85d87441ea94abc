// Words and commands that several checks use.
import type {ObjectRef} from '../../core/cause.ts';
import {releaseRef} from '../../commands/operation.ts';
import {commandLine} from '../../core/shell.ts';
import type {Target} from '../snapshot.ts';

/** Names the context, so that the command does the same whatever context is current when it is pasted. */
export function kubectl(target: Target, ...args: readonly string[]): string {
  return commandLine('kubectl', [...contextOf(target), ...args]);
}

/** The same, inside the target's namespace. */
export function kubectlHere(target: Target, ...args: readonly string[]): string {
  return kubectl(target, ...args, '-n', target.namespace);
}

export function helm(target: Target, ...args: readonly string[]): string {
  const [, context] = contextOf(target);
  return commandLine('helm', [
    ...args,
    ...['-n', target.namespace],
    ...(context === undefined ? [] : ['--kube-context', context]),
  ]);
}

function contextOf(target: Target): readonly string[] {
  const {context} = releaseRef(target);
  return context === null ? [] : ['--context', context];
}

/** a → `a`; a, b, c → `a, b and c`. */
export function listed(words: readonly string[], joint = 'and'): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1)}`;
}

/** 1 pod, 2 pods. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function object(kind: string, {namespace}: Pick<Target, 'namespace'>, name: string): ObjectRef {
  return {kind, namespace, name};
}

export const anotherName = {title: 'Choose another release name.'};
