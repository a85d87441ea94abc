// Releases of charts 11 to 16, as those charts rendered them: each is read as what it is, and nothing stands in the way
// of adopting it. Source: scripts/record-charts.mjs.
import {describe, expect, it} from 'vitest';
import {loginsIn} from '../../../source/chart/container-environment.ts';
import {fromValues, toValues} from '../../../source/chart/values.ts';
import {givenSecretProblem} from '../../../source/operations/adoption/read-adoptable.ts';
import {adoptable, adoptionRefusal} from '../../../source/plan/adoption.ts';
import {environmentOf, recordedCharts, snapshotOf, type RecordedChart} from '../../support/recorded-charts.ts';

const asIs = {cpu: null, memory: null, readReplicas: null, readers: {cpu: null, memory: null}};
const login = {username: 'app', database: 'shop'};

function parametersOf(recorded: RecordedChart) {
  const found = adoptable(snapshotOf(recorded), recorded.manifest, login, asIs);
  if ('code' in found) return expect.fail(found.message);
  return found;
}

it('there is one of each generation and shape', () => {
  const majors = new Set(recordedCharts.map(({version}) => version.split('.')[0]));
  expect([...majors]).toEqual(['11', '12', '13', '14', '15', '16']);
  expect(recordedCharts).toHaveLength(3 * majors.size);
});

describe.each(recordedCharts.map((one) => [one.title, one] as const))('%s', (_, recorded) => {
  const {shape} = recorded;

  it('may be adopted', () => {
    const snapshot = snapshotOf(recorded);
    expect(adoptionRefusal(snapshot)).toBeNull();
    expect(givenSecretProblem(snapshot)).toBeNull();
  });

  it('is what its objects say', () => {
    const {parameters, secrets} = parametersOf(recorded);
    expect(parameters).toMatchObject({
      ...login,
      cpu: '100m',
      memory: '256Mi',
      storageSize: shape === 'carried' ? '5Gi' : '1Gi',
      sizing: 'off',
      readReplicaCount: shape === 'replication' ? 1 : 0,
      exposure: {standalone: 'cluster', replication: 'node-port', carried: 'load-balancer'}[shape],
      readers: shape === 'replication' ? {cpu: '50m', memory: '320Mi', storageSize: '2Gi', exposure: 'cluster'} : {},
      images: {source: 'bitnamilegacy', tag: '17.6.0-debian-12-r0'},
      tls: {certificate: shape === 'carried' ? 'secret:shop-cert' : 'off', required: false},
      postgresConfig: shape === 'carried' ? {max_connections: '120'} : {},
    });
    expect(secrets).toEqual(shape === 'carried' ? [] : ['orders-postgresql']);
  });

  it('comes back from our values, with its names', () => {
    const {parameters} = parametersOf(recorded);
    const {target} = snapshotOf(recorded);
    expect(fromValues(toValues(parameters, target))).toEqual(parameters);
  });

  it.skipIf(shape === 'carried')('says its logins in the container, however its chart names them', () => {
    expect(loginsIn(environmentOf(recorded))).toMatchObject({
      ...login,
      user: 'recorded-app-1',
      admin: 'recorded-admin-1',
      replication: shape === 'replication' ? {username: 'repl_user', password: 'recorded-stream-1'} : null,
    });
  });
});
