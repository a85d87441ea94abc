// values: what helm was given. The passwords are not in it; they live in a Secret.
import {valuesOf} from '../client/questions/values.ts';
import type {Run} from './command.ts';
import {openSession} from './session.ts';

export const runValues: Run = async (invocation) => {
  const session = await openSession(invocation);
  const values = await valuesOf(session);
  const {release, namespace, context} = session.target;
  const {writeHelmYaml} = await import('../chart/helm-yaml.ts');
  invocation.reporter.answer({operation: 'values', release, namespace, context, values}, () => [
    writeHelmYaml(values).trimEnd(),
  ]);
  return 0;
};
