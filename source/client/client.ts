// Everything the screens may ask for, done with the same operations as by command.
import {fullnameOf} from '../chart/names.ts';
import {connect, type Connection} from '../cluster/connect.ts';
import {isInvented, loadKubeconfig} from '../cluster/kubeconfig.ts';
import {paths} from '../cluster/paths.ts';
import {ifAllowed} from '../cluster/readable.ts';
import type {Client, InstallRequest, ScaleRequest, Work} from './types.ts';
import type {Operation, ReleaseRef} from '../commands/operation.ts';
import {helmCommands} from '../helm/commands.ts';
import {checkoutRoot, findHelm, type HelmProgram} from '../helm/find.ts';
import {follow} from './follow.ts';
import {listReleases} from './list.ts';
import {canGrow, encryptionOf} from '../observation/checks/storage-class.ts';
import type {Metadata} from '../observation/kubernetes.ts';
import {fittingNodes, placeOf} from '../observation/place.ts';
import type {Progress, Result} from '../operations/progress.ts';
import {instanceTypeLabel} from '../parameters/identifiers.ts';
import {createAdapters} from './adapters.ts';
import {readCatalogue} from './catalogue.ts';
import {chartReadsOf} from './chart.ts';
import {begin} from './begin.ts';
import {known, reaching, translated} from './errors.ts';
import {readsOf} from './reads.ts';
import {reachOf} from './reach.ts';
import {text, timeoutOf, type Settings} from './settings.ts';

export interface Choose {
  kubeconfig(path: string): void;
  sandbox(): Promise<void>;
}

/**
 * The signal of the settings ends everything that the client has begun. The cluster may change: `choose` puts another
 * one into the options.
 */
