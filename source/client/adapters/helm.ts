// The helm program and its records of the release.
import {databaseChart} from '../../chart/names.ts';
import {cause, UserError} from '../../core/cause.ts';
import type {Connection} from '../../cluster/connect.ts';
import {capabilitiesReader} from '../../cluster/capabilities.ts';
import {readOwnObjects} from '../../cluster/own-objects.ts';
import {deleteObjects, readHelmObjects} from '../../cluster/helm-objects.ts';
import {readManifest, readRelease, readRevision} from '../../cluster/releases.ts';
import {applyCommandLine} from '../../helm/arguments.ts';
import type {Apply, Helm, HelmOutcome} from '../../helm/commands.ts';
import type {Target} from '../../observation/snapshot.ts';
import type {HelmPort, HelmRun} from '../../operations/ports/helm.ts';
import type {AdapterContext} from './context.ts';
import {translateApiError} from './api-errors.ts';

/** Marks helm's records, so that a list of releases need not open each one to know the chart. */
const releaseLabels = {'pg-helm-install/chart': databaseChart} as const;

const labelsIf = (isOurs: boolean): Pick<Apply, 'labels'> => (isOurs ? {labels: releaseLabels} : {});

/** How long helm may wait. It waits for nothing but hooks, and the chart has none. */
const helmTimeoutMs = 120_000;

export function helmPort({connection, target}: AdapterContext, helm: () => Promise<Helm>): HelmPort {
  const {api, kubeconfig} = connection;
  const capabilities = capabilitiesReader(api, connection.kubernetesVersion);
  const {namespace, release} = target;
  const at = {context: helmContext(connection), namespace, release, kubeconfig};
  const limited = {target: at, timeoutMs: helmTimeoutMs};
  const apply = (
    {chart, values, description, forceConflicts = false, takeOwnership = false, isOurs = true}: HelmRun,
    signal: AbortSignal,
  ): Apply => ({
    ...limited,
    chart: chart.path,
    values,
    ...(description === undefined ? {} : {description}),
    forceConflicts,
    ...(takeOwnership ? {takeOwnership} : labelsIf(isOurs)),
    signal,
  });
  return {
    helm: {
      install: async (run, signal) => void unwrap(await (await helm()).install(apply(run, signal)), target),
      upgrade: async (run, signal) => void unwrap(await (await helm()).upgrade(apply(run, signal)), target),
      rollback: async (revision, signal) =>
        void unwrap(await (await helm()).rollback({...limited, revision, signal}), target),
      uninstall: async (signal) => void unwrap(await (await helm()).uninstall({...limited, signal}), target),
      dryRun: async (run, exists, signal) =>
        unwrap(await untilAnswered(async () => (await helm()).dryRun({...apply(run, signal), exists})), target)
          .manifest,
      async render({chart, values}, signal) {
        const [program, cluster] = await Promise.all([helm(), translateApiError(capabilities())]);
        return unwrap(await program.template({target: at, chart: chart.path, values, cluster, signal}), target)
          .manifest;
      },
      async chartValues({path}) {
        const {text} = unwrap(await (await helm()).chartValues({target: at, chart: path}), target);
        const {parse} = await import('yaml');
        return (parse(text) ?? {}) as Readonly<Record<string, unknown>>;
      },
      describe: (chart, kind = 'install', isOurs = true) =>
        applyCommandLine(kind, {...limited, ...labelsIf(isOurs)}, {chart, major: 3}),
    },
    revisions: async () => (await readRelease(api, target)).revisions,
    record: (revision) => readRevision(api, target, revision),
    manifest: () => readManifest(api, target),
    helmObjects: () => readHelmObjects(api, target),
    ownObjects: () => readOwnObjects(api, target),
    deleteObjects: (objects) => deleteObjects(api, namespace, objects),
  };
}

/** In a pod client-node invents a context, which helm does not know: helm finds the service account by itself. */
function helmContext({context}: Connection): string {
  return context === 'inClusterContext' ? '' : context;
}

/** A dry run asks a busy cluster dozens of questions and fails at the first that fails, so it is tried this often. */
const maxDryRuns = 8;

async function untilAnswered<T>(ask: () => Promise<HelmOutcome<T>>): Promise<HelmOutcome<T>> {
  for (let tries = 1; ; tries++) {
    const outcome = await ask();
    if (outcome.ok || outcome.cause?.code !== 'CONNECTION_LOST' || tries === maxDryRuns) return outcome;
  }
}

/** @throws UserError with what helm said */
function unwrap<T>(outcome: HelmOutcome<T>, {release, namespace}: Target): T {
  if (outcome.ok) return outcome;
  if (outcome.cause) throw new UserError(outcome.cause);
  throw new UserError(
    cause(
      outcome.stopped || /ended by SIG/.test(outcome.text) ? 'CANCELLED' : 'CHART_REJECTED',
      outcome.stopped
        ? `helm was stopped while it worked on ${release}.`
        : `helm could not finish its work on ${release}.`,
      {
        object: {kind: 'Release', namespace, name: release},
        evidence: outcome.text.split('\n').slice(0, 20),
        remedies: [{title: 'Run the same command again: it goes on where it is', again: true}],
      },
    ),
    !outcome.stopped,
  );
}
