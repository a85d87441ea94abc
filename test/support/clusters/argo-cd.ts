// Does with helm and kubectl what Argo CD does with an Application that heals by itself: it renders the chart, marks
// each object as its own and applies all of them, again and again. It writes no record of helm.
import {execFile} from 'node:child_process';
import {setTimeout as pause} from 'node:timers/promises';
import {promisify} from 'node:util';
import {parse, parseAllDocuments} from 'yaml';
import {canonical} from '../../../source/chart/same-values.ts';
import {at, objectAt, withoutPaths, type Values} from '../../../source/chart/tree.ts';
import {kubectl, type TestNamespace} from './namespace.ts';
import {waitFor} from '../wait-for.ts';

const run = promisify(execFile);
const betweenMs = 1000;
const definition = 'applications.argoproj.io';

/**
 * Defines the kind, without the fields that nobody here reads. Returns a function that takes it away, if it was
 * missing.
 */
export async function defineApplications(): Promise<() => Promise<unknown>> {
  const isThere = await kubectl(['get', 'crd', definition, '--ignore-not-found', '-o', 'name']);
  if (isThere !== '') return async () => undefined;
  const names = {kind: 'Application', listKind: 'ApplicationList', plural: 'applications', singular: 'application'};
  const openAPIV3Schema = {type: 'object', 'x-kubernetes-preserve-unknown-fields': true};
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {name: definition},
    spec: {
      group: 'argoproj.io',
      names,
      scope: 'Namespaced',
      versions: [{name: 'v1alpha1', served: true, storage: true, schema: {openAPIV3Schema}}],
    },
  };
  await kubectl(['apply', '-f', '-'], JSON.stringify(crd));
  await kubectl(['wait', '--for=condition=Established', `crd/${definition}`, '--timeout=30s']);
  return () => kubectl(['delete', 'crd', definition, '--wait=false']);
}

interface Application {
  readonly metadata: {readonly name: string; readonly generation: number};
  readonly spec: Values;
}

export interface ArgoCd {
  /** Waits until the Application as it is now is applied. */
  synced(): Promise<void>;
  /** The objects that it found different from what it had applied. */
  readonly healed: readonly string[];
  /** Ends it, and throws the error that it failed with, if it failed. */
  stop(): Promise<void>;
}

/** @param charts folders, by the version that an Application names */
export function startArgoCd(
  {name: namespace}: TestNamespace,
  application: string,
  {helm, charts}: {readonly helm: string; readonly charts: Readonly<Record<string, string>>},
): ArgoCd {
  const healed: string[] = [];
  let applied: number | null = null;
  let isStopped = false;

  async function turn(): Promise<void> {
    const seen = JSON.parse(
      await kubectl(['-n', namespace, 'get', definition, application, '-o', 'json']),
    ) as Application;
    const objects = await rendered(seen, namespace, {helm, charts});
    if (seen.metadata.generation === applied) {
      const drift = await driftOf(objects, namespace);
      if (drift.length === 0) return;
      healed.push(...drift);
    }
    await kubectl(['-n', namespace, 'apply', ...serverSide, '-f', '-'], objects);
    applied = seen.metadata.generation;
  }

  const running = (async () => {
    while (!isStopped) {
      await turn();
      await pause(betweenMs);
    }
  })();
  // The error reaches whoever waits for it.
  running.catch(() => undefined);
  const generation = () =>
    kubectl(['-n', namespace, 'get', definition, application, '-o', 'jsonpath={.metadata.generation}']);
  return {
    healed,
    async synced() {
      const wanted = Number(await generation());
      const isApplied = waitFor(
        'the sync',
        async () => applied,
        (seen) => seen === wanted,
        {deadlineMs: 60_000},
      );
      await Promise.race([isApplied, running]);
    },
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

const serverSide = ['--server-side', '--force-conflicts', '--field-manager=argocd-controller'];

/** Argo CD documentation, Resource Tracking: `APPLICATION:GROUP/KIND:NAMESPACE/NAME`. */
async function rendered(
  {metadata, spec}: Application,
  namespace: string,
  {helm, charts}: {readonly helm: string; readonly charts: Readonly<Record<string, string>>},
): Promise<string> {
  const chart = charts[String(at(spec, ['source', 'targetRevision']))];
  if (chart === undefined) throw new Error('the Application names a chart that is not there');
  const own = objectAt(spec, ['source', 'helm']);
  const values = own['valuesObject'] ?? (parse(String(own['values'])) as Values);
  const rendering = run(helm, ['template', metadata.name, chart, '-n', namespace, '--values', '-'], {
    maxBuffer: 16 * 1024 * 1024,
  });
  rendering.child.stdin?.end(JSON.stringify(values));
  const objects = parseAllDocuments((await rendering).stdout)
    .map((document) => document.toJS() as Values | null)
    .filter((one) => one !== null);
  const items = objects.map((one) => {
    const {apiVersion, kind} = one as {apiVersion: string; kind: string};
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
    const meta = objectAt(one, ['metadata']);
    const id = `${namespace}_${metadata.name}:${group}/${kind}:${namespace}/${String(meta['name'])}`;
    const annotations = {...objectAt(meta, ['annotations']), 'argocd.argoproj.io/tracking-id': id};
    return {...one, metadata: {...meta, annotations}};
  });
  return JSON.stringify({apiVersion: 'v1', kind: 'List', items});
}

/** Which objects applying would change: those that differ before it is tried and still differ after. */
async function driftOf(objects: string, namespace: string): Promise<readonly string[]> {
  const asked = async (args: readonly string[]) =>
    comparable(await kubectl(['-n', namespace, ...args, '-f', '-', '-o', 'json'], objects));
  const before = await asked(['get', '--ignore-not-found']);
  const applied = await asked(['apply', ...serverSide, '--dry-run=server']);
  const differs = (live: ReadonlyMap<string, string>) =>
    [...applied].filter(([name, one]) => live.get(name) !== one).map(([name]) => name);
  const found = differs(before);
  if (found.length === 0) return [];
  const after = differs(await asked(['get', '--ignore-not-found']));
  return found.filter((name) => after.includes(name));
}

/** Each object by its name, without what the cluster counts and says of it by itself. */
function comparable(list: string): ReadonlyMap<string, string> {
  const {items = []} = (list === '' ? {} : JSON.parse(list)) as {items?: readonly Values[]};
  return new Map(
    items.map((one) => {
      const own = withoutPaths(one, [
        ['status'],
        ...['managedFields', 'resourceVersion', 'generation'].map((key) => ['metadata', key]),
      ]);
      return [`${String(one['kind'])}/${String(at(one, ['metadata', 'name']))}`, canonical(own)];
    }),
  );
}
