// A change of a release in memory, as the operations' unit tests ask for it.
import type {Parameters} from '../../../source/parameters/parameters.ts';
import {change, type ChangeRequest} from '../../../source/operations/change/change.ts';
import type {Result} from '../../../source/plan/progress.ts';
import type {FakeReleasePorts} from './fake-release.ts';
import {parametersWith} from './survey.ts';

/** A change of FakeRelease's default release. */
export function changeRequest(
  kind: ChangeRequest['kind'],
  changes: Partial<Parameters>,
  rest: Partial<ChangeRequest> = {},
): ChangeRequest {
  return {
    operation: kind,
    kind,
    parameters: {...parametersWith(), ...changes},
    chart: {
      path: 'charts/postgresql',
      source: 'oci://registry.example/postgresql',
      version: '16.7.26',
      appVersion: '17.6.0',
    },
    deleteVolumes: false,
    dryRun: false,
    before: null,
    timeoutMs: 60_000,
    command: '',
    confirm: async () => true,
    ...rest,
  };
}

export async function finish(run: FakeReleasePorts, asked: ChangeRequest): Promise<Result> {
  const all = change(asked, run.ports, new AbortController().signal);
  for (;;) {
    const next = await all.next();
    if (next.done) return next.value;
  }
}
