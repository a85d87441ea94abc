// sandbox up --with legacy: makes a release with plain helm, as most existing ones were made, to try adopt on.
import {builtInChart, type SandboxFiles} from '@pg-helm-install/sandbox';
import {helmOnce} from '../client/helm-once.ts';
import {adoptAsIs} from '../commands/operation.ts';
import {render} from '../commands/command-line.ts';
import {cause, UserError} from '../core/cause.ts';
import {run} from '../helm/run.ts';
import type {Invocation} from './command.ts';

const release = 'legacy';
const namespace = 'legacy';

/** A standalone with the chart's own Secret, on images that are frozen. */
const values = {
  global: {security: {allowInsecureImages: true}},
  image: {registry: 'docker.io', repository: 'bitnamilegacy/postgresql', tag: '17.6.0-debian-12-r0'},
  auth: {username: 'app', database: 'shop'},
  primary: {
    persistence: {size: '1Gi'},
    resources: {requests: {cpu: '100m', memory: '256Mi'}, limits: {memory: '256Mi'}},
  },
};

/**
 * Makes the release. One that is already there, adopted or not, stays as it is.
 * @throws UserError HELM_MISSING, and CHART_REJECTED with helm's words
 */
export async function makeLegacy(
  {environment, signal, obtainHelm}: Invocation,
  {kubeconfig, discovery}: SandboxFiles,
): Promise<'made' | 'there'> {
  const {path} = await helmOnce({environment, signal, ...(obtainHelm ? {obtainHelm} : {})}).program();
  const helm = (args: readonly string[], input?: string) =>
    run({
      ...{path, input, signal, environment: {...environment, KUBECACHEDIR: discovery}},
      args: [...args, '--kubeconfig', kubeconfig, '--namespace', namespace],
    });
  if ((await helm(['status', release])).exitCode === 0) return 'there';
  const {exitCode, stderr} = await helm(
    ['install', release, builtInChart(), '--create-namespace', '--values', '-'],
    JSON.stringify(values),
  );
  if (exitCode === 0) return 'made';
  throw new UserError(
    cause('CHART_REJECTED', `helm did not make the release ${release} in the sandbox.`, {
      object: {kind: 'Release', namespace, name: release},
      evidence: [stderr.trim().split('\n').at(-1) ?? ''],
      remedies: [{title: 'Begin with a sandbox of its own', command: 'pg-helm-install sandbox down --delete'}],
    }),
  );
}

export function legacyLines(made: 'made' | 'there'): readonly string[] {
  const where = {release, namespace, context: null};
  const adopt = render(adoptAsIs(where));
  const place = `${release} in ${namespace}`;
  return [
    made === 'made'
      ? `${place} was made by plain helm. Take it over:`
      : `${place} was there already, and stays as it is. Where it is not adopted yet:`,
    `  ${adopt} --sandbox`,
  ];
}
