// The clusters that the screens have opened, and what a release in one of them is worked on with.
import {connect, type Connection} from '../cluster/connect.ts';
import {readTarget} from '../cluster/target.ts';
import type {ReleaseRef} from '../commands/operation.ts';
import type {HelmProgram} from '../helm/find.ts';
import type {Ports} from '../operations/ports/index.ts';
import {createAdapters} from './adapters/index.ts';
import {helmOnce} from './helm-once.ts';
import {text, type ReleaseSession, type Settings} from './settings.ts';
import type {ReleasePlace} from './types.ts';

export interface Connections {
  /** Looked for once. @throws UserError as findHelm does */
  readonly helmProgram: () => Promise<HelmProgram>;
  /** Null: the current one. @throws UserError as connect does */
  readonly open: (context: string | null) => Promise<Connection>;
  /** One that is open; to ask for another one is a bug. */
  readonly connectionOf: (context: string) => Connection;
  readonly portsOf: (target: ReleasePlace) => Promise<Ports>;
  /** What a remedy proposed may name neither context nor namespace: then it is about the cluster opened last. */
  readonly sessionOf: (release: ReleaseRef) => Promise<ReleaseSession & {readonly connection: Connection}>;
  /** Another kubeconfig holds: its contexts may have the same names. */
  readonly forget: () => void;
}

export function openConnections(settings: Settings): Connections {
  const byContext = new Map<string, Connection>();
  const helm = helmOnce(settings);

  const connectionOf = (context: string): Connection => {
    const found = byContext.get(context);
    if (!found) throw new Error(`context ${context} is not connected`);
    return found;
  };
  const portsOf = async ({context, namespace, release}: ReleasePlace) => {
    const connection = connectionOf(context);
    const target = await readTarget(connection.api, {context, namespace, release});
    return createAdapters(connection, helm.commands, target);
  };

  return {
    helmProgram: helm.program,
    connectionOf,
    portsOf,
    async open(context) {
      const connection = await connect({kubeconfig: text(settings.options['kubeconfig']), context});
      byContext.set(connection.context, connection);
      return connection;
    },
    async sessionOf({release, namespace, context}) {
      const connection = connectionOf(context ?? [...byContext.keys()].at(-1) ?? '');
      const where = {context: connection.context, namespace: namespace ?? connection.defaultNamespace, release};
      const ports = await portsOf(where);
      return {connection, target: ports.target, ports, helmProgram: helm.program};
    },
    forget: () => byContext.clear(),
  };
}
