// What a change says beforehand about pods and volumes.
import {describe, expect, test} from 'vitest';
import type {PersistentVolumeClaim} from '../../../source/observation/kubernetes.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import type {ImageSource} from '../../../source/parameters/image-source.ts';
import {surplusClaims} from '../../../source/observation/storage.ts';
import {changeConsequences} from '../../../source/plan/change.ts';
import type {ChangeFacts} from '../../../source/plan/change-facts.ts';
import type {PodUpdate} from '../../../source/observation/pods/pod-template.ts';
import type {PodUpdatePlan} from '../../../source/plan/pod-update-plan.ts';
import {podOf} from '../../support/fakes/fake-objects.ts';
import {claim, parametersWith, targetFor} from '../../support/fakes/survey.ts';

const reader = 'orders-postgresql-read';

function snapshot(claims: readonly PersistentVolumeClaim[]): Snapshot {
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

function facts(
  changes: Partial<Omit<ChangeFacts, 'before'>> & {readers?: number; claims?: readonly string[]} = {},
): ChangeFacts {
  const {
    readers = 2,
    claims = ['data-orders-postgresql-primary-0', `data-${reader}-0`, `data-${reader}-1`],
    ...rest
  } = changes;
  return {
    before: snapshot(claims.map((name) => claim(name))),
    readersBefore: 2,
    desired: parametersWith({readReplicaCount: readers}),
    existing: parametersWith(),
    podUpdates: [],
    order: 'readers first',
    movesRole: false,
    preface: [],
    certificate: null,
    stale: [],
    deleteVolumes: false,
    retained: [],
    applied: false,
    ...rest,
  };
}

function podUpdates(update: PodUpdate, why: string | null = null): PodUpdatePlan[] {
  if (update === 'none') return [];
  return [`${reader}-0`, `${reader}-1`, 'orders-postgresql-primary-0'].map((name) => ({
    pod: podOf(name, true),
    isWriter: name.includes('primary'),
    update,
    isConcerned: true,
    inPlaceSupport: {mayResize: why === null, nodeLabels: null},
    why,
  }));
}

const codes = (of: ChangeFacts) => changeConsequences(of).map(({code, object}) => `${code} ${object}`);

describe('scale', () => {
  test('each new reader is named with what it costs', () => {
    const [third, fourth, ...rest] = changeConsequences(facts({readers: 4}));
    expect(rest).toEqual([]);
    expect(third).toMatchObject({code: 'REPLICA_ADD', object: `Pod/${reader}-2`});
    expect(third?.sentence).toBe(
      `Reader ${reader}-2 is added, with 500m CPU and 1Gi memory. It gets a volume of 20Gi of class standard and ` +
        `copies the writer's database onto it.`,
    );
    expect(fourth?.object).toBe(`Pod/${reader}-3`);
  });

  test('a volume from before is used again, and what that needs is said', () => {
    const [added] = changeConsequences(facts({readers: 3, claims: [`data-${reader}-2`]}));
    expect(added?.sentence).toContain(`Its volume data-${reader}-2 (20Gi) is there from before and is used again`);
    expect(added?.sentence).toContain('as long as the writer still has it');
  });

  test('fewer readers: who stops, and which volumes stay', () => {
    expect(codes(facts({readers: 1}))).toEqual([
      `REPLICA_REMOVE Pod/${reader}-1`,
      `DATA_KEPT PersistentVolumeClaim/data-${reader}-1`,
    ]);
    expect(codes(facts({readers: 1, deleteVolumes: true}))).toEqual([
      `REPLICA_REMOVE Pod/${reader}-1`,
      `DATA_DELETED PersistentVolumeClaim/data-${reader}-1`,
    ]);
  });

  test('a volume that outlives its claim is named, with its size and the way to remove it', () => {
    const sentences = changeConsequences(
      facts({
        readers: 1,
        deleteVolumes: true,
        retained: [{claim: `data-${reader}-1`, volume: 'pv-7', bytes: 20 * 2 ** 30}],
      }),
    ).map(({code, sentence}) => `${code} ${sentence}`);
    expect(sentences).toHaveLength(3);
    expect(sentences[2]).toMatch(
      /^DATA_KEPT PersistentVolume pv-7 \(20Gi\).*Retain.*kubectl --context prod-eu delete pv pv-7 /,
    );
  });

  test('the same number: nothing, unless left volumes are to go', () => {
    const claims = [`data-${reader}-0`, `data-${reader}-1`, `data-${reader}-7`];
    expect(codes(facts({claims, applied: true}))).toEqual(['NO_CHANGE Release/orders']);
    expect(codes(facts({claims, deleteVolumes: true}))).toEqual([
      `DATA_DELETED PersistentVolumeClaim/data-${reader}-7`,
    ]);
  });

  test('ordinals count as numbers, and the volume of the writer is never among the unwanted', () => {
    const claims = [
      'data-orders-postgresql-primary-0',
      ...[0, 1, 2, 10, 11].map((ordinal) => `data-${reader}-${ordinal}`),
    ].map((name) => claim(name));
    expect(surplusClaims(snapshot(claims), 2).map(({metadata}) => metadata.name)).toEqual(
      [2, 10, 11].map((ordinal) => `data-${reader}-${ordinal}`),
    );
    expect(surplusClaims(snapshot(claims), 0).map(({metadata}) => metadata.name)).not.toContain(
      'data-orders-postgresql-primary-0',
    );
  });
});

describe('upgrade', () => {
  test.each([
    ['image', ['REPLICA_RESTART', 'PRIMARY_RESTART'], 'in its pod'],
    ['recreate', ['REPLICA_RESTART', 'PRIMARY_RESTART'], 'in a new pod'],
    ['labels', ['NO_CHANGE'], 'labels alone'],
    ['none', ['NO_CHANGE'], 'Nothing restarts'],
  ] as const)('%s', (update, expected, words) => {
    const found = changeConsequences(facts({podUpdates: podUpdates(update)}));
    expect(found.map(({code}) => code)).toEqual(expected);
    expect(found.at(-1)?.sentence).toContain(words);
  });

  test('without readers only the writer restarts', () => {
    expect(
      codes(facts({readers: 0, readersBefore: 0, podUpdates: podUpdates('image').filter(({isWriter}) => isWriter)})),
    ).toEqual(['PRIMARY_RESTART StatefulSet/orders-postgresql-primary']);
  });
});

describe('resize', () => {
  const more = {...facts(), desired: parametersWith({memory: '2Gi', cpu: '1'}), podUpdates: podUpdates('resources')};

  test('while they run: what they get, and what PostgreSQL makes of it', () => {
    const found = changeConsequences(more);
    expect(found.map(({code, object}) => `${code} ${object}`)).toEqual([
      'RESIZE_IN_PLACE StatefulSet/orders-postgresql-read',
      'RESIZE_IN_PLACE StatefulSet/orders-postgresql-primary',
      'RESTART_TO_USE Release/orders',
    ]);
    expect(found[1]?.sentence).toBe(
      'The writer gets 1 CPU and 2Gi memory while running: nothing restarts, no session ends.',
    );
    expect(found[2]?.sentence).toContain('shared_buffers');
  });

  test('CPU alone asks for no restart', () => {
    expect(codes({...more, desired: parametersWith({cpu: '1'})})).not.toContain('RESTART_TO_USE Release/orders');
  });

  test('where the cluster cannot: who restarts, and why', () => {
    const found = changeConsequences({
      ...more,
      podUpdates: podUpdates('recreate', 'this user may not patch pods/resize'),
    });
    expect(found.map(({code}) => code)).toEqual(['REPLICA_RESTART', 'PRIMARY_RESTART']);
    for (const {sentence} of found) expect(sentence).toContain('because this user may not patch pods/resize');
  });
});

describe('disk', () => {
  test('each volume that is smaller is named, and nothing restarts', () => {
    const claims = ['data-orders-postgresql-primary-0', `data-${reader}-0`].map((name, index) => ({
      ...claim(name, index === 0 ? '20Gi' : '50Gi'),
      spec: {storageClassName: 'standard', resources: {requests: {storage: index === 0 ? '20Gi' : '50Gi'}}},
    }));
    const found = changeConsequences({
      ...facts({readers: 1, readersBefore: 1}),
      before: snapshot(claims),
      desired: parametersWith({storageSize: '50Gi', readReplicaCount: 1}),
    });
    expect(found.map(({code, object}) => `${code} ${object}`)).toEqual([
      'VOLUME_GROW PersistentVolumeClaim/data-orders-postgresql-primary-0',
    ]);
    expect(found[0]?.sentence).toContain('grows to 50Gi');
  });
});

describe('endpoints', () => {
  test('a load balancer: who is let in, and that the inside stays', () => {
    const wanted = parametersWith({
      exposure: 'load-balancer',
      allowFrom: {kind: 'cidrs', cidrs: ['10.0.0.0/8']},
      hostname: 'db.example.com',
    });
    const found = changeConsequences({...facts(), desired: wanted});
    expect(found.map(({code, object}) => `${code} ${object}`)).toEqual([
      'ENDPOINT_CHANGE Service/orders-postgresql-primary',
      'ENDPOINT_CHANGE Service/orders-postgresql-read',
    ]);
    expect(found[1]?.sentence).toMatch(/gets a load balancer; .* lets in 10\.0\.0\.0\/8; .*reader-db\.example\.com/);
  });

  test('back inside: what goes is named', () => {
    const existing = parametersWith({
      exposure: 'load-balancer',
      allowFrom: {kind: 'public'},
      hostname: 'db.example.com',
    });
    const [found] = changeConsequences({...facts(), existing});
    expect(found?.sentence).toContain('its load balancer goes with the address');
    expect(found?.sentence).toContain('its name db.example.com goes');
  });
});

test('other images are other exporters, which the plan names; without metrics there is nothing to say of them', () => {
  const to = (metrics: 'exporter' | 'off') => {
    const from = (source: ImageSource) => parametersWith({metrics, images: {...parametersWith().images, source}});
    const [existing, desired] = [from('official'), from('image:registry.example/library/postgres')];
    return changeConsequences(facts({existing, desired})).filter(({object}) => object.endsWith('-metrics'));
  };
  expect(to('exporter')).toEqual([
    {
      code: 'ENDPOINT_CHANGE',
      object: 'Service/orders-postgresql-primary-metrics',
      sentence:
        'The exporters beside the databases are of registry.example/library/postgres-exporter:v0.17.1, not of ' +
        'quay.io/prometheuscommunity/postgres-exporter:v0.17.1.',
    },
  ]);
  expect(to('off')).toEqual([]);
});
