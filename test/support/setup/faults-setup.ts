// Kills and soaking run on the cluster of KUBECONFIG, else on a sandbox of their own.
import type {TestProject} from 'vitest/node';
import build from './program-setup.ts';
import onSandbox from './operations-setup.ts';

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (!process.env['KUBECONFIG']) return onSandbox(project);
  build();
  return undefined;
}
