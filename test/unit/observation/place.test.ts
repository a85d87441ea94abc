// What a survey says about the place, as far as parameters depend on it.
import {describe, expect, it} from 'vitest';
import type {Node} from '../../../source/observation/kubernetes.ts';
import {cloudOf, fittingNodes, placeOf} from '../../../source/observation/place.ts';

const node = (type: string, spec: Node['spec'] = {}, status: Node['status'] = {}): Node => ({
  metadata: {name: `node-${type}`, labels: {'node.kubernetes.io/instance-type': type}},
  spec,
  status: {allocatable: {cpu: '2', memory: '4Gi'}, conditions: [{type: 'Ready', status: 'True'}], ...status},
});

describe('cloudOf', () => {
  it.each([
    [['aws:///eu-west-1a/i-1', 'aws:///eu-west-1b/i-2'], 'aws'],
    [['azure:///subscriptions/x'], 'azure'],
    [['gce://project/zone/x'], 'gcp'],
    [['kind://docker/x'], null],
    [['aws:///a/i-1', 'gce://p/z/x'], null],
    [[], null],
  ])('%j: %s', (providers, cloud) => {
    expect(cloudOf(providers.map((providerID) => node('x', {providerID})))).toBe(cloud);
  });

  it('does not guess where a node says nothing', () => {
    expect(cloudOf([node('x'), node('x', {providerID: 'aws:///a/i-1'})])).toBeNull();
    expect(placeOf({nodes: null, storageClasses: null}).cloud).toBeNull();
  });
});

describe('fittingNodes', () => {
  it.each<[string, Node]>([
    ['of another type', node('y')],
    ['not ready', node('x', {}, {conditions: [{type: 'Ready', status: 'Unknown'}]})],
    ['without a word about being ready', node('x', {}, {conditions: []})],
    ['cordoned', node('x', {unschedulable: true})],
    ['tainted NoSchedule', node('x', {taints: [{key: 'a', effect: 'NoSchedule'}]})],
    ['tainted NoExecute', node('x', {taints: [{key: 'a', effect: 'NoExecute'}]})],
  ])('leaves out a node %s', (_, wrong) => {
    const right = node('x', {taints: [{key: 'a', effect: 'PreferNoSchedule'}]});
    expect(fittingNodes([wrong, right], 'x')).toEqual([right]);
  });
});
