// Everything the screens may ask for, done with the same operations as by command.
import {randomBytes} from 'node:crypto';
import {fullnameOf} from '../chart/names.ts';
import {connect, type Connection} from '../cluster/connect.ts';
import {isInvented, loadKubeconfig} from '../cluster/kubeconfig.ts';
import {paths} from '../cluster/paths.ts';
import {ifAllowed} from '../cluster/readable.ts';
import type {ChangeRequest, Client, InstallRequest, UninstallRequest, Work} from '../tui/client-types.ts';
import {helmCommands} from '../helm/commands.ts';
import {checkoutRoot, findHelm, type HelmProgram} from '../helm/find.ts';
import {follow} from './follow.ts';
import {listReleases} from './list.ts';
import {canGrow, encryptionOf} from '../observation/checks/storage-class.ts';
import type {Metadata} from '../observation/kubernetes.ts';
import {fittingNodes, placeOf} from '../observation/place.ts';
import {change} from '../operations/change.ts';
import {install} from '../operations/install.ts';
import type {Progress, Result} from '../operations/progress.ts';
import {refused} from '../operations/result.ts';
import {uninstall} from '../operations/uninstall.ts';
import {instanceTypeLabel} from '../parameters/identifiers.ts';
import {createAdapters} from './adapters.ts';
import {changeRequest} from '../cli/change-release.ts';
import type {Invocation} from '../cli/command.ts';
import {chartReadsOf} from './chart.ts';
import {known, orCause, reaching, translated} from './errors.ts';
import {readsOf} from './reads.ts';
import {runCommand} from './run.ts';
import {resized, restarted, scaled, type Edit} from '../cli/edits.ts';
import {equivalentCommand, findChart} from '../cli/install.ts';
import {readCatalogue} from '../cli/list.ts';
import {reachOf} from '../cli/reach.ts';
import {rolledBack} from '../cli/rollback-edit.ts';
import {text, timeoutOf} from '../cli/session.ts';
import {dumpPath} from '../cli/uninstall.ts';

export interface Choose {
  kubeconfig(path: string): void;
  sandbox(): Promise<void>;
}

/**
 * `signal` of the invocation ends everything that the client has begun. Its cluster may change: `choose` puts another
 * one into the options.
 */
