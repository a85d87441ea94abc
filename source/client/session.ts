// What every command begins with: a connection to a cluster, and the session of one release in it. Commands pass a
// session on to questions and operations, and look at its target only.
import {connect, type Connection} from '../cluster/connect.ts';
import {readTarget} from '../cluster/target.ts';
import type {Target} from '../observation/snapshot.ts';
import {createAdapters} from './adapters/index.ts';
import {helmOnce, type HelmOnce} from './helm-once.ts';
import {text, type ReleaseSession, type Settings} from './settings.ts';
import type {ReleasePlace} from './types.ts';

export type {Connection};

/** A release as questions see it that only read its objects. */
export interface ReleaseAccess {
  readonly connection: Connection;
  readonly target: Target;
}

export interface Session extends ReleaseSession, ReleaseAccess {}

/** @param context null: the kubeconfig's current one. @throws UserError as connect does */
export async function openConnection({options}: Pick<Settings, 'options'>, context: string | null) {
  return connect({kubeconfig: text(options['kubeconfig']), context});
}

/** Looks for helm now, so that it is there once somebody needs it. @param isNeeded false: only then */
export function lookForHelm(settings: Settings, isNeeded = true): HelmOnce {
  const helm = helmOnce(settings);
  if (isNeeded) helm.look();
  return helm;
}

export async function openSession(connection: Connection, helm: HelmOnce, place: ReleasePlace): Promise<Session> {
  const target = await readTarget(connection.api, place);
  return {connection, target, ports: createAdapters(connection, helm.commands, target), helmProgram: helm.program};
}

/** Ends what the connection holds open, which would keep the process alive. */
export function closeSession({connection}: Pick<ReleaseAccess, 'connection'>): void {
  connection.api.close();
}
