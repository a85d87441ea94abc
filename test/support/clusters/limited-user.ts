// Kubeconfigs of service accounts, who may do no more than what they are given in one namespace.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {kubectl, type TestNamespace} from './namespace.ts';

/**
 * Somebody who may edit the namespace and no more: they may not resize pods, nor list nodes and storage classes.
 * @returns the path of the kubeconfig
 */
export async function limitedUser(namespace: TestNamespace): Promise<string> {
  const {kubeconfig} = await userIn(namespace, 'editor', 'clusterrole=edit');
  return kubeconfig;
}

/** @param role `role=NAME` or `clusterrole=NAME`, bound in the namespace */
export async function userIn(
  namespace: TestNamespace,
  name: string,
  role: string,
): Promise<{readonly kubeconfig: string; readonly account: string}> {
  const account = `${namespace.name}:${name}`;
  await namespace.kubectl(['create', 'serviceaccount', name]);
  await namespace.kubectl(['create', 'rolebinding', name, `--${role}`, `--serviceaccount=${account}`]);
  const token = (await namespace.kubectl(['create', 'token', name])).trim();
  const view = JSON.parse(await kubectl(['config', 'view', '--raw', '--minify', '-o', 'json'])) as {
    users: {name: string; user: object}[];
  };
  const file = join(mkdtempSync(join(tmpdir(), `pghi-${name}-`)), 'kubeconfig');
  writeFileSync(file, JSON.stringify({...view, users: view.users.map((one) => ({name: one.name, user: {token}}))}), {
    mode: 0o600,
  });
  return {kubeconfig: file, account};
}