export function openClient(invocation: Invocation, choose: Choose): Client {
  const {options, environment, signal} = invocation;
  const kubeconfig = () => text(options['kubeconfig']);
  const connections = new Map<string, Connection>();
  let program: Promise<HelmProgram> | null = null;
  const helmProgram = () => (program ??= findHelm({environment, checkout: checkoutRoot(), signal}));

  const connectionOf = (context: string): Connection => {
    const found = connections.get(context);
    if (!found) throw new Error(`context ${context} is not connected`);
    return found;
  };
  const worldOf = ({context, namespace, release}: InstallRequest['target']) => {
    const helm = async () => helmCommands(await helmProgram(), environment);
    return createAdapters(connectionOf(context), helm, {context, namespace, release, fullname: fullnameOf(release)});
  };
  const work = (steps: (signal: AbortSignal) => AsyncGenerator<Progress, Result>): Work => {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    return {steps: reaching(known(steps(either), either), () => reachOf(invocation)), stop: () => stop.abort()};
  };
  const installing = ({target, answers, password}: InstallRequest, dryRun: boolean) =>
    async function* (stop: AbortSignal): AsyncGenerator<Progress, Result> {
      const chart = await findChart(invocation, helmProgram);
      const request = {
        operation: 'install' as const,
        answers,
        chart,
        password,
        requireEncryption: options['requireEncryption'] === true,
        dryRun,
        timeoutMs: timeoutOf(options),
        random: (count: number) => randomBytes(count),
        confirm: null,
        commandFor: (parameters: Parameters<typeof equivalentCommand>[2]) =>
          equivalentCommand(invocation, {...target, fullname: fullnameOf(target.release)}, parameters, {
            ...chart,
            given: password !== null,
          }),
        onResolved: async () => undefined,
      };
      return yield* install(request, worldOf(target), stop);
    };

  const changing = (place: InstallRequest['target'], editOf: () => Edit | Promise<Edit>, dryRun: boolean) =>
    async function* (stop: AbortSignal): AsyncGenerator<Progress, Result> {
      const world = worldOf(place);
      const request = await changeRequest(invocation, {target: world.target, world, helmProgram}, await editOf(), {
        dryRun,
        confirm: async () => true,
      });
      return yield* change(request, world, stop);
    };

  const removing = (target: InstallRequest['target'], {deleteData, dumpTo}: UninstallRequest, dryRun: boolean) =>
    async function* (stop: AbortSignal): AsyncGenerator<Progress, Result> {
      const world = worldOf(target);
      const path = orCause(() => dumpPath(dumpTo));
      // The screen of the file shows it; an error would be a screen of its own.
      if ('cause' in path)
        return refused({
          operation: 'uninstall',
          target: world.target,
          began: world.now(),
          now: () => world.now(),
          warnings: [],
          cause: path.cause,
        });
      return yield* uninstall(
        {deleteData, dumpTo: path.value, dryRun, timeoutMs: timeoutOf(options), command: '', confirm: async () => true},
        world,
        stop,
      );
    };

  const editFor = (target: InstallRequest['target'], request: ChangeRequest): Edit | Promise<Edit> => {
    if (request.kind === 'restart') return restarted();
    return request.kind === 'resize'
      ? resized(request.sizes)
      : rolledBack(
          connectionOf(target.context).api,
          {...target, fullname: fullnameOf(target.release)},
          request.revision,
        );
  };

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
      const survey = await worldOf(target).survey({password: null, pullSecret: null});
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
    plan: (request) => toEnd(work(installing(request, true)).steps),
    install: (request) => work(installing(request, false)),
    uninstall: (target, request) => work(removing(target, request, false)),
    planUninstall: (target, request) => toEnd(work(removing(target, request, true)).steps),
    scale: (target, request) => work(changing(target, () => scaled(request.readers, request.deleteVolumes), false)),
    upgrade: (target, request) => work(changing(target, () => upgraded(request), false)),
    planScale: (target, request) =>
      toEnd(work(changing(target, () => scaled(request.readers, request.deleteVolumes), true)).steps),
    planUpgrade: (target, request) => toEnd(work(changing(target, () => upgraded(request), true)).steps),
    change: (target, request) => work(changing(target, () => editFor(target, request), false)),
    planChange: (target, request) => toEnd(work(changing(target, () => editFor(target, request), true)).steps),
    run: (command) => work((stop) => runCommand(invocation, command, stop)),
    follow: (target, stop) => known(follow(worldOf(target), AbortSignal.any([signal, stop])), stop),
    ...readsOf(connectionOf),
    ...chartReadsOf(invocation, worldOf, helmProgram),
    async releases(context, namespace) {
      const listing = await ifAllowed(readCatalogue(connectionOf(context), namespace).then(listReleases));
      return listing?.releases ?? null;
    },
  };
  return translated(client, () => reachOf(invocation));
}

async function toEnd(steps: AsyncGenerator<Progress, Result>): Promise<Result> {
  for (;;) {
    const step = await steps.next();
    if (step.done) return step.value;
  }
}

function upgraded({
  chartVersion,
  imageTag,
}: {
  readonly chartVersion: string | null;
  readonly imageTag: string | null;
}): Edit {
  return {
    kind: 'upgrade',
    // A new tag leaves the old digest behind: it would win over the tag.
    parameters: (existing) =>
      imageTag === null ? existing : {...existing, images: {...existing.images, tag: imageTag, digest: null}},
    chartVersion,
    deleteVolumes: false,
    flags: [
      ...(imageTag === null ? [] : ['--image-tag', imageTag]),
      ...(chartVersion === null ? [] : ['--chart-version', chartVersion]),
    ],
  };
}
