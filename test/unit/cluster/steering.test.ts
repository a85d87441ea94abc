// Who steers a release: found by the marks on its StatefulSets, and read where it stands.
import {describe, expect, it} from 'vitest';
import type {Api} from '../../../source/cluster/api.ts';
import {readRelease} from '../../../source/cluster/releases.ts';
import {inForce, readSteering, steeringReader} from '../../../source/cluster/steering.ts';
import type {StatefulSet} from '../../../source/observation/kubernetes.ts';
import {helmRecord, useFakeApi} from '../../support/fakes/cluster.ts';
import {refusal, type FakeApi} from '../../support/fakes/fake-api.ts';
import {targetFor} from '../../support/fakes/survey.ts';

const target = targetFor('orders');
const sets = '/apis/apps/v1/namespaces/team-a/statefulsets';
const secrets = '/api/v1/namespaces/team-a/secrets';
const applications = '/apis/argoproj.io/v1alpha1';
let fake: FakeApi;
let api: Api;
useFakeApi((made) => ({fake, api} = made));

const set = (labels = {}, annotations = {}): StatefulSet => ({
  metadata: {
    name: 'orders-postgresql-primary',
    labels: {
      'app.kubernetes.io/instance': 'orders',
      'app.kubernetes.io/name': 'postgresql',
      'helm.sh/chart': 'postgresql-16.7.26',
      'app.kubernetes.io/version': '17.6.0',
      ...labels,
    },
    annotations,
  },
  spec: {template: {spec: {containers: []}}},
});
const ofArgo = set({}, {'argocd.argoproj.io/tracking-id': 'orders:apps/StatefulSet:team-a/orders-postgresql-primary'});
const ofFlux = set({'helm.toolkit.fluxcd.io/name': 'orders', 'helm.toolkit.fluxcd.io/namespace': 'flux-system'});
const application = {
  metadata: {name: 'orders'},
  spec: {source: {chart: 'postgresql', helm: {values: 'readReplicas: {replicaCount: 2}\n'}}},
};

describe('Argo CD', () => {
  it('is read by its Application, in its own namespace', async () => {
    fake.put(`${applications}/namespaces/argocd/applications`, application);
    expect(await readSteering(api, [ofArgo])).toMatchObject({
      tool: 'Argo CD',
      named: 'Application orders',
      object: {spec: application.spec},
    });
  });

  it('is read in another namespace, named by the mark', async () => {
    fake.put(`${applications}/namespaces/team-b/applications`, application);
    const elsewhere = set({}, {'argocd.argoproj.io/tracking-id': 'team-b_orders:apps/StatefulSet:team-a/x'});
    expect(await readSteering(api, [elsewhere])).toMatchObject({named: 'Application team-b/orders', object: {}});
  });

  it('steers all the same where its Application is on another cluster, or may not be read', async () => {
    expect(await readSteering(api, [ofArgo])).toMatchObject({tool: 'Argo CD', object: null});
    fake.intercept(({path}) => (path.startsWith(applications) ? refusal(403, 'Forbidden', 'no') : undefined));
    expect(await readSteering(api, [ofArgo])).toMatchObject({tool: 'Argo CD', object: null});
  });

  it('makes a release of what it applies, without a record of helm', async () => {
    fake.put(sets, ofArgo as never);
    fake.put(`${applications}/namespaces/argocd/applications`, application);
    expect(await readRelease(api, target)).toMatchObject({
      hasRecord: false,
      revisions: [{revision: 0, status: 'deployed', chartName: 'postgresql', chartVersion: '16.7.26'}],
      values: {readReplicas: {replicaCount: 2}},
    });
  });

  it('says what is in force where a record of an earlier helm is left', async () => {
    const {metadata, ...record} = helmRecord('orders', 3, {config: {readReplicas: {replicaCount: 1}}});
    fake.put(secrets, {...record, metadata: {...metadata, uid: 'stale'}});
    fake.put(`${applications}/namespaces/argocd/applications`, application);
    const recorded = await readRelease(api, target);
    expect(recorded.values).toEqual({readReplicas: {replicaCount: 1}});
    const steering = await readSteering(api, [ofArgo]);
    const known = {recorded, namespace: 'team-a', objects: [ofArgo], steering};
    expect(await inForce(known, async () => null)).toMatchObject({
      hasRecord: false,
      revisions: [{revision: 3}],
      values: {readReplicas: {replicaCount: 2}},
    });
  });
});

describe('Flux', () => {
  const releases = '/apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases';
  it('is read by its HelmRelease', async () => {
    fake.put(releases, {metadata: {name: 'orders', namespace: 'flux-system'}, spec: {}});
    expect(await readSteering(api, [ofFlux])).toMatchObject({
      tool: 'Flux',
      named: 'HelmRelease flux-system/orders',
      object: {},
    });
  });

  it('steers nothing any more where the HelmRelease is gone, and still where it may not be read', async () => {
    expect(await readSteering(api, [ofFlux])).toBeNull();
    fake.intercept(({path}) => (path.includes('helmreleases') ? refusal(403, 'Forbidden', 'no') : undefined));
    expect(await readSteering(api, [ofFlux])).toMatchObject({tool: 'Flux', object: null});
  });
});

it('asks nothing of a release that nobody steers', async () => {
  expect(await readSteering(api, [set()])).toBeNull();
  expect(fake.requests).toEqual([]);
});

it('is read once for looks that come one after the other, and at once where another one has it', async () => {
  fake.put(`${applications}/namespaces/argocd/applications`, application);
  const steeringOf = steeringReader(api);
  const before = fake.requests.length;
  expect(await steeringOf([ofArgo])).toMatchObject({named: 'Application orders', object: {spec: application.spec}});
  expect(await steeringOf([ofArgo])).toMatchObject({named: 'Application orders', object: {spec: application.spec}});
  expect(fake.requests.length - before).toBe(1);
  expect(await steeringOf([ofFlux])).toBeNull();
  expect(await steeringOf([set()])).toBeNull();
});
