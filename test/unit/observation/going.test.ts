// What is being deleted under a pod that runs is a cause; what is being replaced on purpose is none.
import {expect, test} from 'vitest';
import {findCauses} from '../../../source/observation/causes/index.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {stateOf} from '../../../source/observation/state.ts';
import {recorded} from './recorded.ts';

const writer = 'orders-postgresql-primary-0';
const reader = 'orders-postgresql-read-1';
const healthy = recorded('healthy');
const secondsAgo = (seconds: number) => new Date(healthy.takenAt - seconds * 1000).toISOString();
const volume = (policy: 'Retain' | 'Delete', deletionTimestamp?: string) => ({
  metadata: {name: 'pv-1', ...(deletionTimestamp ? {deletionTimestamp} : {})},
  spec: {persistentVolumeReclaimPolicy: policy},
});

function claimGoing(pod: string, since: string, base: Snapshot = healthy): Snapshot {
  const claims = base.claims.map((claim) =>
    claim.metadata.name === `data-${pod}` ? {...claim, metadata: {...claim.metadata, deletionTimestamp: since}} : claim,
  );
  return {...base, claims};
}
const mapPod = (snapshot: Snapshot, name: string, deletionTimestamp: string): Snapshot => ({
  ...snapshot,
  pods: snapshot.pods.map((pod) =>
    pod.metadata.name === name ? {...pod, metadata: {...pod.metadata, deletionTimestamp}} : pod,
  ),
});
const firstOf = (snapshot: Snapshot) => findCauses(snapshot)[0];
const commandsOf = (snapshot: Snapshot) =>
  (firstOf(snapshot)?.cause.remedies ?? []).flatMap(({command}) => command ?? []);

test('the claim of the writer, at once', () => {
  const seen = claimGoing(writer, secondsAgo(0));
  expect(firstOf(seen)).toMatchObject({
    certain: true,
    cause: {code: 'VOLUME_GOING', object: {kind: 'PersistentVolumeClaim', name: `data-${writer}`}},
  });
  expect(stateOf(seen)).toBe('degraded');
  const name = healthy.claims.find(({metadata}) => metadata.name === `data-${writer}`)?.spec.volumeName;
  const [keep, dump, anew] = commandsOf(seen);
  expect(keep).toContain(`patch pv ${name} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`);
  expect(dump).toContain(`exec ${writer}`);
  // Pasted alone, it keeps the volume first.
  expect(anew?.indexOf('Retain')).toBeLessThan(anew?.indexOf('--replicas=0') ?? 0);
  expect(anew).toContain('--replicas=1');
});

test('of several the writer’s comes first', () => {
  const both = claimGoing(reader, secondsAgo(60), claimGoing(writer, secondsAgo(10)));
  expect(firstOf(both)?.cause.object?.name).toBe(`data-${writer}`);
});

test('the claim of a reader whose pod stays; not of one that is being copied anew', () => {
  expect(firstOf(claimGoing(reader, secondsAgo(6)))?.cause.code).toBe('VOLUME_GOING');
  expect(firstOf(claimGoing(reader, secondsAgo(1)))).toBeUndefined();
  // By the cluster's clock, whatever ours says.
  const behind = {...claimGoing(reader, secondsAgo(-3600 + 6)), clusterAheadMs: 3_600_000};
  expect(firstOf(behind)?.cause.code).toBe('VOLUME_GOING');
  expect(findCauses(mapPod(claimGoing(reader, secondsAgo(60)), reader, secondsAgo(1)))).toEqual([]);
});

test('of a reader its pod may go only where the writer is known', () => {
  const seen = claimGoing(reader, secondsAgo(6));
  expect(commandsOf(seen).join()).not.toContain('delete pod');
  const known: Snapshot = {
    ...seen,
    secret: seen.secret && {...seen.secret, systemIdentifier: '1'},
    database: seen.database.map((fact) =>
      fact.kind === 'endpoint' && fact.result.answered
        ? {...fact, result: {...fact.result, systemIdentifier: '1'}}
        : fact,
    ),
  };
  expect(commandsOf(known).at(-1)).toContain(`delete pod ${reader}`);
});

test('the volume, where it may be read; one that is kept is said to be', () => {
  const seen: Snapshot = {...healthy, volumes: {[`data-${writer}`]: volume('Delete', secondsAgo(1))}};
  expect(firstOf(seen)?.cause).toMatchObject({
    ...{code: 'VOLUME_GOING', object: {kind: 'PersistentVolume', name: 'pv-1', namespace: null}},
  });
  expect(findCauses({...healthy, volumes: {[`data-${writer}`]: volume('Delete')}})).toEqual([]);
  const kept = claimGoing(writer, secondsAgo(1), {...healthy, volumes: {[`data-${writer}`]: volume('Retain')}});
  expect(firstOf(kept)?.cause.message).toContain('a new claim gets a new, empty volume');
  expect(commandsOf(kept)[0]).toContain('pg_dumpall');
});

test('the namespace, with all of it', () => {
  const seen: Snapshot = {...healthy, namespace: {metadata: {name: 'team-a'}, phase: 'Terminating'}};
  expect(firstOf(seen)?.cause).toMatchObject({code: 'VOLUME_GOING', object: {kind: 'Namespace', name: 'team-a'}});
  expect(commandsOf(seen)[0]?.match(/Retain/g)).toHaveLength(3);
});

test('a claim of a reader that is not wanted is nobody’s loss', () => {
  const statefulSets = healthy.statefulSets.map((set) =>
    set.metadata.name.endsWith('-read') ? {...set, spec: {...set.spec, replicas: 1}} : set,
  );
  expect(findCauses({...claimGoing(reader, secondsAgo(60)), statefulSets})).toEqual([]);
});
