// What of the cluster's network can be seen, and what is said of it.
import {readFileSync} from 'node:fs';
import {describe, expect, it, test} from 'vitest';
import type {Pod} from '../../../source/observation/kubernetes.ts';
import {enforcementOf, meshesIn, type DaemonSet, type NetworkSeen} from '../../../source/observation/network.ts';
import {
  meshNotFound,
  meshWarnings,
  policyWarnings,
  rangesOverPods,
} from '../../../source/observation/network-warnings.ts';
import type {Snapshot} from '../../../source/observation/snapshot.ts';
import {targetFor} from '../../support/fakes/survey.ts';

const daemonSet = (
  name: string,
  {image = 'registry.example/x:v1', args = [] as readonly string[], desired = 3} = {},
): DaemonSet => ({
  metadata: {name},
  spec: {template: {spec: {containers: [{name: 'agent', image, args}]}}},
  status: {desiredNumberScheduled: desired},
});
const kindnet = (tag: string) => daemonSet('kindnet', {image: `docker.io/kindest/kindnetd:${tag}`});
const vpc = (value: string) => daemonSet('aws-node', {args: [`--enable-network-policy=${value}`]});
const proxy = daemonSet('kube-proxy');

describe('whether network policies are enforced', () => {
  test.each<[string, readonly DaemonSet[], string, string | null]>([
    ['Calico', [proxy, daemonSet('calico-node')], 'yes', 'Calico'],
    ['Flannel beside Calico', [daemonSet('canal')], 'yes', 'Calico (Canal)'],
    ['Cilium in place of the VPC CNI', [vpc('false'), daemonSet('cilium')], 'yes', 'Cilium'],
    ['GKE Dataplane V2', [daemonSet('anetd')], 'yes', 'GKE Dataplane V2'],
    ['VPC CNI that is told to', [vpc('true')], 'yes', 'Amazon VPC CNI'],
    ['VPC CNI that is not', [vpc('false')], 'no', null],
    ['kindnet of kind 0.24', [kindnet('v20240813-c6f155d6')], 'yes', 'kindnet'],
    ['kindnet of kind 0.23', [kindnet('v20240513-cbc6d9c6')], 'no', null],
    ['kindnet of who knows when', [kindnet('stable')], 'unknown', 'it cannot be told how old its kindnet is'],
    ['Flannel alone', [proxy, daemonSet('kube-flannel-ds')], 'no', null],
    ['Calico that runs nowhere', [daemonSet('calico-node', {desired: 0})], 'no', null],
    ['nothing', [], 'no', null],
    ['a name of JavaScript', [daemonSet('constructor')], 'no', null],
  ])('%s', (_what, daemonSets, verdict, text) => {
    const facts = {daemonSets, isWholeCluster: true, kubeletVersion: 'v1.34.4'};
    expect(enforcementOf(facts)).toEqual({verdict, text});
  });

  it('is not known where one may not look, or not everywhere', () => {
    const rest = {isWholeCluster: false, kubeletVersion: null};
    expect(enforcementOf({...rest, daemonSets: null}).verdict).toBe('unknown');
    expect(enforcementOf({...rest, daemonSets: [proxy]}).verdict).toBe('unknown');
    expect(enforcementOf({...rest, daemonSets: [daemonSet('cilium')]}).verdict).toBe('yes');
  });

  it('is not known of k3s, which has it built in', () => {
    const k3s = enforcementOf({daemonSets: [], isWholeCluster: true, kubeletVersion: 'v1.34.4+k3s1'});
    expect(k3s).toMatchObject({verdict: 'unknown', text: expect.stringContaining('k3s')});
  });
});

it('a mesh is known by the API that it brings', () => {
  expect(meshesIn(['apps', 'networking.istio.io'])).toEqual(['istio']);
  expect(meshesIn(['policy.linkerd.io'])).toEqual(['linkerd']);
  expect(meshesIn(['apps', 'networking.k8s.io', 'istio.example'])).toEqual([]);
});

