// The clusters that the screens have opened, and the ports and session of a release in one of them.
import {connect, type Connection} from '../cluster/connect.ts';
import {readTarget} from '../cluster/target.ts';
import type {ReleaseRef} from '../commands/operation.ts';
import type {HelmProgram} from '../helm/find.ts';
import type {Ports} from '../operations/ports/index.ts';
import {createAdapters} from './adapters/index.ts';
import {helmOnce} from './helm-once.ts';
import type {Session} from './session.ts';
import {text, type Settings} from './settings.ts';
import type {ReleasePlace} from './types.ts';

export interface Connections {
  /** helm is looked for once. @throws UserError as findHelm does */
  readonly helmProgram: () => Promise<HelmProgram>;
  /** Null: the kubeconfig's current context. @throws UserError as connect does */
  readonly open: (context: string | null) => Promise<Connection>;
  /** The connection of a context that is open; asking for another one is a bug. */
  readonly connectionOf: (context: string) => Connection;
  readonly portsOf: (target: ReleasePlace) => Promise<Ports>;
  /** A remedy may name neither context nor namespace: then it is about the cluster opened last. */
  readonly sessionOf: (release: ReleaseRef) => Promise<Session>;
  /** Forgets all connections, because another kubeconfig may have contexts of the same names. */
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
