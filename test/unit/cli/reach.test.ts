import {expect, test} from 'vitest';
import {reachOf} from '../../../source/client/reach.ts';

const through = (options: Record<string, unknown>, command: string) => reachOf({options})?.(command) ?? command;

test('without --kubeconfig and --sandbox a command stays as it is', () => {
  expect(through({}, 'pg-helm-install status orders -n team-a --context lab')).toBe(
    'pg-helm-install status orders -n team-a --context lab',
  );
});

test('with --kubeconfig each program is told', () => {
  const options = {kubeconfig: '/home/ann/lab conf'};
  expect(through(options, 'pg-helm-install status orders --context lab')).toBe(
    "pg-helm-install status orders --context lab --kubeconfig '/home/ann/lab conf'",
  );
  expect(through(options, 'kubectl -n team-a delete pvc x && kubectl -n team-a delete pod y')).toBe(
    "kubectl --kubeconfig '/home/ann/lab conf' -n team-a delete pvc x && kubectl --kubeconfig '/home/ann/lab " +
      "conf' -n team-a delete pod y",
  );
});

test('with --sandbox our own commands say so; the others get its kubeconfig', () => {
  const options = {sandbox: true, kubeconfig: '/state/kubeconfig'};
  expect(through(options, 'pg-helm-install recover orders -n team-a --context sandbox')).toBe(
    'pg-helm-install recover orders -n team-a --sandbox',
  );
  expect(through(options, 'kubectl -n team-a --context sandbox describe nodes')).toBe(
    'kubectl --kubeconfig /state/kubeconfig -n team-a describe nodes',
  );
  expect(through(options, 'helm uninstall orders -n team-a --kube-context sandbox')).toBe(
    'helm --kubeconfig /state/kubeconfig uninstall orders -n team-a',
  );
  expect(through(options, 'pg-helm-install sandbox up')).toBe('pg-helm-install sandbox up');
  expect(through(options, 'brew install helm')).toBe('brew install helm');
});