describe('what is said', () => {
  const seen = (changes: Partial<NetworkSeen> = {}): NetworkSeen => ({
    enforcement: {verdict: 'yes', text: 'Calico'},
    namespaces: {shop: true, billing: true},
    meshes: [],
    ...changes,
  });
  const allowNamespaces = ['billing', 'shop'];
  const said = (changes: Partial<NetworkSeen>) => policyWarnings(seen(changes), {allowNamespaces}, targetFor());

  it('nothing, where policies are enforced and all namespaces are there', () => expect(said({})).toEqual([]));
  it('nothing, where every namespace is let in', () => {
    const blind = seen({enforcement: {verdict: 'no', text: null}});
    expect(policyWarnings(blind, {allowNamespaces: null}, targetFor())).toEqual([]);
  });

  it.each([
    [{verdict: 'no', text: null} as const, 'POLICY_NOT_ENFORCED', 'pods of every namespace reach the database'],
    [{verdict: 'unknown', text: 'nobody says'} as const, 'POLICY_ENFORCEMENT_UNKNOWN', 'because nobody says'],
  ])('that they keep nobody out, or may not: %j', (enforcement, code, words) => {
    expect(said({enforcement})).toEqual([{code, message: expect.stringContaining(words)}]);
    expect(said({enforcement})[0]?.message).toContain('orders-postgresql-primary.team-a:5432');
  });

  it('which namespaces are not there, and which may not be read', () => {
    expect(said({namespaces: {shop: false, billing: null}}).map(({code, message}) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(/^ALLOWED_NAMESPACE_MISSING: There is no namespace shop: /),
      expect.stringMatching(/^NOT_CHECKED: Whether namespace billing exists/),
    ]);
  });

  it('that there is no such mesh, as far as the cluster says', () => {
    expect(meshNotFound(seen(), 'istio')).toMatchObject([{code: 'MESH_NOT_FOUND'}]);
    expect(meshNotFound(seen({meshes: ['istio']}), 'istio')).toEqual([]);
    expect(meshNotFound(seen({meshes: null}), 'istio')).toEqual([]);
    expect(meshNotFound(seen(), 'none')).toEqual([]);
  });

  it.each([
    ['10.0.0.0/8', ['10.244.1.5'], true],
    ['10.0.0.0/8', ['10.244.0.0/24', '10.244.1.0/24'], true],
    ['fd00::/8', ['10.244.1.5', 'fd00:10:244::5'], true],
    ['192.0.2.0/24', ['10.244.1.5', 'fd00::/64'], false],
    ['10.0.0.0/8', [], false],
  ])('that %s counts for pods too, which have %j: %s', (cidr, addresses, isTold) => {
    const allowFrom = {kind: 'cidrs', cidrs: ['203.0.113.0/24', cidr]} as const;
    const found = rangesOverPods({allowNamespaces, allowFrom}, addresses);
    expect(found.map(({code}) => code)).toEqual(isTold ? ['ALLOW_FROM_COVERS_PODS'] : []);
    if (isTold) expect(found[0]?.message).toContain(`addresses in ${cidr} of`);
    expect(rangesOverPods({allowNamespaces: null, allowFrom}, addresses)).toEqual([]);
  });

  const healthy = JSON.parse(
    readFileSync(new URL('../../snapshots/healthy.json', import.meta.url), 'utf8'),
  ) as Snapshot;
  const beside = (where: 'containers' | 'initContainers', pod: Pod): Pod => ({
    ...pod,
    spec: {...pod.spec, [where]: [{name: 'istio-proxy'}, ...(pod.spec[where] ?? [])]},
  });
  it('which pods were made without a proxy, wherever it stands in the others', () => {
    const [writer, ...readers] = healthy.pods;
    if (!writer) throw new Error('the snapshot has a writer');
    const pods = [beside('initContainers', writer), ...readers];
    const [warning, ...more] = meshWarnings({...healthy, pods}, {serviceMesh: 'istio'});
    expect(more).toEqual([]);
    expect(warning).toMatchObject({
      code: 'MESH_PROXY_MISSING',
      message: expect.stringContaining('pg-helm-install restart'),
    });
    expect(warning?.message).not.toContain(writer.metadata.name);
    for (const {metadata} of readers) expect(warning?.message).toContain(metadata.name);
    const all = healthy.pods.map((pod) => beside('containers', pod));
    expect(meshWarnings({...healthy, pods: all}, {serviceMesh: 'istio'})).toEqual([]);
    expect(meshWarnings({...healthy, pods: all}, {serviceMesh: 'linkerd'})).toHaveLength(1);
    expect(meshWarnings(healthy, {serviceMesh: 'none'})).toEqual([]);
  });
});
