// Everything the screens may ask for, done with the same operations as by command.
import type {Connection} from '../cluster/connect.ts';
import {paths} from '../cluster/paths.ts';
import {ifAllowed} from '../cluster/readable.ts';
import {assertNotReadOnly} from '../core/read-only.ts';
import type {Metadata} from '../observation/kubernetes.ts';
import {listedBackups} from './requests/backup-request.ts';
import {readCatalogue} from './questions/catalogue.ts';
import {chartReadsOf} from './questions/chart.ts';
import {contextsIn} from './questions/contexts.ts';
import {openConnections, type Connections} from './connections.ts';
import {known, translated} from './errors.ts';
import {follow} from './questions/follow.ts';
import {listReleases} from './questions/list.ts';
import {reachOf} from './reachable-commands.ts';
import {readsOf} from './questions/panel-reads.ts';
import {text, timeoutOf, type Settings} from './settings.ts';
import type {ReleaseRow} from './questions/status.ts';
import {offerOf} from './questions/surveyed.ts';
import type {Client} from './types.ts';
import {watchActivity} from './questions/watch-activity.ts';
import {toEnd, workIn} from './work.ts';

export interface Choose {
  kubeconfig(path: string): void;
  sandbox(onDoing: (text: string) => void): Promise<void>;
}

/**
 * The signal of the settings ends everything that the client has begun. The cluster may change: `choose` puts another
 * one into the options.
 */
export function openClient(settings: Settings, choose: Choose): Client {
  const connections = openConnections(settings);
  const {connectionOf, portsOf, helmProgram} = connections;
  const work = workIn(settings, connections);
  const client: Client = {
    timeoutMs: timeoutOf(settings.options),
    ...clustersOf(settings, choose, connections),
    plan: (operation, signal, password = null) =>
      toEnd(work(operation, {dryRun: true, startsLater: true, password, signal})),
    start: (operation, password = null, planned = null) => work(operation, {dryRun: false, password, planned}),
    run: (operation) =>
      work(operation, {dryRun: false, password: null}, {...settings, options: optionsToKeep(settings.options)}),
    backups: async (target, stop) =>
      listedBackups({ports: await portsOf(target)}, AbortSignal.any([settings.signal, stop])),
    follow: (target, stop) =>
      known(
        follow(
          () => portsOf(target),
          () => reachOf(settings),
          AbortSignal.any([settings.signal, stop]),
        ),
        stop,
      ),
    async *activity(target, stop) {
      yield* watchActivity(await portsOf(target), AbortSignal.any([settings.signal, stop]));
    },
    async endSession(target, session, what) {
      assertNotReadOnly(settings.environment, 'ending a session');
      return (await portsOf(target)).endSession(session, what);
    },
    ...readsOf(connectionOf),
    ...chartReadsOf(settings, portsOf, helmProgram),
  };
  return translated(client, () => reachOf(settings));
}

/** The options that hold for everything the client does; the others belong to what the screens were opened for. */
function optionsToKeep(options: Settings['options']): Settings['options'] {
  const names = ['kubeconfig', 'sandbox', 'chart', 'timeout'];
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
}

type OfClusters = 'contexts' | 'useKubeconfig' | 'useSandbox' | 'fetchHelm' | 'open' | 'survey' | 'releases';

function clustersOf(
  {options, environment, signal}: Settings,
  choose: Choose,
  {open, forget, connectionOf, portsOf, helmProgram}: Connections,
): Pick<Client, OfClusters> {
  return {
    contexts: async () => contextsIn(text(options['kubeconfig'])),
    useKubeconfig(path) {
      choose.kubeconfig(path);
      forget();
    },
    async useSandbox(onDoing) {
      await choose.sandbox(onDoing);
      forget();
    },
    async fetchHelm(onDoing, stop) {
      const {fetchHelm} = await import('../helm/fetch-helm.ts');
      await fetchHelm({environment, signal: AbortSignal.any([signal, stop]), onDoing});
    },
    async open(context) {
      const [connection, helm] = await Promise.all([open(context), helmProgram()]);
      const [namespaces, releases] = await Promise.all([
        ifAllowed(connection.api.listMetadata(paths.namespaces)),
        releasesOf(connection, null),
      ]);
      return {
        context: connection.context,
        kubernetesVersion: connection.kubernetesVersion.replace(/^v(\d+\.\d+).*/, '$1'),
        helmVersion: helm.version.replace(/^(\d+\.\d+).*/, '$1'),
        defaultNamespace: connection.defaultNamespace,
        namespaces: namespaces?.items.map(({metadata}: {metadata: Metadata}) => metadata.name) ?? null,
        releases,
      };
    },
    survey: async (target) => offerOf({ports: await portsOf(target)}),
    releases: async (context, namespace) => releasesOf(connectionOf(context), namespace),
  };
}

/** @param namespace null: the whole cluster. @returns null: releases may not be listed */
async function releasesOf(connection: Connection, namespace: string | null): Promise<readonly ReleaseRow[] | null> {
  const listing = await ifAllowed(readCatalogue(connection, namespace).then(listReleases));
  return listing?.releases ?? null;
}
