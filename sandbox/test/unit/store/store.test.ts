import {appendFileSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, describe, expect, test} from 'vitest';
import {sameMeaning} from '../../../source/store/canonical.ts';
import {deleteObject, finishDeletions} from '../../../source/store/deletion.ts';
import {openJournal} from '../../../source/store/journal.ts';
import {kinds, type Kind} from '../../../source/store/kinds.ts';
import type {KubeObject, OwnerReference} from '../../../source/store/objects.ts';
import {Store} from '../../../source/store/store.ts';

const make = (store: Store, kind: Kind, name: string, rest: object = {}, metadata: object = {}): KubeObject =>
  store.create(kind, {
    apiVersion: 'v1',
    kind: kind.kind,
    metadata: {name, ...(kind.namespaced ? {namespace: 'ns'} : {}), ...metadata},
    ...rest,
  });
const ownedBy = ({kind, metadata}: KubeObject): {ownerReferences: OwnerReference[]} => ({
  ownerReferences: [{apiVersion: 'v1', kind, name: metadata.name, uid: metadata.uid ?? '', blockOwnerDeletion: true}],
});

describe('an update', () => {
  test('that says the same changes nothing: not the revision, not the generation', () => {
    const store = new Store();
    const before = make(store, kinds.statefulSet, 'x', {spec: {replicas: 1, template: {spec: {hostNetwork: false}}}});
    const after = store.update(kinds.statefulSet, {
      ...before,
      spec: {template: {spec: {hostIPC: false, initContainers: []}}, replicas: 1},
    });
    expect(after).toBe(before);
  });

  test('of the specification raises the generation, of the status it does not', () => {
    const store = new Store();
    const first = make(store, kinds.statefulSet, 'x', {spec: {replicas: 1}});
    const scaled = store.update(kinds.statefulSet, {...first, spec: {replicas: 2}});
    const seen = store.update(kinds.statefulSet, {...scaled, status: {replicas: 2}});
    expect([first, scaled, seen].map(({metadata}) => metadata.generation)).toEqual([1, 2, 2]);
  });

  test('of an older state is refused', () => {
    const store = new Store();
    const old = make(store, kinds.configMap, 'x', {data: {a: '1'}});
    store.update(kinds.configMap, {...old, data: {a: '2'}});
    expect(() => store.update(kinds.configMap, {...old, data: {a: '3'}})).toThrow(
      'Operation cannot be fulfilled on configmaps "x": the object has been modified',
    );
  });

  test('on trial keeps nothing', () => {
    const store = new Store();
    const kept = make(store, kinds.configMap, 'x', {data: {a: '1'}});
    expect(store.update(kinds.configMap, {...kept, data: {a: '2'}}, {dryRun: true})['data']).toEqual({a: '2'});
    expect(store.get(kinds.configMap, 'ns', 'x')).toBe(kept);
  });
});

test('an empty label is a label, an empty list in a specification is nothing', () => {
  const store = new Store();
  const kept = make(store, kinds.configMap, 'x');
  expect(
    store.update(kinds.configMap, {...kept, metadata: {...kept.metadata, labels: {a: ''}}}).metadata.labels,
  ).toEqual({a: ''});
  expect(sameMeaning({a: [], b: {c: null}}, {})).toBe(true);
  expect(sameMeaning({ingress: [{}]}, {ingress: []})).toBe(false);
});

