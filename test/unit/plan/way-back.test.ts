// The way back from an adoption: which commands lead there, and what each change since then does to them.
import {describe, expect, it} from 'vitest';
import type {StatefulSet} from '../../../source/observation/kubernetes.ts';
import type {Revision} from '../../../source/observation/snapshot.ts';
import {recordedAsApplied} from '../../../source/plan/recorded-as-applied.ts';
import {
  beforeAdoption,
  forgottenWayBack,
  grownSince,
  nothingChanged,
  oldValuesIn,
  wayBack,
  type ChangedSince,
} from '../../../source/plan/way-back.ts';
import {revision, targetFor} from '../../support/fakes/survey.ts';

const target = {...targetFor('orders'), given: {writer: ''}};
const plain: Revision = revision({revision: 3, chartVersion: '15.5.38', description: 'Upgrade complete'});
const commandsOf = (of: Revision, changed: Partial<ChangedSince> = {}) =>
  wayBack(target, of, {...nothingChanged, ...changed}).map(({command}) => command);

describe('of a release of helm', () => {
  it('is the values of before, with the chart of before', () => {
    expect(commandsOf(plain)).toEqual([
      'helm get values orders --revision 3 -o yaml -n team-a --kube-context prod-eu > before.yaml',
      'helm upgrade orders CHART --version 15.5.38 -f before.yaml -n team-a --kube-context prod-eu',
    ]);
  });

  it('keeps the size of a disk that has grown, which Kubernetes lets nobody take back', () => {
    expect(commandsOf(plain, {grown: [{path: 'primary.persistence.size', size: '20Gi'}]}).at(-1)).toContain(
      '-f before.yaml --set primary.persistence.size=20Gi',
    );
  });

  it('gives the Secret of the chart the passwords that have changed; none is in a command', () => {
    const [first, ...rest] = wayBack(target, plain, {
      ...nothingChanged,
      oldPasswords: ['password', 'postgres-password'],
    });
    expect(first?.title).toContain('Secret orders-postgresql, which the chart reads again');
    expect(first?.command).toBe(
      'kubectl --context prod-eu get secret orders-postgresql-auth -o \'go-template={"data":{"password":' +
        '"{{index .data "password"}}","postgres-password":"{{index .data "postgres-password"}}"}}\' -n team-a | ' +
        'kubectl --context prod-eu patch secret orders-postgresql --patch-file /dev/stdin -n team-a',
    );
    expect(rest).toHaveLength(2);
  });

  it('leaves out passwords of the values that are not those of the database any more, and shows none', () => {
    const values = {
      auth: {password: 'old-user', postgresPassword: 'same', replicationPassword: 12345678},
      global: {postgresql: {auth: {password: 'old-too', postgresPassword: ''}}},
    };
    const oldValues = oldValuesIn(values, {user: 'new', admin: 'same', replication: '12345678'});
    expect(oldValues).toEqual(['auth.password', 'global.postgresql.auth.password']);
    const last = wayBack(target, plain, {...nothingChanged, oldValues}).at(-1);
    expect(last?.title).toContain('without auth.password and global.postgresql.auth.password of before.yaml');
    expect(last?.command).toContain('-f before.yaml --set auth.password= --set global.postgresql.auth.password= -n');
    expect(JSON.stringify(last)).not.toMatch(/old-|new/);
    // Where the passwords cannot be read, each may be another one.
    expect(oldValuesIn(values, {})).toHaveLength(4);
    expect(oldValuesIn({auth: {password: null}}, {})).toEqual([]);
  });

  it('begins with the image of the chart where another one runs', () => {
    expect(wayBack(target, plain, {...nothingChanged, isOtherImage: true})[0]?.title).toContain('--image-source');
  });
});

describe('of what kubectl applied', () => {
  const applied = revision({revision: 1, description: recordedAsApplied});

  it('is a rollback of helm, because all objects are in its record', () => {
    expect(commandsOf(applied)).toEqual(['helm rollback orders 1 -n team-a --kube-context prod-eu']);
  });

  it('ends where a disk has grown', () => {
    const grown = [{path: 'primary.persistence.size', size: '20Gi'}];
    expect(wayBack(target, applied, {...nothingChanged, grown})).toEqual([
      {title: expect.stringContaining('no way back by helm any more') as string},
    ]);
  });
});

it('begins at the newest good revision before the latest adoption', () => {
  const all = [
    plain,
    revision({revision: 4, status: 'failed', description: 'Upgrade failed'}),
    revision({revision: 5, description: 'adopt --restart later'}),
    revision({revision: 6, description: 'scale --read-replicas 1'}),
  ].map((one) => ({...one, status: one.status === 'failed' ? one.status : ('superseded' as const)}));
  expect(beforeAdoption(all)?.revision).toBe(3);
  expect(forgottenWayBack(all)).toEqual([]);
  // Helm keeps ten revisions: first those from before go, then that of the adoption.
  expect(beforeAdoption(all.slice(2))).toBeNull();
  expect(forgottenWayBack(all.slice(2))[0]?.title).toContain('Helm has forgotten');
  expect(beforeAdoption(all.slice(3))).toBeNull();
  expect(forgottenWayBack(all.slice(3))).toEqual([]);
});

describe('a disk', () => {
  const set = (name: string, storage: string): StatefulSet => ({
    metadata: {name},
    spec: {
      template: {spec: {containers: []}},
      volumeClaimTemplates: [{metadata: {name: 'data'}, spec: {resources: {requests: {storage}}}}],
    },
  });

  it('has grown where the StatefulSet has more than the values said, or than the chart has by itself', () => {
    expect(grownSince({}, [set('orders-postgresql', '8Gi')], target)).toEqual([]);
    expect(grownSince({}, [set('orders-postgresql', '20Gi')], target)).toEqual([
      {path: 'primary.persistence.size', size: '20Gi'},
    ]);
    const values = {primary: {persistence: {size: '20480Mi'}}};
    expect(grownSince(values, [set('orders-postgresql', '20Gi')], target)).toEqual([]);
  });

  it('of readers that came since is no matter', () => {
    const sets = [set('orders-postgresql', '8Gi'), set('orders-postgresql-read', '20Gi')];
    expect(grownSince({}, sets, target)).toEqual([]);
    expect(grownSince({architecture: 'replication'}, sets, target)).toEqual([
      {path: 'readReplicas.persistence.size', size: '20Gi'},
    ]);
  });
});
