// A kubeconfig of somebody who may edit one namespace and no more: they may not resize pods, nor list nodes and storage
// classes.
import {mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {kubectl, type TestNamespace} from './namespace.ts';

/** @returns the path of the kubeconfig */
export async function limitedUser(namespace: TestNamespace): Promise<string> {
  await namespace.kubectl(['create', 'serviceaccount', 'editor']);
  await namespace.kubectl([
    'create',
    'rolebinding',
    'editor',
    '--clusterrole=edit',
    `--serviceaccount=${namespace.name}:editor`,
  ]);
  const token = (await namespace.kubectl(['create', 'token', 'editor'])).trim();
  const view = JSON.parse(await kubectl(['config', 'view', '--raw', '--minify', '-o', 'json'])) as {
    users: {name: string; user: object}[];
  };
  const file = join(mkdtempSync(join(tmpdir(), 'pghi-editor-')), 'kubeconfig');
  writeFileSync(file, JSON.stringify({...view, users: view.users.map(({name}) => ({name, user: {token}}))}), {
    mode: 0o600,
  });
  return file;
}
