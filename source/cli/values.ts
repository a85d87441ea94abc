// values: what helm was given. The passwords are not in it; they live in a Secret.
import type {Run} from './command.ts';
import {requireRelease, openSession} from './session.ts';

export const runValues: Run = async (invocation) => {
  const session = await openSession(invocation);
  const {release, target} = requireRelease(await session.ports.look());
  const {writeHelmYaml} = await import('../chart/helm-yaml.ts');
  const values = release.values ?? {};
  invocation.reporter.answer(
    {operation: 'values', release: target.release, namespace: target.namespace, context: target.context, values},
    () => [writeHelmYaml(values).trimEnd()],
  );
  return 0;
};
