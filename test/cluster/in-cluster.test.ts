// The program in a pod of the cluster, with nothing but its service account: it needs no kubeconfig.
import {mkdtempSync, readFileSync, realpathSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';
import {makeNamespace} from '../support/clusters/namespace.ts';
import {notInSandbox} from '../support/setup/on-sandbox.ts';
import {program, root} from '../support/paths.ts';
import {waitFor} from '../support/wait-for.ts';

const node = realpathSync(process.execPath);
const image = 'docker.io/library/postgres:17.12-bookworm';

test('a pod lists what its service account may see', async (context) => {
  notInSandbox(context, 'its pods are processes, and have no service account');
  const namespace = await makeNamespace('in-cluster');
  context.onTestFinished(() => namespace.remove());
  await namespace.kubectl(['create', 'serviceaccount', 'operator']);
  const grant = ['create', 'rolebinding', 'operator', '--clusterrole=edit'];
  await namespace.kubectl([...grant, `--serviceaccount=${namespace.name}:operator`]);
  const out = mkdtempSync(join(tmpdir(), 'pghi-in-cluster-'));
  const folders = [root, dirname(node), out];
  const script = `"${node}" "${program}" list --output json > "${out}/answer"`;
  await namespace.kubectl(
    ['create', '-f', '-'],
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {name: 'operator'},
      spec: {
        serviceAccountName: 'operator',
        restartPolicy: 'Never',
        containers: [
          {
            name: 'operator',
            image,
            command: ['sh', '-c', script],
            env: [{name: 'HOME', value: '/tmp'}],
            volumeMounts: folders.map((path, index) => ({name: `folder-${index}`, mountPath: path})),
          },
        ],
        volumes: folders.map((path, index) => ({name: `folder-${index}`, hostPath: {path, type: 'Directory'}})),
      },
    }),
  );
  const state = () => namespace.kubectl(['get', 'pod,events', '-o', 'jsonpath={.items[*].status.phase} {..reason}']);
  const seen = await waitFor('the end of the pod', state, (text) => /Succeeded|Failed|FailedMount/.test(text));
  // The nodes of most clusters are other machines, which do not have this checkout.
  if (seen.includes('FailedMount')) return context.skip('the nodes are not this machine');
  expect(JSON.parse(readFileSync(join(out, 'answer'), 'utf8'))).toEqual({
    schema: 'pg-helm-install/v1',
    releases: [],
    onlyNamespace: namespace.name,
  });
});