describe('a deletion', () => {
  test('of a pod that runs waits for its kubelet, of one that runs nowhere does not', () => {
    const store = new Store();
    make(store, kinds.pod, 'runs', {spec: {nodeName: 'node0', terminationGracePeriodSeconds: 9}});
    make(store, kinds.pod, 'waits', {spec: {}});
    const {object, gone} = deleteObject(store, kinds.pod, 'ns', 'runs');
    expect(gone).toBe(false);
    expect(object.metadata).toMatchObject({deletionGracePeriodSeconds: 9, deletionTimestamp: expect.any(String)});
    expect(
      deleteObject(store, kinds.pod, 'ns', 'runs', {gracePeriodSeconds: 60}).object.metadata.deletionGracePeriodSeconds,
    ).toBe(9);
    expect(deleteObject(store, kinds.pod, 'ns', 'runs', {gracePeriodSeconds: 0}).gone).toBe(true);
    expect(deleteObject(store, kinds.pod, 'ns', 'waits').gone).toBe(true);
  });

  test('with a finalizer ends when an update takes the last one away', () => {
    const store = new Store();
    make(store, kinds.claim, 'data', {}, {finalizers: ['kubernetes.io/pvc-protection']});
    const {object} = deleteObject(store, kinds.claim, 'ns', 'data');
    expect(object.metadata.deletionTimestamp).toBeDefined();
    store.update(kinds.claim, {...object, metadata: {...object.metadata, finalizers: []}});
    expect(store.get(kinds.claim, 'ns', 'data')).toBeNull();
  });

  test('with orphans leaves them without their owner', () => {
    const store = new Store();
    const owner = make(store, kinds.statefulSet, 'owner', {spec: {}});
    make(store, kinds.pod, 'kept', {spec: {}}, ownedBy(owner));
    deleteObject(store, kinds.statefulSet, 'ns', 'owner', {propagationPolicy: 'Orphan'});
    expect(store.get(kinds.statefulSet, 'ns', 'owner')).toBeNull();
    expect(store.get(kinds.pod, 'ns', 'kept')?.metadata.ownerReferences).toBeUndefined();
  });

  test('in the foreground ends after the dependents', () => {
    const store = new Store();
    const end = finishDeletions(store);
    const owner = make(store, kinds.statefulSet, 'owner', {spec: {}});
    make(store, kinds.pod, 'one', {spec: {nodeName: 'node0'}}, ownedBy(owner));
    expect(deleteObject(store, kinds.statefulSet, 'ns', 'owner', {propagationPolicy: 'Foreground'}).gone).toBe(false);
    expect(store.get(kinds.statefulSet, 'ns', 'owner')?.metadata.finalizers).toEqual(['foregroundDeletion']);
    expect(store.get(kinds.pod, 'ns', 'one')?.metadata.deletionTimestamp).toBeDefined();
    store.remove(kinds.pod, 'ns', 'one');
    expect(store.get(kinds.statefulSet, 'ns', 'owner')).toBeNull();
    end();
  });

  test('of another object than was meant is refused', () => {
    const store = new Store();
    make(store, kinds.configMap, 'x');
    expect(() => deleteObject(store, kinds.configMap, 'ns', 'x', {preconditions: {uid: 'other'}})).toThrow(
      'the UID in the precondition (other) does not match the UID in record',
    );
  });

  test('of a namespace ends when it is empty', async () => {
    const store = new Store();
    const end = finishDeletions(store);
    make(store, kinds.namespace, 'ns', {spec: {finalizers: ['kubernetes']}});
    make(store, kinds.configMap, 'x');
    make(store, kinds.pod, 'runs', {spec: {nodeName: 'node0'}});
    expect(deleteObject(store, kinds.namespace, null, 'ns').object['status']).toEqual({phase: 'Terminating'});
    await new Promise(setImmediate);
    expect(store.get(kinds.configMap, 'ns', 'x')).toBeNull();
    expect(store.get(kinds.namespace, null, 'ns')).not.toBeNull();
    store.remove(kinds.pod, 'ns', 'runs');
    expect(store.get(kinds.namespace, null, 'ns')).toBeNull();
    end();
  });
});

describe('a journal', () => {
  const folders: string[] = [];
  const folder = () => {
    folders.push(mkdtempSync(join(tmpdir(), 'pghi-journal-')));
    return folders.at(-1) ?? '';
  };
  afterEach(() => {
    for (const one of folders.splice(0)) rmSync(one, {recursive: true, force: true});
  });
  const all = (store: Store) => [...store.everything()].map(({object}) => object);

  test('gives back what was there, and its revision, without having been closed', () => {
    const place = folder();
    const store = new Store();
    openJournal(place, store);
    const kept = make(store, kinds.configMap, 'x', {data: {a: '1'}});
    store.update(kinds.configMap, {...kept, data: {a: 'ä\n'}});
    make(store, kinds.secret, 'gone');
    store.remove(kinds.secret, 'ns', 'gone');

    const again = new Store();
    openJournal(place, again);
    expect(all(again)).toEqual(all(store));
    expect(again.revision).toBe(store.revision);
    expect(again.changesSince(store.revision - 1)).toBeNull();
    expect(again.changesSince(again.revision)).toEqual([]);
  });

  test('ignores a last line that a kill has torn', () => {
    const place = folder();
    const store = new Store();
    openJournal(place, store).close();
    const kept = new Store();
    openJournal(place, kept);
    make(kept, kinds.configMap, 'x');
    appendFileSync(join(place, 'journal.ndjson'), '{"put":{"apiVersion":"v1","ki');
    const again = new Store();
    openJournal(place, again);
    expect(all(again).map(({metadata}) => metadata.name)).toEqual(['x']);
    make(again, kinds.configMap, 'y');
    const third = new Store();
    openJournal(place, third);
    expect(all(third).map(({metadata}) => metadata.name)).toEqual(['x', 'y']);
  });

  test('is written again when it has grown', () => {
    const place = folder();
    const store = new Store();
    openJournal(place, store);
    const large = 'x'.repeat(1024 * 1024);
    for (let round = 0; round < 24; round++) {
      const there = store.get(kinds.configMap, 'ns', 'x');
      const data = {data: {large, round: String(round)}};
      if (there) store.update(kinds.configMap, {...there, ...data});
      else make(store, kinds.configMap, 'x', data);
    }
    expect(readFileSync(join(place, 'journal.ndjson')).length).toBeLessThan(20 * 1024 * 1024);
    const again = new Store();
    openJournal(place, again);
    expect(all(again)).toEqual(all(store));
  });
});

test('a release Secret of 124 kB fills the log of changes by its size', () => {
  const store = new Store();
  for (let number = 0; number < 100; number++)
    make(store, kinds.secret, `s${number}`, {data: {release: 'x'.repeat(124 * 1024)}});
  expect(store.changesSince(1)).toBeNull();
  expect(store.changesSince(store.revision - 10)?.length).toBe(10);
});
