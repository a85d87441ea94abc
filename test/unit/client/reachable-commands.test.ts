import {expect, test} from 'vitest';
import {reachablePlan, reachableResult, reachableSentence, reachOf} from '../../../source/client/reachable-commands.ts';

const through = ({context = null, ...options}: {context?: string | null; [option: string]: unknown}, command: string) =>
  reachOf({options}, context)?.(command) ?? command;

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

test('with --context each program is told, where the command does not say it', () => {
  const options = {context: 'prod-eu'};
  expect(through(options, 'pg-helm-install status orders -n team-a')).toBe(
    'pg-helm-install status orders -n team-a --context prod-eu',
  );
  expect(through(options, 'pg-helm-install status orders -n team-a --context lab')).toBe(
    'pg-helm-install status orders -n team-a --context lab',
  );
  expect(through(options, 'kubectl -n team-a get pods')).toBe('kubectl --context prod-eu -n team-a get pods');
  expect(through(options, 'helm history orders')).toBe('helm --kube-context prod-eu history orders');
  expect(through({...options, kubeconfig: '/k'}, 'kubectl get pods')).toBe(
    'kubectl --context prod-eu --kubeconfig /k get pods',
  );
});

test('a command in the middle of a sentence', () => {
  const told = (options: Record<string, unknown>, sentence: string) => {
    const reach = reachOf({options});
    return reach ? reachableSentence(sentence, reach) : sentence;
  };
  const move = 'pg-helm-install switchover orders -n team-a';
  const sentence = `Before that, ${move} --context lab --away-from-node n1 moves its role, or ${move} --to x does.`;
  expect(told({sandbox: true, kubeconfig: '/state/k'}, sentence)).toBe(
    `Before that, ${move} --sandbox --away-from-node n1 moves its role, or ${move} --sandbox --to x does.`,
  );
  expect(told({kubeconfig: '/k'}, sentence)).toBe(
    `Before that, ${move} --context lab --kubeconfig /k --away-from-node n1 moves its role, or ` +
      `${move} --kubeconfig /k --to x does.`,
  );
  expect(told({}, sentence)).toBe(sentence);
  // The beginning is enough for kubectl; what is no command of it stays.
  const about = 'What kubectl applied, kubectl --context lab delete pv pv-1 takes away; kubectl delete pvc x too.';
  expect(told({kubeconfig: '/k'}, about)).toBe(
    'What kubectl applied, kubectl --kubeconfig /k --context lab delete pv pv-1 takes away; kubectl --kubeconfig /k ' +
      'delete pvc x too.',
  );
  expect(told({sandbox: true, kubeconfig: '/k'}, 'kubectl --context sandbox delete pv pv-1 removes it.')).toBe(
    'kubectl --kubeconfig /k delete pv pv-1 removes it.',
  );
  // What says already where it leads stays as it is.
  const whole = `Run ${move} --sandbox.`;
  expect(told({sandbox: true, kubeconfig: '/state/k'}, whole)).toBe(whole);
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

test('the commands of the ledger reach the cluster, those that remove what stays and those that look into it', () => {
  const reach = reachOf({options: {kubeconfig: '/k'}}) ?? String;
  const kept = {name: 'pv-1', fate: 'kept', bytes: null} as const;
  const ledger = [
    {...kept, kind: 'PersistentVolume', remove: 'kubectl delete pv pv-1'},
    {...kept, kind: 'PersistentVolumeClaim', look: 'kubectl get pvc pv-1'},
    {...kept, kind: 'Secret'},
  ] as const;
  const result = {ledger, warnings: [], notes: []} as unknown as Parameters<typeof reachableResult>[0];
  expect(reachableResult(result, reach).ledger).toEqual([
    {...ledger[0], remove: 'kubectl --kubeconfig /k delete pv pv-1'},
    {...ledger[1], look: 'kubectl --kubeconfig /k get pvc pv-1'},
    ledger[2],
  ]);
});

test('the commands of a plan reach the cluster, those of its steps and those in its sentences', () => {
  const reach = reachOf({options: {kubeconfig: '/k'}}) ?? String;
  const plan = {
    consequences: [{code: 'DATA_KEPT', object: 'x', sentence: 'kubectl --context lab delete pv pv-1 removes it.'}],
    steps: [
      {name: 'more readers', command: 'kubectl --context lab scale statefulset x --replicas=2'},
      {name: 'release', command: 'helm upgrade x --kube-context lab'},
      {name: 'writer', command: null},
    ],
  } as unknown as Parameters<typeof reachablePlan>[0];
  expect(reachablePlan(plan, reach)).toMatchObject({
    consequences: [{sentence: 'kubectl --kubeconfig /k --context lab delete pv pv-1 removes it.'}],
    steps: [
      {command: 'kubectl --kubeconfig /k --context lab scale statefulset x --replicas=2'},
      {command: 'helm --kubeconfig /k upgrade x --kube-context lab'},
      {command: null},
    ],
  });
});
