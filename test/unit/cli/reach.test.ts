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

test('wherever a command stands in a line, and nowhere in what is quoted', () => {
  const options = {kubeconfig: '/k'};
  const kubectl = 'kubectl --kubeconfig /k';
  expect(through(options, 'kubectl patch pv a; kubectl patch pv b')).toBe(
    `${kubectl} patch pv a; ${kubectl} patch pv b`,
  );
  expect(through(options, 'kubectl get secret x | grep -v uid > x.yaml')).toBe(
    `${kubectl} get secret x | grep -v uid > x.yaml`,
  );
  expect(through(options, "{ kubectl get secret x; cat y; } | kubectl exec -i z -- sh -c 'kubectl; psql'")).toBe(
    `{ ${kubectl} get secret x; cat y; } | ${kubectl} exec -i z -- sh -c 'kubectl; psql'`,
  );
  // Such a context is quoted as a shell wants it, and ends no command.
  expect(through(options, "kubectl --context 'it'\\''s; mine' get pv")).toBe(
    `${kubectl} --context 'it'\\''s; mine' get pv`,
  );
  expect(through(options, 'P=$(kubectl get secret x) psql')).toBe(`P=$(${kubectl} get secret x) psql`);
});
