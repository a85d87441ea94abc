import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {checkExtraValues, ownedPaths} from '../../../source/chart/owned.ts';
import {sharedPaths} from '../../../source/chart/parameters/index.ts';
import type {Path} from '../../../source/chart/tree.ts';
import {leaves} from '../../../source/chart/tree.ts';
import {toValues} from '../../../source/chart/values.ts';
import {parameters} from '../../support/arbitrary-parameters.ts';

const nested = (path: Path, value: unknown): Record<string, unknown> => {
  const [first = '', ...rest] = path;
  return {[first]: rest.length === 0 ? value : nested(rest, value)};
};

describe('checkExtraValues', () => {
  it('refuses an owned path, what is below it and what is above it', () => {
    for (const {path} of ownedPaths) {
      expect(() => checkExtraValues(nested(path, 'x')), path.join('.')).toThrow();
      expect(() => checkExtraValues(nested([...path, 'below'], 'x')), path.join('.')).toThrow();
      for (let length = 1; length < path.length; length++) {
        expect(() => checkExtraValues(nested(path.slice(0, length), {})), path.slice(0, length).join('.')).toThrow();
      }
    }
  });

  it('knows every value that the installer gives as its own, or as one that it shares', () => {
    const isShared = (path: Path) => sharedPaths().some((one) => one.path.every((key, at) => path[at] === key));
    fc.assert(
      fc.property(parameters, (wanted) => {
        for (const {path, value} of leaves(toValues({...wanted, extraValues: {}}, {fullname: 'x'}))) {
          // Settings and constraints may be of the file: then --postgres-config and --sizing give way.
          if (isShared(path) || ['extendedConfiguration', 'topologySpreadConstraints'].includes(path.at(-1) ?? ''))
            continue;
          expect(() => checkExtraValues(nested(path, value)), path.join('.')).toThrow();
        }
      }),
      {numRuns: 30},
    );
  });

  it.each([
    [{auth: {username: 'x'}}, 'use --username instead'],
    [{primary: {persistence: {size: '1Gi'}}}, 'use --storage-size instead'],
    [{readReplicas: {replicaCount: 1}}, 'use --read-replicas instead'],
    [{primary: {service: {annotations: {'external-dns.alpha.kubernetes.io/hostname': 'x'}}}}, 'use --hostname instead'],
    [
      {global: {postgresql: {auth: {database: 'x'}}}},
      'global.postgresql.auth.database may not be set here: the installer needs it as it is',
    ],
    [{primary: 5}, 'all of primary may not be replaced'],
  ])('names what to use instead: %j', (extra, words) => {
    expect(() => checkExtraValues(extra)).toThrow(words);
  });

  it('refuses passwords without repeating them', () => {
    const extra = {extraDeploy: [{kind: 'Secret', stringData: {password: 'tuna-melt-1234'}}]};
    expect(() => checkExtraValues(extra)).toThrow('extraDeploy.0.stringData.password');
    expect(() => checkExtraValues(extra)).not.toThrow('tuna');
  });

  it('lets everything else pass, also right beside owned values', () => {
    checkExtraValues({
      commonLabels: {team: 'a'},
      primary: {
        service: {annotations: {'example.com/x': 'y'}, labels: {}},
        persistence: {accessModes: ['ReadWriteOncePod']},
        tolerations: [],
      },
      metrics: {enabled: true},
      networkPolicy: null,
    });
  });
});
