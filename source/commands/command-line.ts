// Operations and questions as command lines of this program. `parse` in cli/parse-operation.ts reads them back.
import {flagsFor} from '../parameters/help.ts';
import type {Remedy} from '../core/cause.ts';
import {
  deletesData,
  isQuestion,
  releaseRef,
  type RequestOf,
  type Operation,
  type OperationKind,
  type Question,
  type ReleaseRef,
} from './operation.ts';
import {commandLine} from '../core/shell.ts';

/** The cluster that the names in a command belong to, where it is not the one of the usual kubeconfig. */
export interface ClusterAccess {
  readonly kubeconfig: string | null;
  /** `--sandbox` stands for kubeconfig and context. */
  readonly sandbox: boolean;
}

export const usualCluster: ClusterAccess = {kubeconfig: null, sandbox: false};

/** A command as short as possible, for a person to paste, who is asked before anything is changed. */
export function render(asked: Operation | Question, access: ClusterAccess = usualCluster): string {
  return commandLine('pg-helm-install', argumentsOf(asked, access));
}

/** The arguments that `render` joins, one an element and not quoted. */
export function argumentsOf(asked: Operation | Question, access: ClusterAccess = usualCluster): readonly string[] {
  const last = access.kubeconfig === null ? [] : ['--kubeconfig', access.kubeconfig];
  const where = 'release' in asked ? placeOf(asked, access) : [];
  return [
    asked.kind,
    ...('release' in asked ? [asked.release] : []),
    ...where,
    ...(isQuestion(asked) ? questionFlags(asked) : [...wordsOf(asked), ...operationFlags(asked)]),
    ...(access.sandbox ? ['--sandbox'] : last),
  ];
}

/**
 * The command with every name in full and no question left to ask: what a plan shows, and a script can run.
 * @param more flags that say how it is done, such as the chart
 */
export function renderForScript(operation: Operation, access: ClusterAccess, more: readonly string[] = []): string {
  const {kind} = operation;
  const {release, namespace, context} = releaseRef(operation);
  const kubeconfig = access.kubeconfig === null ? [] : ['--kubeconfig', access.kubeconfig];
  const cluster = access.sandbox ? ['--sandbox'] : [...(context === null ? [] : ['--context', context]), ...kubeconfig];
  const confirms = deletesData(operation) ? ['--confirm', release] : [];
  return commandLine('pg-helm-install', [
    kind,
    release,
    ...wordsOf(operation),
    ...cluster,
    ...(namespace === null ? [] : ['--namespace', namespace]),
    ...operationFlags(operation),
    ...more,
    ...confirms,
    '--yes',
  ]);
}

/** A remedy that is one of our own commands. */
export function propose(title: string, asked: Operation | Question): Remedy {
  return {title, command: render(asked), action: asked};
}

/** A remedy that is one of our own commands, with blanks to fill in. */
export function fillIn(title: string, kind: Operation['kind'], where: ReleaseRef, blanks: string): Remedy {
  return {title, command: template(kind, where, blanks), begins: kind};
}

/**
 * A command of ours with blanks to fill in, in capitals: it is only text, which nothing can run.
 * @param blanks such as `--memory QUANTITY`, already quoted for a shell
 */
export function template(kind: Operation['kind'] | 'top' | 'export', where: ReleaseRef, blanks: string): string {
  const line = commandLine('pg-helm-install', [kind, where.release, ...placeOf(where, usualCluster)]);
  return blanks === '' ? line : `${line} ${blanks}`;
}

/** A command of ours that is about no release, such as `sandbox up`: only text, which nothing can run. */
export function ownCommand(...words: readonly string[]): string {
  return commandLine('pg-helm-install', words);
}

function placeOf({namespace, context}: ReleaseRef, {sandbox}: ClusterAccess): string[] {
  return [
    ...(namespace === null ? [] : ['-n', namespace]),
    ...(context === null || sandbox ? [] : ['--context', context]),
  ];
}

/** The words that follow the release without a flag. */
function wordsOf(operation: Operation): string[] {
  if (operation.kind === 'backup') return [operation.action, ...(operation.backup === null ? [] : [operation.backup])];
  return operation.kind === 'rollback' && operation.revision !== null ? [String(operation.revision)] : [];
}

/** The flags that describe this operation, apart from the release; helm's history says the same of a change. */
export function operationFlags(operation: RequestOf<OperationKind>): string[] {
  return [...ownFlags(operation), ...('patchTo' in operation ? flag('--to', operation.patchTo ?? null) : [])];
}

function ownFlags(operation: RequestOf<OperationKind>): string[] {
  switch (operation.kind) {
    case 'install':
    case 'set':
      return [...flagsFor(operation.answers), ...valuesFlags(operation.valuesFile)];
    case 'scale':
      return [
        '--read-replicas',
        String(operation.readReplicas),
        ...switched('--delete-volumes', operation.deleteVolumes),
      ];
    case 'resize':
      return resizeFlags(operation);
    case 'upgrade':
      return [...flagsFor({images: operation.images}), ...flag('--chart-version', operation.chartVersion)];
    case 'adopt':
      return adoptFlags(operation);
    case 'uninstall':
      return [...flag('--dump-to', operation.dumpTo), ...switched('--delete-data', operation.deleteData)];
    case 'rotate-password':
      return ['--role', operation.role];
    case 'switchover':
      return switchoverFlags(operation);
    case 'failover':
      return [...flag('--to', operation.to), ...switched('--node-is-off', operation.nodeIsOff)];
    case 'backup':
      return backupFlags(operation);
    default:
      return [];
  }
}

function resizeFlags({sizes, switchover}: RequestOf<'resize'>): string[] {
  return [...flagsFor(sizes), ...flag('--switchover', switchover ?? null)];
}

function switchoverFlags({to, awayFromNode}: RequestOf<'switchover'>): string[] {
  return [...flag('--to', to), ...flag('--away-from-node', awayFromNode ?? null)];
}

function backupFlags({as, answers = {}}: RequestOf<'backup'>): string[] {
  return [...flag('--as', as), ...flagsFor(answers)];
}

function adoptFlags({sizes, readReplicas, restartsLater, detach}: RequestOf<'adopt'>): string[] {
  const readers = flag('--read-replicas', readReplicas === null ? null : String(readReplicas));
  return [
    ...flagsFor(sizes),
    ...readers,
    ...flag('--restart', restartsLater ? 'later' : null),
    ...switched('--detach', detach === true),
  ];
}

function questionFlags(question: Question): string[] {
  switch (question.kind) {
    case 'status':
      return question.watch ? ['--watch'] : [];
    case 'endpoints':
    case 'logs':
      return flag('--role', question.role);
    case 'connect':
      return [
        ...flag('--role', question.role),
        ...flag('--forward', question.forward === null ? null : String(question.forward)),
      ];
    case 'list':
    case 'doctor':
    case 'history':
    case 'values':
      return [];
  }
}

function valuesFlags(files: readonly string[] | null): string[] {
  return (files ?? []).flatMap((file) => ['--values', file]);
}

function switched(name: string, isOn: boolean): string[] {
  return isOn ? [name] : [];
}

/** Empty where there is no value. */
export function flag(name: string, value: string | null): string[] {
  return value === null ? [] : [name, value];
}
