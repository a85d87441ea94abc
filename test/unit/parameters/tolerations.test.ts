// --toleration, as operators write taints.
import {describe, expect, it} from 'vitest';
import {answersFromEnvironment, answersFromFlags, mergeAnswers} from '../../../source/parameters/answers.ts';
import {tolerations} from '../../../source/parameters/descriptors/tolerations.ts';

const database = {key: 'sku', operator: 'Equal', value: 'database', effect: 'NoSchedule'};
const any = {key: 'example.com/pool', operator: 'Exists', effect: 'NoExecute'};

describe('--toleration', () => {
  it.each([
    ['sku=database:NoSchedule', [database]],
    ['example.com/pool:NoExecute', [any]],
    [' sku=database:NoSchedule, example.com/pool:NoExecute ', [any, database]],
    ['sku=:PreferNoSchedule', [{key: 'sku', operator: 'Equal', value: '', effect: 'PreferNoSchedule'}]],
    ['sku=database:NoSchedule,sku=database:NoSchedule', [database]],
    ['none', []],
  ])('reads %s', (text, value) => expect(tolerations.parse(text)).toEqual({value}));

  it.each([
    '',
    'sku',
    'sku=database',
    'sku=database:Never',
    ':NoSchedule',
    'a b:NoSchedule',
    'sku=a=b:NoSchedule',
    'sku:',
  ])('refuses %j, and says what is right', (text) =>
    expect(tolerations.parse(text)).toMatchObject({problem: expect.stringMatching(/sku=database:NoSchedule/)}),
  );

  it('given several times it is all of them, in one order, and none takes back what came before', () => {
    const flags = (...toleration: readonly string[]) => answersFromFlags({toleration}).tolerations;
    expect(flags('sku=database:NoSchedule', 'example.com/pool:NoExecute')).toEqual([any, database]);
    expect(flags('example.com/pool:NoExecute', 'sku=database:NoSchedule')).toEqual([any, database]);
    expect(flags('sku=database:NoSchedule', 'none')).toEqual([]);
    expect(flags('none', 'sku=database:NoSchedule')).toEqual([database]);
  });

  it('replaces those of a weaker source, and none of them leaves none', () => {
    const weaker = answersFromEnvironment({PGHI_TOLERATIONS: 'example.com/pool:NoExecute'}, []);
    expect(weaker).toEqual({tolerations: [any]});
    expect(mergeAnswers(answersFromFlags({toleration: ['sku=database:NoSchedule']}), weaker)).toEqual({
      tolerations: [database],
    });
    const none = mergeAnswers(answersFromFlags({toleration: ['none']}), weaker);
    expect(tolerations.resolve(none.tolerations, {}, {nodes: null, storageClasses: null, cloud: null})).toEqual([]);
    expect(tolerations.toFlags(none.tolerations ?? [database as never])).toEqual(['--toleration', 'none']);
  });
});
