import {expect, test} from 'vitest';
import {kubectl, kubectlHere} from '../../../source/commands/kubectl.ts';

const prod = {context: 'prod eu', namespace: 'team-a'};

test('a command names the context that it is about, and what a shell would read differently is quoted', () => {
  expect(kubectl(prod, 'delete', 'pv', 'pv-1')).toBe("kubectl --context 'prod eu' delete pv pv-1");
  expect(kubectl(prod, 'get', 'pod', 'x; reboot')).toBe("kubectl --context 'prod eu' get pod 'x; reboot'");
});

test.each([null, '', 'inClusterContext'])('a context that no kubeconfig knows is not named: %j', (context) => {
  expect(kubectl({context}, 'get', 'pv')).toBe('kubectl get pv');
});

test('the namespace comes before what another program is given', () => {
  expect(kubectlHere(prod, 'get', 'pods')).toBe("kubectl --context 'prod eu' get pods -n team-a");
  expect(kubectlHere(prod, 'exec', 'x', '--', 'sh', '-c', 'ls -n')).toBe(
    "kubectl --context 'prod eu' exec x -n team-a -- sh -c 'ls -n'",
  );
});
