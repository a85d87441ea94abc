// What may stand behind --allow-namespaces, and beside which way in from outside.
import {describe, expect, it} from 'vitest';
import {mergeAnswers} from '../../../source/parameters/answers.ts';
import {allowNamespaces} from '../../../source/parameters/descriptors/allow-namespaces.ts';
import {serviceMesh} from '../../../source/parameters/descriptors/service-mesh.ts';
import type {Answers} from '../../../source/parameters/parameters.ts';
import {answersFrom, resolve} from '../../../source/parameters/resolve.ts';

const nowhere = {nodes: null, storageClasses: null, cloud: 'aws' as const};
const named: Answers = {allowNamespaces: ['shop']};

describe('--allow-namespaces', () => {
  it.each([
    ['shop', ['shop']],
    [' shop, billing,shop ', ['billing', 'shop']],
    ['monitoring:metrics', ['monitoring:metrics']],
    ['shop,monitoring:metrics,shop:metrics', ['monitoring:metrics', 'shop']],
    ['all', 'all'],
  ])('"%s"', (text, value) => expect(allowNamespaces.parse(text)).toEqual({value}));

  it.each([
    '',
    'shop,',
    'Shop',
    'a.b',
    'shop,all',
    'a b',
    '-a',
    'a:',
    'a:metric',
    ':metrics',
    'all,a:metrics',
    'x'.repeat(64),
  ])('refuses "%s"', (text) => expect(allowNamespaces.parse(text)).toMatchObject({problem: expect.any(String)}));

  it('all takes back what there was', () => {
    const existing = answersFrom(resolve(named, nowhere));
    expect(resolve(existing, nowhere).allowNamespaces).toEqual(['shop']);
    expect(resolve(mergeAnswers({allowNamespaces: 'all'}, existing), nowhere).allowNamespaces).toBeNull();
  });

  it.each<[string, Answers]>([
    ['node-port', {exposure: 'node-port'}],
    ['--allow-public', {exposure: 'load-balancer', allowFrom: {kind: 'public'}}],
    ['--internal', {exposure: 'load-balancer', allowFrom: {kind: 'internal'}}],
    ['everybody', {exposure: 'load-balancer', allowFrom: {kind: 'cidrs', cidrs: ['0.0.0.0/1', '128.0.0.0/1']}}],
  ])('is refused where nothing tells clients from outside from pods: %s', (word, answers) => {
    expect(() => resolve({...answers, ...named}, nowhere)).toThrow(word);
    expect(() => resolve({...answers, allowNamespaces: 'all'}, nowhere)).not.toThrow();
  });

  it.each<Answers>([
    {},
    {exposure: 'cluster'},
    {exposure: 'load-balancer', allowFrom: {kind: 'cidrs', cidrs: ['192.0.2.0/24']}},
  ])('goes with %j', (answers) => expect(resolve({...answers, ...named}, nowhere).allowNamespaces).toEqual(['shop']));

  it.each([
    ['shop', 'load-balancer', 'public', 'exclude each other'],
    ['shop', 'node-port', '', 'exclude each other'],
    ['shop', 'load-balancer', '192.0.2.0/24', null],
    ['all', 'node-port', '', null],
    ['', 'node-port', '', null],
  ])('the form says the same: %s, %s, %s', (text, exposure, allowFrom, words) => {
    const problem = allowNamespaces.problemBeside(text, {exposure, allowFrom});
    if (words === null) expect(problem).toBeNull();
    else expect(problem).toContain(words);
  });
});

it('--service-mesh takes three words', () => {
  expect(['none', 'istio', 'linkerd', 'Istio', ''].map((word) => 'value' in serviceMesh.parse(word))).toEqual([
    ...[true, true, true, false, false],
  ]);
});
