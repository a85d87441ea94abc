// What the flags of a command ask for, as data.
import {badInput} from '../core/cause.ts';
import {
  backupActions,
  passwordRoles,
  type BackupAction,
  type OperationKind,
  type OperationOf,
  type PasswordRole,
  type ReleaseRef,
} from '../commands/operation.ts';
import {answersFromFlags, extraValuesFiles} from '../parameters/answers.ts';
import {readReplicaCount} from '../parameters/descriptors/read-replica-count.ts';
import type {Invocation} from './command.ts';
import {text} from './options.ts';

/** What was given after the name of a command. */
export type Given = Pick<Invocation, 'release' | 'words' | 'options'>;

type Readers = {readonly [Kind in OperationKind]: (given: Given) => Omit<OperationOf<Kind>, keyof ReleaseRef>};

const readers: Readers = {
  install: ({options}) => ({kind: 'install', answers: answersFromFlags(options), valuesFile: valuesFileOf(options)}),
  scale: ({options}) => ({
    kind: 'scale',
    readReplicas: readReplicasOf(options),
    deleteVolumes: options['deleteVolumes'] === true,
    ...patchOf(options),
  }),
  resize: ({options}) => resizeOf(options),
  upgrade: ({options}) => ({
    kind: 'upgrade',
    images: answersFromFlags(options).images ?? {},
    chartVersion: text(options['chartVersion']),
    ...patchOf(options),
  }),
  set: ({options}) => ({
    kind: 'set',
    answers: answersFromFlags(options),
    valuesFile: valuesFileOf(options),
    ...patchOf(options),
  }),
  restart: () => ({kind: 'restart'}),
  adopt: ({options}) => adoptOf(options),
  rollback: ({words: [revision = null], options}) => ({
    kind: 'rollback',
    revision: revisionOf(revision),
    ...patchOf(options),
  }),
  'rotate-password': ({options}) => ({kind: 'rotate-password', role: passwordRoleOf(options)}),
  switchover: ({options}) => switchoverOf(options),
  failover: ({options}) => ({kind: 'failover', to: text(options['to']), nodeIsOff: options['nodeIsOff'] === true}),
  backup: ({words: [action, backup = null], options}) => {
    const answers = answersFromFlags(options);
    return {
      kind: 'backup',
      action: backupActionOf(action),
      backup,
      as: text(options['as']),
      ...(Object.keys(answers).length === 0 ? {} : {answers}),
    };
  },
  recover: () => ({kind: 'recover'}),
  uninstall: ({options}) => ({
    kind: 'uninstall',
    deleteData: options['deleteData'] === true,
    dumpTo: text(options['dumpTo']),
  }),
};

export function isOperationKind(name: string): name is OperationKind {
  return Object.hasOwn(readers, name);
}

/** @throws UserError BAD_INPUT */
export function operationOf<Kind extends OperationKind>(kind: Kind, given: Given): OperationOf<Kind> {
  return {...releaseOf(given), ...readers[kind](given)} as OperationOf<Kind>;
}

/** An option that is not named is null; a release that is not named is an empty text. */
export function releaseOf({release, options}: Given): ReleaseRef {
  return {release: release ?? '', namespace: text(options['namespace']), context: text(options['context'])};
}

function valuesFileOf(options: Given['options']): readonly string[] | null {
  // The environment describes an install, so for an operation only the command line counts.
  return extraValuesFiles(options, {});
}

function readReplicasOf(options: Given['options']): number {
  const asked = text(options['readReplicas']);
  if (asked === null) throw badInput('How many readers? Add --read-replicas with a number from 0 to 15.');
  const read = readReplicaCount.parse(asked);
  if ('problem' in read) throw badInput(`--read-replicas: ${read.problem}`);
  return read.value;
}

function adoptOf(options: Given['options']): Omit<OperationOf<'adopt'>, keyof ReleaseRef> {
  const restart = text(options['restart']) ?? 'now';
  if (restart !== 'now' && restart !== 'later')
    throw badInput(`--restart: "${restart}" is not known. Use now or later.`);
  const sizes = Object.fromEntries(Object.entries(options).filter(([option]) => option !== 'readReplicas'));
  return {
    kind: 'adopt',
    sizes: answersFromFlags(sizes),
    readReplicas: text(options['readReplicas']) === null ? null : readReplicasOf(options),
    restartsLater: restart === 'later',
    ...(options['detach'] === true ? {detach: true} : {}),
  };
}

function resizeOf(options: Given['options']): Omit<OperationOf<'resize'>, keyof ReleaseRef> {
  const how = text(options['switchover']) ?? 'auto';
  if (how !== 'auto' && how !== 'never') throw badInput(`--switchover: "${how}" is not known. Use auto or never.`);
  return {
    kind: 'resize',
    sizes: answersFromFlags(options),
    ...(how === 'never' ? {switchover: how} : {}),
    ...patchOf(options),
  };
}

function switchoverOf(options: Given['options']): Omit<OperationOf<'switchover'>, keyof ReleaseRef> {
  const awayFromNode = text(options['awayFromNode']);
  return {kind: 'switchover', to: text(options['to']), ...(awayFromNode === null ? {} : {awayFromNode})};
}

function revisionOf(asked: string | null): number | null {
  if (asked !== null && !/^[1-9]\d{0,8}$/.test(asked))
    throw badInput(`"${asked}" is not a revision. Use a number that history lists, such as 3.`);
  return asked === null ? null : Number(asked);
}

function passwordRoleOf(options: Given['options']): PasswordRole {
  const asked = text(options['role']) ?? 'app';
  const role = passwordRoles.find((one) => one === asked);
  if (!role) throw badInput(`--role: "${asked}" is not a role. Use one of ${passwordRoles.join(', ')}.`);
  return role;
}

function backupActionOf(asked: string | undefined): BackupAction {
  const action = backupActions.find((one) => one === asked);
  if (!action)
    throw badInput(`"${asked ?? ''}" is not an action for backups. Use one of list, ${backupActions.join(', ')}.`);
  return action;
}

function patchOf(options: Given['options']): {readonly patchTo?: string} {
  const folder = text(options['to']);
  if (folder === '') throw badInput('--to: name a folder for the files.');
  return folder === null ? {} : {patchTo: folder};
}
