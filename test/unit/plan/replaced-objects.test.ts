// A rendering is held against what runs: what would take the database away from its data or its clients is refused.
import {stringify} from 'yaml';
import {describe, expect, test} from 'vitest';
import {mergeValues, type Values} from '../../../source/chart/tree.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {replacedObjects} from '../../../source/plan/replaced-objects.ts';
import {FakeRelease} from '../../support/fakes/fake-release.ts';
import {operation, parametersWith, revision} from '../../support/fakes/survey.ts';

const name = 'orders-postgresql-primary';
const set = {
  kind: 'StatefulSet',
  metadata: {name},
  spec: {
    serviceName: `${name}-hl`,
    replicas: 1,
    selector: {matchLabels: {component: 'primary'}},
    template: {
      spec: {
        containers: [
          {
            name: 'postgresql',
            env: [{name: 'PGDATA', value: '/bitnami/postgresql/data'}],
            volumeMounts: [
              {name: 'dshm', mountPath: '/dev/shm'},
              {name: 'data', mountPath: '/bitnami/postgresql'},
            ],
          },
        ],
      },
    },
    volumeClaimTemplates: [
      {metadata: {name: 'data'}, spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '20Gi'}}}},
    ],
  },
};
const service = {kind: 'Service', metadata: {name}, spec: {type: 'ClusterIP', selector: {component: 'primary'}}};

/** As the API server shows it: with what it adds by itself. */
function liveSet(): Snapshot['statefulSets'][number] {
  const [template] = set.spec.volumeClaimTemplates;
  const added = {
    spec: {
      podManagementPolicy: 'OrderedReady',
      volumeClaimTemplates: [
        {
          ...template,
          apiVersion: 'v1',
          spec: {...template?.spec, volumeMode: 'Filesystem'},
          status: {phase: 'Pending'},
        },
      ],
    },
  };
  return mergeValues(set, added) as never;
}

function before(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    ...new FakeRelease(parametersWith()).snapshot(),
    statefulSets: [liveSet()],
    services: [{...service, spec: {...service.spec, clusterIP: '10.0.0.7'}}] as never,
    release: {revisions: [revision()], values: {}},
    operation: null,
    ...changes,
  };
}

const rendered = (...objects: readonly Values[]) => objects.map((one) => `---\n${stringify(one)}`).join('');
const specWith = (spec: object) => mergeValues(set, {spec});
const containerWith = (changes: object) =>
  specWith({template: {spec: {containers: [{...set.spec.template.spec.containers[0], ...changes}]}}});
const claimWith = (spec: object) =>
  specWith({
    volumeClaimTemplates: [{metadata: {name: 'data'}, spec: {...set.spec.volumeClaimTemplates[0]?.spec, ...spec}}],
  });

test('the same rendering is fine, with a larger claim, another image and other numbers too', () => {
  expect(replacedObjects(before(), rendered(set, service), true)).toBeNull();
  expect(
    replacedObjects(before(), rendered(claimWith({resources: {requests: {storage: '50Gi'}}}), service), true),
  ).toBeNull();
  expect(replacedObjects(before(), rendered(specWith({replicas: 3}), service), true)).toBeNull();
  expect(replacedObjects(before(), rendered(containerWith({image: 'other'}), service), true)).toBeNull();
});

describe('refused, and named', () => {
  test.each<[string, Values]>([
    ['its service name', specWith({serviceName: 'other'})],
    ['the pods that it selects', specWith({selector: {matchLabels: {component: 'primary', more: 'x'}}})],
    ['the claims of its pods', claimWith({storageClassName: 'other'})],
    ['the claims of its pods', claimWith({accessModes: ['ReadWriteOncePod']})],
    ['the claims of its pods', specWith({volumeClaimTemplates: []})],
    ['where the volume is mounted', containerWith({volumeMounts: [{name: 'data', mountPath: '/other'}]})],
    [
      'where the volume is mounted',
      containerWith({volumeMounts: [{name: 'data', mountPath: '/bitnami/postgresql', subPath: 'x'}]}),
    ],
    ['where the volume is mounted', containerWith({volumeMounts: []})],
    ['the folder of the data', containerWith({env: [{name: 'PGDATA', value: '/bitnami/postgresql/other'}]})],
    ['the folder of the data', containerWith({env: []})],
  ])('%s', (what, fresh) => {
    const refusal = replacedObjects(before(), rendered(fresh, service), true);
    expect(refusal).toMatchObject({code: 'CHART_REJECTED', object: {kind: 'StatefulSet', name}});
    expect(refusal?.message).toContain(`${what} would change in StatefulSet ${name}`);
  });

  test('a StatefulSet or a Service that the rendering lacks', () => {
    expect(replacedObjects(before(), rendered(service), true)?.message).toContain(`StatefulSet ${name} would go`);
    expect(replacedObjects(before(), rendered(set), true)?.message).toContain(`Service ${name} would go`);
    expect(replacedObjects(before(), '', true)).not.toBeNull();
  });

  test('a StatefulSet that helm has forgotten, with the way to remove it', () => {
    const annotations = {'meta.helm.sh/release-name': 'orders'};
    const stray = {...liveSet(), metadata: {...liveSet().metadata, name: 'orders-postgresql', annotations}};
    const refusal = replacedObjects(before({statefulSets: [liveSet(), stray]}), rendered(set, service), true);
    expect(refusal).toMatchObject({code: 'CHART_REJECTED', object: {kind: 'StatefulSet', name: 'orders-postgresql'}});
    expect(refusal?.message).not.toContain('would go');
    expect(refusal?.remedies.map(({command}) => command).join()).toContain('delete statefulset/orders-postgresql');
  });

  test('a Service of other pods', () => {
    const other = {...service, spec: {...service.spec, selector: {component: 'read'}}};
    expect(replacedObjects(before(), rendered(set, other), true)?.message).toContain('the pods that it leads to');
  });
});

describe('another type of a Service', () => {
  const balanced = rendered(set, {...service, spec: {...service.spec, type: 'LoadBalancer'}});
  test('is refused where nobody asked for another exposure', () =>
    expect(replacedObjects(before(), balanced, true)?.message).toContain('its type'));
  test('is what somebody asked for', () => expect(replacedObjects(before(), balanced, false)).toBeNull());
  test('is not judged while an operation of ours is half done', () => {
    expect(replacedObjects(before({operation: operation({holderIsAlive: false})}), balanced, true)).toBeNull();
    const failed = {revisions: [revision({status: 'failed'})], values: {}};
    expect(replacedObjects(before({release: failed}), balanced, true)).toBeNull();
  });
});

test('what is not there yet, or is somebody else’s, stands in nobody’s way', () => {
  expect(replacedObjects(before({statefulSets: [], services: []}), '', true)).toBeNull();
  const theirs = {...liveSet(), metadata: {name: 'their-own'}};
  expect(replacedObjects(before({statefulSets: [liveSet(), theirs]}), rendered(set, service), true)).toBeNull();
});
