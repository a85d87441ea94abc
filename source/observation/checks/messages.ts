// Words and commands that several checks use.
import type {ObjectRef} from '../../core/cause.ts';
import {namedContext} from '../../commands/operation.ts';
import {commandLine} from '../../core/shell.ts';
import type {Target} from '../snapshot.ts';

export function helm(target: Target, ...args: readonly string[]): string {
  const context = namedContext(target.context);
  return commandLine('helm', [
    ...args,
    ...['-n', target.namespace],
    ...(context === null ? [] : ['--kube-context', context]),
  ]);
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
