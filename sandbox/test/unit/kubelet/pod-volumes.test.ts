// The files that a pod has of a Secret, while the Secret changes.
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Machine} from '../../../source/kubelet/machine.ts';
import {PodBase} from '../../../source/kubelet/pod-base.ts';
import {kinds} from '../../../source/store/kinds.ts';
import {Store} from '../../../source/store/store.ts';

let folder: string;
let store: Store;
let base: PodBase;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pod-volumes-'));
  store = new Store();
  const pod = store.create(kinds.pod, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'x', namespace: 'ns'},
    spec: {containers: [], volumes: [{name: 'passwords', secret: {secretName: 'auth'}}]},
  });
  // A slow disk: whatever else is at work gets its turn in the middle of a file.
  const runsAs = {ids: {}, own: () => pause(2)};
  base = new PodBase(pod, {folder, store, runsAs, socketFolder: async () => folder} as unknown as Machine);
});
afterEach(() => rmSync(folder, {recursive: true}));

const encoded = (data: Record<string, string>) => ({
  data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')])),
});
const putSecret = (data: Record<string, string>) =>
  store.create(kinds.secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {name: 'auth', namespace: 'ns'},
    ...encoded(data),
  });
const written = () => join(base.folder, 'volumes', 'passwords');
const files = () =>
  Object.fromEntries(readdirSync(written()).map((name) => [name, readFileSync(join(written(), name), 'utf8')]));

test('each file has its own text although refreshes come at once, and the newest text at the end', async () => {
  const secret = putSecret({admin: 'a1', user: 'u1', replication: 'r1'});
  await Promise.all([base.mount(), base.refresh()]);
  expect(files()).toEqual({admin: 'a1', user: 'u1', replication: 'r1'});
  const early = [base.refresh(), base.refresh()];
  store.update(kinds.secret, {...secret, ...encoded({admin: 'a2', user: 'u2'})});
  await Promise.all([...early, base.refresh()]);
  expect(files()).toEqual({admin: 'a2', user: 'u2'});
});

test('what a killed sandbox left half-written goes', async () => {
  putSecret({admin: 'a1', user: 'u1'});
  mkdirSync(written(), {recursive: true});
  for (const name of ['..new', '.4711.new']) writeFileSync(join(written(), name), 'u0');
  await base.mount();
  expect(files()).toEqual({admin: 'a1', user: 'u1'});
});

test('a volume that is not there yet keeps no refresh from its turn', async () => {
  await expect(base.mount()).rejects.toThrow('secret "auth" not found');
  putSecret({admin: 'a1'});
  await base.refresh();
  expect(files()).toEqual({admin: 'a1'});
});
