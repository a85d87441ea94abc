import {expect, test} from 'vitest';
import {exposure} from '../../../../source/observation/checks/exposure.ts';
import type {AllowFrom, Exposure} from '../../../../source/parameters/parameters.ts';
import {codesOf, goodSurvey, wantedWith} from '../../../support/fakes/survey.ts';

const judge = (kind: Exposure, allowFrom: AllowFrom = {kind: 'none'}, readReplicaCount = 1) =>
  codesOf(exposure(goodSurvey(), wantedWith({parameters: {exposure: kind, allowFrom, readReplicaCount}}))).filter(
    (code) => code !== 'warn NO_HIGH_AVAILABILITY',
  );

test.each<[Exposure, AllowFrom]>([
  ['cluster', {kind: 'none'}],
  ['load-balancer', {kind: 'internal', cloud: 'gcp'}],
  ['load-balancer', {kind: 'cidrs', cidrs: ['10.0.0.0/8', 'fd00::/10']}],
  ['load-balancer', {kind: 'cidrs', cidrs: ['0.0.0.0/1', '192.0.0.0/2']}],
])('%s %j is not public', (kind, allowFrom) => expect(judge(kind, allowFrom)).toEqual([]));

test.each<[Exposure, AllowFrom]>([
  ['node-port', {kind: 'none'}],
  ['load-balancer', {kind: 'public'}],
  ['load-balancer', {kind: 'cidrs', cidrs: ['10.0.0.0/8', '0.0.0.0/0']}],
  ['load-balancer', {kind: 'cidrs', cidrs: ['::/0']}],
  ['load-balancer', {kind: 'cidrs', cidrs: ['128.0.0.0/1', '10.0.0.0/8', '0.0.0.0/1']}],
  ['load-balancer', {kind: 'cidrs', cidrs: ['8000::/1', '::/1']}],
])('%s %j is public', (kind, allowFrom) => expect(judge(kind, allowFrom)).toEqual(['warn PUBLIC_ENDPOINT']));

test('no readers', () => expect(judge('cluster', {kind: 'none'}, 0)).toEqual(['warn NO_READERS']));
