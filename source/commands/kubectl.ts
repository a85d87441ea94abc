// Command lines of kubectl, for a person to paste: the one place that makes them.
import {commandLine} from '../core/shell.ts';
import {namedContext} from './operation.ts';

/** Where a command leads; a context that no kubeconfig knows counts as none. */
interface KubectlPlace {
  readonly context: string | null;
  readonly namespace: string;
}

/** Names the context, so that the command does the same whatever context is current when it is pasted. */
export function kubectl({context}: Pick<KubectlPlace, 'context'>, ...args: readonly string[]): string {
  const named = namedContext(context);
  return commandLine('kubectl', [...(named === null ? [] : ['--context', named]), ...args]);
}

/** The same, inside the namespace of the place. What follows `--` belongs to another program, and stays last. */
export function kubectlHere(place: KubectlPlace, ...args: readonly string[]): string {
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  return kubectl(place, ...args.slice(0, end), '-n', place.namespace, ...args.slice(end));
}
