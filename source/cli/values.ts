// values: what helm was given. The passwords are not in it; they live in a Secret.
import type {Run} from './command.ts';
import {mustExist, openSession} from './session.ts';

export const runValues: Run = async (invocation) => {
  const session = await openSession(invocation);
  const {release, target} = mustExist(await session.ports.look());
  const {stringify} = await import('yaml');
  const values = release.values ?? {};
  invocation.reporter.answer(
    {operation: 'values', release: target.release, namespace: target.namespace, context: target.context, values},
    () => [stringify(values, {lineWidth: 0}).trimEnd()],
  );
  return 0;
};
