// What other programs ask for is refused as the command line refuses it, with the name of the field.
import fc from 'fast-check';
import {expect, it, test} from 'vitest';
import {checkedOperation} from '../../../../source/client/requests/checked-operation.ts';
import type {Operation} from '../../../../source/commands/operation.ts';
import {UserError} from '../../../../source/core/cause.ts';
import {answersFrom} from '../../../../source/parameters/resolve.ts';
import {parameters} from '../../../support/arbitrary-parameters.ts';

const orders = {release: 'orders', namespace: 'team-a', context: 'lab'};
const refusalOf = (asked: object) => {
  try {
    checkedOperation({...orders, ...asked} as Operation);
    return null;
  } catch (error) {
    return error instanceof UserError ? `${error.reason.code} ${error.reason.message}` : error;
  }
};

test.each<[string, object, RegExp]>([
  ['an unknown kind', {kind: 'explode'}, /^BAD_INPUT kind: "explode" is no operation\. Use install, scale/],
  ['no kind', {}, /^BAD_INPUT kind: undefined is no operation/],
  ['no release', {kind: 'restart', release: undefined}, /^BAD_INPUT release: undefined is no name/],
  ['too many readers', {kind: 'scale', readReplicas: 99, deleteVolumes: false}, /^BAD_INPUT readReplicaCount: /],
  ['no number of readers', {kind: 'scale', deleteVolumes: false}, /^BAD_INPUT readReplicaCount: "null" is not/],
  [
    'a number as text',
    {kind: 'scale', readReplicas: '3', deleteVolumes: false},
    /^BAD_INPUT readReplicaCount: "3" is not/,
  ],
  ['a role that is none', {kind: 'rotate-password', role: 'root'}, /^BAD_INPUT role: "root" is no role/],
  ['nothing to do with backups', {kind: 'backup', action: 'burn'}, /^BAD_INPUT action: "burn"/],
  ['fewer than none', {kind: 'scale', readReplicas: -1, deleteVolumes: false}, /^BAD_INPUT readReplicaCount: /],
  ['a size that is none', {kind: 'resize', sizes: {memory: 'lots'}}, /^BAD_INPUT memory: /],
  ['a number where text is', {kind: 'install', answers: {storageSize: 20}}, /^BAD_INPUT storageSize: /],
  ['a parameter that is none', {kind: 'set', answers: {colour: 'red'}}, /^BAD_INPUT colour is no parameter/],
])('%s', (_name, asked, expected) => {
  expect(refusalOf(asked)).toMatch(expected);
});

it('takes every answer that the command line takes', () => {
  fc.assert(
    fc.property(parameters, (all) => {
      expect(refusalOf({kind: 'install', answers: answersFrom(all), valuesFile: null})).toBeNull();
    }),
  );
});

it('answers anything with a refusal of ours, never with an error of its own', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('memory', 'readers', 'images', 'tls', 'backup'), fc.anything()),
      (answers) => {
        const refusal = refusalOf({kind: 'install', answers, valuesFile: null});
        expect(refusal === null || typeof refusal === 'string').toBe(true);
      },
    ),
  );
});
