// What a command line asks for, as data: the inverse of `render`.
import {badInput} from '../core/cause.ts';
import type {Operation, Question} from '../commands/operation.ts';
import {commands} from './index.ts';
import {isOperationKind, operationOf, releaseOf, type Given} from './operation-of.ts';
import {roleOf, text} from './options.ts';
import {parseCommandLine} from './parse.ts';

/**
 * @param words the arguments, without the program's name
 * @throws UserError BAD_INPUT as the command would, and for a command line that is neither an operation nor a question
 */
export function parse(words: readonly string[]): Operation | Question {
  const parsed = parseCommandLine(words, commands, '');
  const name = parsed.kind === 'command' ? parsed.command.name : null;
  if (parsed.kind === 'command' && name !== null) {
    if (isOperationKind(name)) return operationOf(name, parsed);
    const question = questionOf(name, parsed);
    if (question) return question;
  }
  throw badInput(`"${words.join(' ')}" is neither an operation nor a question.`);
}

/** Null: the command is no question that the program proposes. */
function questionOf(name: string, given: Given): Question | null {
  const {options} = given;
  switch (name) {
    case 'list':
      return {kind: name};
    case 'status':
      return {kind: name, ...releaseOf(given), watch: options['watch'] === true};
    case 'doctor':
    case 'history':
    case 'values':
      return {kind: name, ...releaseOf(given)};
    case 'endpoints':
    case 'logs':
      return {kind: name, ...releaseOf(given), role: roleOf(options)};
    case 'connect': {
      const forward = text(options['forward']);
      return {
        kind: name,
        ...releaseOf(given),
        role: roleOf(options),
        forward: forward === null ? null : Number(forward),
      };
    }
    default:
      return null;
  }
}
