// Asking the cluster about its network, and the last words of a pod with more than the database in it.
import {afterEach, beforeEach, expect, it} from 'vitest';
import {networkReader, readNetwork} from '../../../source/cluster/network.ts';
import {readLogTails} from '../../../source/cluster/log-tails.ts';
import type {Pod} from '../../../source/observation/kubernetes.ts';
import {connectTo} from '../../support/fakes/cluster.ts';
import {fakeApi, refusal, type FakeApi, type Reply} from '../../support/fakes/fake-api.ts';
import {waitFor} from '../../support/wait-for.ts';

let fake: FakeApi;
beforeEach(async () => (fake = await fakeApi()));
afterEach(() => fake.stop());

/** What it answers to whoever gets this path. */
function answers(wanted: string, reply: Reply): void {
  fake.intercept(({path}) => (path === wanted ? reply : undefined));
}
const found = (body: object): Reply => ({status: 200, body});

const calico = found({items: [{metadata: {name: 'calico-node'}, status: {desiredNumberScheduled: 3}}]});
const forbidden = refusal(403, 'Forbidden', 'no');
const everywhere = '/apis/apps/v1/daemonsets';
const there = '/apis/apps/v1/namespaces/kube-system/daemonsets';

it('sees what enforces policies, which namespaces there are, and whose API is served', async () => {
  answers(everywhere, calico);
  answers('/apis', found({groups: [{name: 'apps'}, {name: 'networking.istio.io'}]}));
  answers('/api/v1/namespaces/shop', found({metadata: {name: 'shop'}}));
  answers('/api/v1/namespaces/secret', forbidden);
  const {api} = connectTo(fake);
  expect(await readNetwork(api, ['shop', 'secret', 'gone'])).toEqual({
    enforcement: {verdict: 'yes', text: 'Calico'},
    namespaces: {shop: true, secret: null, gone: false},
    meshes: ['istio'],
  });
});

it('looks into kube-system where it may not look everywhere, and knows nothing where it may not at all', async () => {
  answers(everywhere, forbidden);
  answers(there, calico);
  const {api} = connectTo(fake);
  expect((await readNetwork(api, [])).enforcement.verdict).toBe('yes');
  answers(there, found({items: []}));
  expect((await readNetwork(api, [])).enforcement.verdict).toBe('unknown');
  answers(there, forbidden);
  expect((await readNetwork(api, [])).enforcement).toMatchObject({verdict: 'unknown', text: expect.any(String)});
});

it('a cluster that has no such kind has nothing of it', async () => {
  answers(everywhere, refusal(404, 'NotFound', 'the server could not find the requested resource'));
  const {api} = connectTo(fake);
  expect((await readNetwork(api, [])).enforcement).toEqual({verdict: 'no', text: null});
});

it('who looks several times a second asks once, until others are named', async () => {
  const {api} = connectTo(fake);
  const reader = networkReader(api);
  expect(reader.known(null)).toBeNull();
  expect(reader.known(['a'])).toBeNull();
  const seen = await waitFor(
    'an answer',
    async () => reader.known(['a']),
    (one) => one !== null,
  );
  expect(seen?.namespaces).toEqual({a: false});
  expect(reader.known(['b'])).toBeNull();
  await waitFor(
    'another answer',
    async () => reader.known(['b']),
    (one) => one !== null,
  );
  expect(fake.asked.filter(({path}) => path === everywhere)).toHaveLength(2);
});

it('of a pod in which a proxy fails beside the database, the words of the database are told', async () => {
  const failed = (name: string) => ({
    name,
    ready: false,
    restartCount: 2,
    state: {waiting: {reason: 'CrashLoopBackOff'}},
    lastState: {terminated: {exitCode: 1}},
  });
  const pod: Pod = {
    metadata: {name: 'a-primary-0'},
    spec: {containers: []},
    status: {containerStatuses: [failed('postgresql'), failed('linkerd-proxy')]},
  };
  const log = '/api/v1/namespaces/team-a/pods/a-primary-0/log';
  fake.intercept(({path, query}) =>
    path === log ? {chunks: [`words of ${query.get('container')}\n`], then: 'end'} : undefined,
  );
  const {api} = connectTo(fake);
  expect(await readLogTails(api, 'team-a', [pod], [])).toEqual({'a-primary-0': ['words of postgresql']});
});
