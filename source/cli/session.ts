// What most commands begin with: a connection, a target, and the ports around one release.
import {badInput} from '../core/cause.ts';
import {connect, type Connection} from '../cluster/connect.ts';
import {readTarget} from '../cluster/target.ts';
import type {HelmProgram} from '../helm/find.ts';
import type {Target} from '../observation/snapshot.ts';
import type {Ports} from '../operations/ports/index.ts';
import {namespaceProblem} from '../parameters/identifiers.ts';
import {createAdapters} from '../client/adapters/index.ts';
import {helmOnce} from '../client/helm-once.ts';
import type {Invocation} from './command.ts';
import {text} from './options.ts';

export {requireRelease, notFound} from '../client/existing-release.ts';
export {roleOf, text, timeoutOf} from './options.ts';

export interface Session {
  readonly connection: Connection;
  readonly target: Target;
  readonly ports: Ports;
  readonly helmProgram: () => Promise<HelmProgram>;
}

/** The target of an answers file, over which flags take precedence. */
export interface TargetHints {
  readonly context?: string;
  readonly namespace?: string;
  readonly release?: string;
}

export async function openConnection({options, where}: Invocation, hints: TargetHints = {}): Promise<Connection> {
  const connection = await connect({
    kubeconfig: text(options['kubeconfig']),
    context: text(options['context']) ?? hints.context ?? null,
  });
  where.context = connection.context;
  return connection;
}

/** @throws UserError as connect does; BAD_INPUT without a release name or with an impossible namespace */
export async function openSession(invocation: Invocation, hints: TargetHints = {}): Promise<Session> {
  const release = invocation.release ?? hints.release ?? null;
  if (release === null)
    throw badInput('Which release? Its name comes after the command, such as: pg-helm-install status orders.');
  invocation.where.release = release;
  // Looking for helm and asking the cluster both take time, so they run side by side.
  const helm = helmOnce(invocation);
  helm.look();
  const connection = await openConnection(invocation, hints);
  const namespace = text(invocation.options['namespace']) ?? hints.namespace ?? connection.defaultNamespace;
  const problem = namespaceProblem(namespace);
  if (problem) throw badInput(`--namespace: ${problem}`);
  invocation.where.namespace = namespace;
  const target = await readTarget(connection.api, {context: connection.context, namespace, release});
  return {connection, target, ports: createAdapters(connection, helm.commands, target), helmProgram: helm.program};
}
