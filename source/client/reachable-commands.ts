// Makes the commands that the program proposes reach the cluster that this run is about, even when that is not the one
// of the usual kubeconfig.
import type {Cause} from '../core/cause.ts';
import {flag} from '../commands/command-line.ts';
import {quoted} from '../core/shell.ts';
import type {KeptVolume} from '../observation/role/kept-volumes.ts';
import type {LedgerEntry, Plan, Result} from '../plan/progress.ts';
import type {Settings} from './settings.ts';
import type {Status} from './questions/status.ts';

export type Reach = (command: string) => string;

/**
 * Null: every command reaches the cluster as it is.
 * @param context the one that was asked for; null where it may still change, as on the screens, or is the current one
 */
export function reachOf({options}: Pick<Settings, 'options'>, context: string | null = null): Reach | null {
  const kubeconfig = typeof options['kubeconfig'] === 'string' ? options['kubeconfig'] : null;
  if (kubeconfig === null && context === null) return null;
  const isSandbox = options['sandbox'] === true;
  return (line) =>
    eachCommand(line, (command) => {
      const [program = ''] = command.split(' ');
      if (!isProgram(program) || /--(sandbox|kubeconfig)\b|^pg-helm-install sandbox/.test(command)) return command;
      const isOurs = program === 'pg-helm-install';
      // The kubeconfig of the sandbox has one context, and --sandbox stands for both.
      if (isSandbox && isOurs) return `${command.replace(contextFlag, '')} --sandbox`;
      const rest = isSandbox ? command.replace(contextFlag, '') : command;
      const isNamed = isSandbox || contextFlag.test(rest);
      const flags = [...flag(contextFlags[program], isNamed ? null : context), ...flag('--kubeconfig', kubeconfig)];
      if (flags.length === 0) return rest;
      const more = flags.map(quoted).join(' ');
      return isOurs ? `${rest} ${more}` : rest.replace(program, () => `${program} ${more}`);
    });
}

const contextFlag = / --(kube-)?context ('[^']*'|\S+)/;
const contextFlags = {'pg-helm-install': '--context', kubectl: '--context', helm: '--kube-context'} as const;

function isProgram(word: string): word is keyof typeof contextFlags {
  return Object.hasOwn(contextFlags, word);
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

/**
 * A command within a sentence: one of ours up to its namespace and context, for the order of its flags does not matter,
 * or the beginning of one of kubectl, whose verb tells it from a sentence about kubectl.
 */
const inSentence = new RegExp(
  [
    String.raw`pg-helm-install [a-z-]+ \S+ -n \S+(?: --context (?:'[^']*'|\S+))?`,
    String.raw`kubectl(?: --context (?:'[^']*'|\S+))?(?= (?:annotate|delete|describe|get|label|patch|rollout|scale) )`,
  ].join('|'),
  'g',
);

/** The sentence with commands that reach the cluster. */
export function reachableSentence(sentence: string, reach: Reach): string {
  if (/--(sandbox|kubeconfig)\b/.test(sentence)) return sentence;
  return sentence.replace(inSentence, (command) => reach(command));
}

export function reachableWarning<Told extends {readonly message: string}>(warning: Told, reach: Reach): Told {
  return {...warning, message: reachableSentence(warning.message, reach)};
}

export function reachablePlan(plan: Plan, reach: Reach): Plan {
  const consequences = plan.consequences.map((one) => ({...one, sentence: reachableSentence(one.sentence, reach)}));
  const steps = plan.steps.map(({name, command}) => ({name, command: command === null ? null : reach(command)}));
  return {...plan, consequences, steps};
}

export function reachableCause(cause: Cause, reach: Reach): Cause {
  return {
    ...reachableWarning(cause, reach),
    remedies: cause.remedies.map((remedy) =>
      remedy.command === undefined ? remedy : {...remedy, command: reach(remedy.command)},
    ),
  };
}

export function reachableStatus<Told extends Pick<Status, 'cause' | 'warnings' | 'keptVolumes'>>(
  status: Told,
  reach: Reach,
): Told {
  const {keptVolumes} = status;
  return {
    ...status,
    ...(keptVolumes ? {keptVolumes: keptVolumes.map((kept) => reachableKept(kept, reach))} : {}),
    cause: status.cause && reachableCause(status.cause, reach),
    warnings: status.warnings.map((warning) => reachableWarning(warning, reach)),
  };
}

export function reachableKept(kept: KeptVolume, reach: Reach): KeptVolume {
  return {...kept, look: kept.look && reach(kept.look), remove: reach(kept.remove)};
}

function reachableEntry({look, remove, ...entry}: LedgerEntry, reach: Reach): LedgerEntry {
  return {
    ...entry,
    ...(look === undefined ? {} : {look: reach(look)}),
    ...(remove === undefined ? {} : {remove: reach(remove)}),
  };
}

export function reachableResult(result: Result, reach: Reach): Result {
  return {
    ...result,
    ...(result.cause ? {cause: reachableCause(result.cause, reach)} : {}),
    ...(result.plan ? {plan: reachablePlan(result.plan, reach)} : {}),
    ...(result.ledger ? {ledger: result.ledger.map((entry) => reachableEntry(entry, reach))} : {}),
    warnings: result.warnings.map((warning) => reachableWarning(warning, reach)),
    notes: result.notes.map((note) => reachableSentence(note, reach)),
  };
}