export function openClient(settings: Settings, choose: Choose): Client {
  const {options, environment, signal} = settings;
  const kubeconfig = () => text(options['kubeconfig']);
  const connections = new Map<string, Connection>();
  let program: Promise<HelmProgram> | null = null;
  const helmProgram = () => (program ??= findHelm({environment, checkout: checkoutRoot(), signal}));

  const connectionOf = (context: string): Connection => {
    const found = connections.get(context);
    if (!found) throw new Error(`context ${context} is not connected`);
    return found;
  };
  const portsOf = ({context, namespace, release}: InstallRequest['target']) => {
    const helm = async () => helmCommands(await helmProgram(), environment);
    return createAdapters(connectionOf(context), helm, {context, namespace, release, fullname: fullnameOf(release)});
  };
  const work = (steps: (signal: AbortSignal) => AsyncGenerator<Progress, Result>): Work => {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    return {steps: reaching(known(steps(either), either), () => reachOf(settings)), stop: () => stop.abort()};
  };
  // What a remedy proposed may name neither: then it is about the cluster that was opened last.
  const sessionOf = ({release, namespace, context}: ReleaseRef) => {
    const connection = connectionOf(context ?? [...connections.keys()].at(-1) ?? '');
    const where = {context: connection.context, namespace: namespace ?? connection.defaultNamespace, release};
    const ports = portsOf(where);
    return {connection, target: ports.target, ports, helmProgram};
  };
  const start = (operation: Operation, password: string | null = null) =>
    work((stop) => begin(operation, settings, sessionOf(operation), {dryRun: false, password, signal: stop}));
  const plan = (operation: Operation, password: string | null = null) =>
    toEnd(
      work((stop) => begin(operation, settings, sessionOf(operation), {dryRun: true, password, signal: stop})).steps,
    );

  const client: Client = {
    timeoutMs: timeoutOf(options),
    async contexts() {
      const config = loadKubeconfig(kubeconfig());
      if (isInvented(config)) return {names: [], current: null};
      return {names: config.getContexts().map(({name}) => name), current: config.getCurrentContext() || null};
    },
    useKubeconfig(path) {
      choose.kubeconfig(path);
      connections.clear();
    },
    async useSandbox() {
      await choose.sandbox();
      connections.clear();
    },
    async open(context) {
      const [connection, helm] = await Promise.all([connect({kubeconfig: kubeconfig(), context}), helmProgram()]);
      connections.set(connection.context, connection);
      const [namespaces, releases] = await Promise.all([
        ifAllowed(connection.api.listMetadata(paths.namespaces)),
        ifAllowed(readCatalogue(connection, null).then(listReleases)),
      ]);
      return {
        context: connection.context,
        kubernetesVersion: connection.kubernetesVersion.replace(/^v(\d+\.\d+).*/, '$1'),
        helmVersion: helm.version.replace(/^(\d+\.\d+).*/, '$1'),
        defaultNamespace: connection.defaultNamespace,
        namespaces: namespaces?.items.map(({metadata}: {metadata: Metadata}) => metadata.name) ?? null,
        releases: releases?.releases ?? null,
      };
    },
    async survey(target) {
      const survey = await portsOf(target).survey({password: null, pullSecret: null});
      const nodes = survey.nodes ?? [];
      const types = [...new Set(nodes.flatMap(({metadata}) => metadata.labels?.[instanceTypeLabel] ?? []))].sort();
      return {
        place: placeOf(survey),
        instanceTypes: [...types, 'any'].map((name) => ({name, fitting: fittingNodes(nodes, name).length})),
        storageClasses: (survey.storageClasses ?? []).map((one) => ({
          name: one.metadata.name,
          grows: canGrow(one),
          encrypted: encryptionOf(one),
        })),
        exists: survey.release.revisions.length > 0,
      };
    },
    plan: (request) => plan(installOf(request), request.password),
    install: (request) => start(installOf(request), request.password),
    uninstall: (target, request) => start({kind: 'uninstall', ...target, ...request}),
    planUninstall: (target, request) => plan({kind: 'uninstall', ...target, ...request}),
    scale: (target, request) => start(scaleOf(target, request)),
    planScale: (target, request) => plan(scaleOf(target, request)),
    upgrade: (target, request) => start(upgradeOf(target, request)),
    planUpgrade: (target, request) => plan(upgradeOf(target, request)),
    change: (target, request) => start({...target, ...request}),
    planChange: (target, request) => plan({...target, ...request}),
    run: (operation) => {
      const own = {...settings, options: kept(options)};
      return work((stop) => begin(operation, own, sessionOf(operation), {dryRun: false, password: null, signal: stop}));
    },
    follow: (target, stop) => known(follow(portsOf(target), AbortSignal.any([signal, stop])), stop),
    ...readsOf(connectionOf),
    ...chartReadsOf(settings, portsOf, helmProgram),
    async releases(context, namespace) {
      const listing = await ifAllowed(readCatalogue(connectionOf(context), namespace).then(listReleases));
      return listing?.releases ?? null;
    },
  };
  return translated(client, () => reachOf(settings));
}

async function toEnd(steps: AsyncGenerator<Progress, Result>): Promise<Result> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
}

/** What holds for all that is done here; the rest of the options is of what the screens were opened for. */
function kept(options: Settings['options']): Settings['options'] {
  const names = ['kubeconfig', 'sandbox', 'chart', 'timeout'];
  return Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
}

function installOf({target, answers}: InstallRequest): Operation {
  return {kind: 'install', ...target, answers, valuesFile: null};
}

function scaleOf(target: InstallRequest['target'], {readers, deleteVolumes}: ScaleRequest): Operation {
  return {kind: 'scale', ...target, readReplicas: readers, deleteVolumes};
}

function upgradeOf(
  target: InstallRequest['target'],
  {imageTag, chartVersion}: {readonly imageTag: string | null; readonly chartVersion: string | null},
): Operation {
  return {kind: 'upgrade', ...target, images: imageTag === null ? {} : {tag: imageTag}, chartVersion};
}
