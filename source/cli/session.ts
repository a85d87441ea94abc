// What most commands begin with: the connection and the session that their flags name.
import {lookForHelm, openConnection as connectTo, openSession as sessionOn} from '../client/session.ts';
import type {Connection, Session} from '../client/session.ts';
import {ownCommand} from '../commands/command-line.ts';
import {badInput} from '../core/cause.ts';
import {namespaceProblem} from '../parameters/identifiers.ts';
import type {Invocation} from './command.ts';
import {text} from './options.ts';

export {closeSession, type Connection, type Session} from '../client/session.ts';
export {roleOf, text, timeoutOf} from './options.ts';

/** The target of an answers file, over which flags take precedence. */
export interface TargetHints {
  readonly context?: string;
  readonly namespace?: string;
  readonly release?: string;
}

export async function openConnection(invocation: Invocation, hints: TargetHints = {}): Promise<Connection> {
  const {options, where} = invocation;
  const connection = await connectTo(invocation, text(options['context']) ?? hints.context ?? null);
  where.context = connection.context;
  return connection;
}

/**
 * @param needsHelm false where the command never runs helm, and somebody waits for it: looking for helm takes time too
 * @throws UserError as connect does; BAD_INPUT without a release name or with an impossible namespace
 */
export async function openSession(
  invocation: Invocation,
  hints: TargetHints = {},
  {needsHelm = true}: {readonly needsHelm?: boolean} = {},
): Promise<Session> {
  const release = invocation.release ?? hints.release ?? null;
  if (release === null)
    throw badInput(`Which release? Its name comes after the command, such as: ${ownCommand('status', 'orders')}.`);
  invocation.where.release = release;
  // Looking for helm and asking the cluster both take time, so they run side by side.
  const helm = lookForHelm(invocation, needsHelm);
  const connection = await openConnection(invocation, hints);
  const namespace = text(invocation.options['namespace']) ?? hints.namespace ?? connection.defaultNamespace;
  const problem = namespaceProblem(namespace);
  if (problem) throw badInput(`--namespace: ${problem}`);
  invocation.where.namespace = namespace;
  return sessionOn(connection, helm, {context: connection.context, namespace, release});
}
