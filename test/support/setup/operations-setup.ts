// One sandbox for all of the operations' tests. Only they get its kubeconfig, because the environment is that of all
// projects.
import type {TestProject} from 'vitest/node';
import build from './program-setup.ts';
import {startSandbox} from '../clusters/sandbox.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly sandboxKubeconfig: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  build();
  const sandbox = await startSandbox();
  project.provide('sandboxKubeconfig', sandbox.kubeconfig);
  return sandbox.stop;
}
