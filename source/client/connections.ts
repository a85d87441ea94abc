// The clusters that the screens have opened, and what a release in one of them is worked on with.
import {fullnameOf} from '../chart/names.ts';
import {connect, type Connection} from '../cluster/connect.ts';
import type {ReleaseRef} from '../commands/operation.ts';
import {helmCommands} from '../helm/commands.ts';
import {checkoutRoot, findHelm, type HelmProgram} from '../helm/find.ts';
import type {Ports} from '../operations/ports/index.ts';
import {createAdapters} from './adapters.ts';
import {text, type ReleaseSession, type Settings} from './settings.ts';
import type {InstallRequest} from './types.ts';

export interface Connections {
  /** Looked for once. @throws UserError as findHelm does */
  readonly helmProgram: () => Promise<HelmProgram>;
  /** Null: the current one. @throws UserError as connect and findHelm do */
  readonly open: (context: string | null) => Promise<{readonly connection: Connection; readonly helm: HelmProgram}>;
  /** One that is open; to ask for another one is a bug. */
  readonly connectionOf: (context: string) => Connection;
  readonly portsOf: (target: InstallRequest['target']) => Ports;
  /** What a remedy proposed may name neither context nor namespace: then it is about the cluster opened last. */
  readonly sessionOf: (release: ReleaseRef) => ReleaseSession & {readonly connection: Connection};
  /** Another kubeconfig holds: its contexts may have the same names. */
  readonly forget: () => void;
}

export function openConnections({options, environment, signal}: Settings): Connections {
  const byContext = new Map<string, Connection>();
  let program: Promise<HelmProgram> | null = null;
  const helmProgram = () => (program ??= findHelm({environment, checkout: checkoutRoot(), signal}));
  const helm = async () => helmCommands(await helmProgram(), environment);

  const connectionOf = (context: string): Connection => {
    const found = byContext.get(context);
    if (!found) throw new Error(`context ${context} is not connected`);
    return found;
  };
  const portsOf = ({context, namespace, release}: InstallRequest['target']) =>
    createAdapters(connectionOf(context), helm, {context, namespace, release, fullname: fullnameOf(release)});

  return {
    helmProgram,
    connectionOf,
    portsOf,
    async open(context) {
      const kubeconfig = text(options['kubeconfig']);
      const [connection, found] = await Promise.all([connect({kubeconfig, context}), helmProgram()]);
      byContext.set(connection.context, connection);
      return {connection, helm: found};
    },
    sessionOf({release, namespace, context}) {
      const connection = connectionOf(context ?? [...byContext.keys()].at(-1) ?? '');
      const where = {context: connection.context, namespace: namespace ?? connection.defaultNamespace, release};
      const ports = portsOf(where);
      return {connection, target: ports.target, ports, helmProgram};
    },
    forget: () => byContext.clear(),
  };
}
