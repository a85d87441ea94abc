// What a change says beforehand about pods and volumes.
import {describe, expect, test} from 'vitest';
import type {Claim} from '../../../source/observation/kubernetes.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {changeConsequences, unwantedClaims, type ChangeFacts} from '../../../source/plan/change.ts';
import {claim, parametersWith, targetFor} from '../../support/survey.ts';

const reader = 'orders-postgresql-read';

function snapshot(claims: readonly Claim[]): Snapshot {
  return {
    takenAt: 0,
    target: targetFor(),
    namespace: null,
    release: {revisions: [], values: null},
    statefulSets: [],
    pods: [],
    claims,
    services: [],
    events: [],
    secret: null,
    logTails: {},
    nodeAddress: null,
    database: [],
    operation: null,
    unreadable: [],
  };
}

function facts(changes: Partial<Omit<ChangeFacts, 'wanted' | 'before'>> & {readers?: number; claims?: readonly string[]} = {}): ChangeFacts {
  const {readers = 2, claims = ['data-orders-postgresql-primary-0', `data-${reader}-0`, `data-${reader}-1`], ...rest} = changes;
  return {
    before: snapshot(claims.map((name) => claim(name))),
    readersBefore: 2,
    wanted: parametersWith({readReplicaCount: readers}),
    renewals: null,
    deleteVolumes: false,
    applied: false,
    ...rest,
  };
}

const codes = (of: ChangeFacts) => changeConsequences(of).map(({code, object}) => `${code} ${object}`);

describe('scale', () => {
  test('each new reader is named with what it costs', () => {
    const [third, fourth, ...rest] = changeConsequences(facts({readers: 4}));
    expect(rest).toEqual([]);
    expect(third).toMatchObject({code: 'REPLICA_ADD', object: `Pod/${reader}-2`});
    expect(third?.sentence).toBe(`Reader ${reader}-2 is added, with 500m CPU and 1Gi memory. It gets a volume of 20Gi of class standard and copies the writer's database onto it.`);
    expect(fourth?.object).toBe(`Pod/${reader}-3`);
  });

  test('a volume from before is used again, and what that needs is said', () => {
    const [added] = changeConsequences(facts({readers: 3, claims: [`data-${reader}-2`]}));
    expect(added?.sentence).toContain(`Its volume data-${reader}-2 (20Gi) is there from before and is used again`);
    expect(added?.sentence).toContain('as long as the writer still has it');
  });

  test('fewer readers: who stops, and which volumes stay', () => {
    expect(codes(facts({readers: 1}))).toEqual([`REPLICA_REMOVE Pod/${reader}-1`, `DATA_KEPT PersistentVolumeClaim/data-${reader}-1`]);
    expect(codes(facts({readers: 1, deleteVolumes: true}))).toEqual([`REPLICA_REMOVE Pod/${reader}-1`, `DATA_DELETED PersistentVolumeClaim/data-${reader}-1`]);
  });

  test('the same number: nothing, unless left volumes are to go', () => {
    const claims = [`data-${reader}-0`, `data-${reader}-1`, `data-${reader}-7`];
    expect(codes(facts({claims, applied: true}))).toEqual(['NO_CHANGE Release/orders']);
    expect(codes(facts({claims, deleteVolumes: true}))).toEqual([`DATA_DELETED PersistentVolumeClaim/data-${reader}-7`]);
  });

  test('ordinals count as numbers, and the volume of the writer is never among the unwanted', () => {
    const claims = ['data-orders-postgresql-primary-0', ...[0, 1, 2, 10, 11].map((ordinal) => `data-${reader}-${ordinal}`)].map((name) => claim(name));
    expect(unwantedClaims(snapshot(claims), 2).map(({metadata}) => metadata.name)).toEqual([2, 10, 11].map((ordinal) => `data-${reader}-${ordinal}`));
    expect(unwantedClaims(snapshot(claims), 0).map(({metadata}) => metadata.name)).not.toContain('data-orders-postgresql-primary-0');
  });
});

describe('upgrade', () => {
  test.each([
    ['image', ['REPLICA_RESTART', 'PRIMARY_RESTART'], 'in its pod'],
    ['recreate', ['REPLICA_RESTART', 'PRIMARY_RESTART'], 'in a new pod'],
    ['labels', ['NO_CHANGE'], 'labels alone'],
    ['none', ['NO_CHANGE'], 'Nothing restarts'],
  ] as const)('%s', (renewal, expected, words) => {
    const found = changeConsequences(facts({renewals: {writer: renewal, reader: renewal}}));
    expect(found.map(({code}) => code)).toEqual(expected);
    expect(found.at(-1)?.sentence).toContain(words);
  });

  test('without readers only the writer restarts', () => {
    expect(codes(facts({readers: 0, readersBefore: 0, renewals: {writer: 'image', reader: 'image'}}))).toEqual(['PRIMARY_RESTART StatefulSet/orders-postgresql-primary']);
  });
});
