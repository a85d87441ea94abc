// What is being deleted under a pod that runs is a cause; what is being replaced on purpose is none.
import {describe, expect, test} from 'vitest';
import {claimOfPod} from '../../../source/chart/names.ts';
import {findCauses} from '../../../source/observation/causes/index.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {stateOf} from '../../../source/observation/state.ts';
import {givenClaim, madeClaim, withGivenClaim} from '../../support/clusters/given-claim.ts';
import {recorded} from './recorded.ts';

const writer = 'orders-postgresql-primary-0';
const reader = 'orders-postgresql-read-1';
describe.each([
  ['claims that its StatefulSets make', recorded('healthy'), madeClaim],
  ['a claim that was given', withGivenClaim(recorded('healthy')), givenClaim],
])('of a release with %s', (_name, healthy, claim) => {
  const secondsAgo = (seconds: number) => new Date(healthy.takenAt - seconds * 1000).toISOString();
  const volume = (policy: 'Retain' | 'Delete', deletionTimestamp?: string) => ({
    metadata: {name: 'pv-1', ...(deletionTimestamp ? {deletionTimestamp} : {})},
    spec: {persistentVolumeReclaimPolicy: policy},
  });

  function claimBeingDeleted(pod: string, since: string, base: Snapshot = healthy): Snapshot {
    const claims = base.claims.map((one) =>
      one.metadata.name === claimOfPod(base.target, pod)
        ? {...one, metadata: {...one.metadata, deletionTimestamp: since}}
        : one,
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
    const seen = claimBeingDeleted(writer, secondsAgo(0));
    expect(firstOf(seen)).toMatchObject({
      certain: true,
      cause: {code: 'VOLUME_GOING', object: {kind: 'PersistentVolumeClaim', name: claim}},
    });
    expect(stateOf(seen)).toBe('degraded');
    const name = healthy.claims.find(({metadata}) => metadata.name === claim)?.spec.volumeName;
    const [keep, dump, recreate] = commandsOf(seen);
    expect(keep).toContain(`patch pv ${name} -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`);
    expect(dump).toContain(`exec ${writer}`);
    // Pasted alone, it keeps the volume first.
    expect(recreate?.indexOf('Retain')).toBeLessThan(recreate?.indexOf('--replicas=0') ?? 0);
    expect(recreate).toContain('--replicas=1');
    // Nobody else makes a claim again that was given.
    const isMadeAgain = recreate?.includes(`create --validate=false -f ${givenClaim}.yaml`);
    expect(isMadeAgain).toBe(claim === givenClaim);
  });

  test('of several the writer’s comes first', () => {
    const both = claimBeingDeleted(reader, secondsAgo(60), claimBeingDeleted(writer, secondsAgo(10)));
    expect(firstOf(both)?.cause.object?.name).toBe(claim);
  });

  test('the claim of a reader whose pod stays; not of one that is being copied again', () => {
    expect(firstOf(claimBeingDeleted(reader, secondsAgo(6)))?.cause.code).toBe('VOLUME_GOING');
    expect(firstOf(claimBeingDeleted(reader, secondsAgo(1)))).toBeUndefined();
    // By the cluster's clock, whatever ours says.
    const behind = {...claimBeingDeleted(reader, secondsAgo(-3600 + 6)), clusterAheadMs: 3_600_000};
    expect(firstOf(behind)?.cause.code).toBe('VOLUME_GOING');
    expect(findCauses(mapPod(claimBeingDeleted(reader, secondsAgo(60)), reader, secondsAgo(1)))).toEqual([]);
  });

  test('of a reader its pod may go only where the writer is known', () => {
    const seen = claimBeingDeleted(reader, secondsAgo(6));
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
    const seen: Snapshot = {...healthy, volumes: {[claim]: volume('Delete', secondsAgo(1))}};
    expect(firstOf(seen)?.cause).toMatchObject({
      code: 'VOLUME_GOING',
      object: {kind: 'PersistentVolume', name: 'pv-1', namespace: null},
    });
    expect(findCauses({...healthy, volumes: {[claim]: volume('Delete')}})).toEqual([]);
    const kept = claimBeingDeleted(writer, secondsAgo(1), {...healthy, volumes: {[claim]: volume('Retain')}});
    expect(firstOf(kept)?.cause.message).toContain(
      claim === givenClaim ? 'the pod no longer starts' : 'a new claim gets a new, empty volume',
    );
    expect(commandsOf(kept)[0]).toContain('pg_dumpall');
  });

  test('the namespace, with all of it', () => {
    const seen: Snapshot = {...healthy, namespace: {metadata: {name: 'team-a'}, phase: 'Terminating'}};
    expect(firstOf(seen)?.cause).toMatchObject({code: 'VOLUME_GOING', object: {kind: 'Namespace', name: 'team-a'}});
    expect(commandsOf(seen)[0]?.match(/Retain/g)).toHaveLength(3);
    const saved = commandsOf(seen).filter((command) => command.endsWith(`> ${givenClaim}.yaml`));
    expect(saved).toHaveLength(claim === givenClaim ? 1 : 0);
    const madeAgain = new RegExp(`create --validate=false -f ${givenClaim}\\.yaml -n \\S+$`);
    expect(madeAgain.test(commandsOf(seen).at(-1) ?? '')).toBe(claim === givenClaim);
  });

  test('a claim of a reader that is not wanted is nobody’s loss', () => {
    const statefulSets = healthy.statefulSets.map((set) =>
      set.metadata.name.endsWith('-read') ? {...set, spec: {...set.spec, replicas: 1}} : set,
    );
    expect(findCauses({...claimBeingDeleted(reader, secondsAgo(60)), statefulSets})).toEqual([]);
  });

  const foreign = 'example.com/archive';
  const heldWithoutPod = (pod: string, finalizers: readonly string[], base = healthy): Snapshot => {
    const seen = claimBeingDeleted(pod, secondsAgo(60), base);
    return {
      ...seen,
      claims: seen.claims.map((one) =>
        one.metadata.name === claimOfPod(base.target, pod) ? {...one, metadata: {...one.metadata, finalizers}} : one,
      ),
      pods: seen.pods.filter(({metadata}) => metadata.name !== pod),
    };
  };

  test.each([
    ['writer', writer],
    ['reader', reader],
  ])('a claim of the %s that a finalizer holds without a pod: that is said, and no pod is to be dumped', (_, pod) => {
    const found = firstOf(heldWithoutPod(pod, [foreign]))?.cause;
    expect(found).toMatchObject({code: 'VOLUME_GOING', object: {name: claimOfPod(healthy.target, pod)}});
    expect(found?.message).not.toContain('only waits for the pod');
    expect(found?.message).toContain(`What holds it is its finalizer ${foreign}.`);
    expect(found?.evidence.join()).toContain(`finalizers ${foreign}`);
    const commands = found?.remedies.map(({command}) => command).join('\n') ?? '';
    expect(commands).not.toMatch(/pg_dumpall|delete pod/);
    expect(commands).toContain('Retain');
  });

  test('a pod that is on no node keeps no claim', () => {
    const seen = claimBeingDeleted(writer, secondsAgo(60));
    const pods = seen.pods.map((pod) => {
      const {nodeName, ...spec} = pod.spec;
      return pod.metadata.name === writer && nodeName ? {...pod, spec} : pod;
    });
    expect(firstOf({...seen, pods})?.cause.message).toContain(`no pod ${writer} runs that would keep it`);
  });

  test('where pods may not be listed one may keep it', () => {
    const seen = {...heldWithoutPod(writer, [foreign]), unreadable: ['pods']};
    expect(firstOf(seen)?.cause.message).toContain(`only waits for the pod ${writer} to end`);
  });

  test('a reader that is being copied again has no pod for a moment, and its claim only the finalizer of pods', () => {
    expect(findCauses(heldWithoutPod(reader, ['kubernetes.io/pvc-protection']))).not.toContainEqual(
      expect.objectContaining({cause: expect.objectContaining({code: 'VOLUME_GOING'}) as object}),
    );
  });

  test('of a volume that goes without a pod nobody is told to dump it', () => {
    const pods = healthy.pods.filter(({metadata}) => metadata.name !== writer);
    const seen: Snapshot = {...healthy, pods, volumes: {[claim]: volume('Delete', secondsAgo(1))}};
    const commands = firstOf(seen)?.cause.remedies.map(({command}) => command) ?? [];
    expect(commands).toEqual([expect.stringContaining('Retain')]);
  });
});
