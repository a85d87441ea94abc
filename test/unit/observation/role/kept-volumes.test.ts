// Volumes of earlier writers that are kept: named, and opened by a command.
import {describe, expect, it} from 'vitest';
import {keptText, keptVolumes} from '../../../../source/observation/role/kept-volumes.ts';
import type {Snapshot} from '../../../../source/observation/snapshot.ts';
import {problemsWhenPasted} from '../../../support/pasted.ts';
import {setOf} from '../../../support/fakes/fake-objects.ts';
import {targetFor} from '../../../support/fakes/survey.ts';

const claim = 'orders-postgresql-kept-20260102t030405';
const keptClaims = [
  {
    metadata: {name: claim, creationTimestamp: '2026-01-02T03:04:05Z'},
    spec: {volumeName: 'pvc-1'},
    status: {capacity: {storage: '20Gi'}},
  },
];
const set = setOf('orders-postgresql-primary', 1, 1);
const template = {
  spec: {
    securityContext: {runAsUser: 1001, fsGroup: 1001},
    containers: [{name: 'postgresql', image: 'postgres:17.6-bookworm', securityContext: {runAsNonRoot: true}}],
  },
};
const move = {
  kind: 'failover',
  at: '2026-01-02T03:04:05Z',
  fromNode: 'node1',
  keptClaim: claim,
  lostCommits: null,
  timeline: {before: 1, after: 2},
};
const snapshotWith = (roleMoves: readonly object[]) =>
  ({
    target: targetFor('orders'),
    keptClaims,
    secret: {roleMoves},
    operation: null,
    pods: [],
    claims: [],
    services: [],
    database: [],
    release: {revisions: []},
    statefulSets: [{...set, spec: {...set.spec, template}}],
  }) as unknown as Snapshot;

describe('a volume that is kept', () => {
  it('is named with its size, and with what is still to be counted on it', () => {
    const text = (moves: readonly object[]) => keptVolumes(snapshotWith(moves)).map(keptText);
    expect(text([])).toEqual([`${claim}, 20Gi of an earlier writer`]);
    expect(text([move])[0]).toContain('; recover counts on it what was lost, once node1 answers');
    expect(text([{...move, lostCommits: 3}])[0]).not.toContain('counted');
  });
  it('is opened by a command that mounts it read-only, with the image and the user of the database', () => {
    const [kept] = keptVolumes(snapshotWith([]));
    expect(kept?.look).toContain(`${claim}-look --restart=Never --image=postgres:17.6-bookworm`);
    const overrides = JSON.parse(/--overrides=(.*?)' --command -n/.exec(kept?.look ?? '')?.[1] ?? '{}') as object;
    expect(overrides).toMatchObject({
      spec: {
        securityContext: {runAsUser: 1001},
        volumes: [{persistentVolumeClaim: {claimName: claim, readOnly: true}}, {emptyDir: {}}],
        containers: [
          {
            name: `${claim}-look`,
            securityContext: {runAsNonRoot: true},
            volumeMounts: [
              {mountPath: '/kept', readOnly: true},
              {name: 'copy', mountPath: '/tmp'},
            ],
          },
        ],
      },
    });
    expect(kept?.look).toContain("'(cp -a /kept/data /tmp/data && ");
    expect(kept?.look).toMatch(/; kubectl .*delete pod \S+-look --now -n \S+$/);
    expect(problemsWhenPasted([[kept?.look ?? '', kept?.remove ?? '']])).toEqual([]);
    expect(kept?.remove).toMatch(/delete pvc orders-.* -n .* && kubectl .*delete pv pvc-1$/);
  });
});
