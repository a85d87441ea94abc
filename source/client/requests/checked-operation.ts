// Operations from other programs are checked as the command line checks its flags: types are gone where a program in
// JavaScript calls, and numbers have limits that no type says.
import {badInput} from '../../core/cause.ts';
import {backupActions, isOperation, operationKinds, passwordRoles, type Operation} from '../../commands/operation.ts';
import {valueOrThrow, type Answers} from '../../parameters/answers.ts';
import {descriptors} from '../../parameters/parameters.ts';

/** @throws UserError BAD_INPUT that names the field */
export function checkedOperation(asked: Operation): Operation {
  const {kind, release} = asked as {readonly kind: unknown; readonly release: unknown};
  if (typeof kind !== 'string' || !isOperation({...asked, kind}))
    throw badInput(`kind: ${shown(kind)} is no operation. Use ${operationKinds.join(', ')}.`);
  namedRelease(release);
  checkWords(asked);
  checkAnswers(answersIn(asked));
  return asked;
}

/** @throws UserError BAD_INPUT for what is no name of a release */
export function namedRelease(release: unknown): string {
  if (typeof release === 'string' && release !== '') return release;
  throw badInput(`release: ${shown(release)} is no name. Use the name of the release, such as orders.`);
}

function checkWords(asked: Operation): void {
  if (asked.kind === 'rotate-password' && !passwordRoles.includes(asked.role))
    throw badInput(`role: ${shown(asked.role)} is no role. Use ${passwordRoles.join(', ')}.`);
  if (asked.kind === 'backup' && !backupActions.includes(asked.action))
    throw badInput(
      `action: ${shown(asked.action)} is not an action for backups. Use one of ${backupActions.join(', ')}.`,
    );
}

/** All parameters that the operation gives, by their names. */
function answersIn(asked: Operation): object {
  switch (asked.kind) {
    case 'install':
    case 'set':
      return asked.answers;
    case 'scale':
      return {readReplicaCount: asked.readReplicas ?? null};
    case 'resize':
      return asked.sizes;
    case 'upgrade':
      return {images: asked.images};
    case 'adopt':
      return {...asked.sizes, ...(asked.readReplicas === null ? {} : {readReplicaCount: asked.readReplicas})};
    case 'backup':
      return asked.answers ?? {};
    default:
      return {};
  }
}

function checkAnswers(answers: object): void {
  for (const [key, answer] of Object.entries(answers) as [keyof Answers, unknown][]) {
    const one = descriptors.find((descriptor) => descriptor.key === key);
    if (one === undefined)
      throw badInput(`${key} is no parameter. There are ${descriptors.map((each) => each.key).join(', ')}.`);
    if (answer === undefined) continue;
    const text = textOf(() => one.format(answer));
    if (text === null) throw badInput(`${key}: ${shown(answer)} is not what it takes. ${one.hint}`);
    if (text !== '' && typeof valueOrThrow(one.parse(text), key) !== typeof answer)
      throw badInput(`${key}: ${shown(answer)} is not what it takes. ${one.hint}`);
  }
}

/** Null: it is not of the type that it has to be. */
function textOf(format: () => string): string | null {
  try {
    const text = format() as unknown;
    return typeof text === 'string' ? text : null;
  } catch {
    return null;
  }
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
