// Makes a release with plain helm, as most existing ones were made, to try adopt on.
import {builtInChart, type SandboxFiles} from '@pg-helm-install/sandbox';
import {ownCommand} from '../commands/command-line.ts';
import {cause, UserError} from '../core/cause.ts';
import {run} from '../helm/run.ts';
import {helmOnce} from './helm-once.ts';
import type {Settings} from './settings.ts';

export const legacyRelease = {release: 'legacy', namespace: 'legacy'};

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
  {environment, signal, obtainHelm}: Omit<Settings, 'options'>,
  {kubeconfig, discovery}: SandboxFiles,
): Promise<'made' | 'there'> {
  const {release, namespace} = legacyRelease;
  const {path} = await helmOnce({environment, signal, ...(obtainHelm ? {obtainHelm} : {})}).program();
  const helm = (args: readonly string[], input?: string) =>
    run({
      path,
      input,
      signal,
      environment: {...environment, KUBECACHEDIR: discovery},
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
      remedies: [{title: 'Begin with a sandbox of its own', command: ownCommand('sandbox', 'down', '--delete')}],
    }),
  );
}
